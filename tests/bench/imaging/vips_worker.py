"""The peer libvips: the commands of imaging-worker, with libvips' defaults."""

import sys
import time

import pyvips

# Without this, a repeated run could be answered from the cache of operations.
pyvips.cache_set_max(0)

source = made = b""


def answer(words):
    global source, made
    if words[0] == "load":
        with open(words[1], "rb") as file:
            source = file.read()
        return len(source)
    if words[0] == "run":
        kind, width, height = words[1], int(words[2]), int(words[3])
        crop = "none" if kind == "fit" else "centre"
        start = time.perf_counter_ns()
        image = pyvips.Image.thumbnail_buffer(source, width, height=height, crop=crop)
        made = image.jpegsave_buffer(Q=80)
        return time.perf_counter_ns() - start
    if words[0] == "save":
        with open(words[1], "wb") as file:
            file.write(made)
        return len(made)
    return "error: not a command: " + " ".join(words)


for line in sys.stdin:
    print(answer(line.split()), flush=True)
