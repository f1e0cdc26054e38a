"""What our defaults could be: time, bytes and similarity of each candidate over photographs of the corpus, as a Markdown
table for tests/bench/README.md. Time is the processor's, from bytes to bytes.

Arguments: the corpus, the folder of prepared sources, the worker, where the peers are installed, and the names of the formats
(jpeg, webp, avif, png) if not all are wanted. The worker has to be one that writes AVIF."""

import json
import os
import statistics
import sys
import tempfile
import time

import similarity
from compare import Bench

PHOTOS = [
    "photos/mdx--Canon_EOS_5D.jpg",
    "photos/exifr--issue-metadata-extractor-152.jpg",
    "photos/immich--craft-beer.jpg",
    "photos/libjxl--flower.png.im_q85_444.jpg",
]
WIDTH = 800
ROUNDS = 3


def candidates():
    """Names and outputs."""
    for quality in (75, 80, 85, 90):
        for sampling in ("420", "444"):
            yield f"JPEG {quality} 4:{sampling[1]}:{sampling[2]}", {"jpeg": {"quality": quality, "subsampling": sampling}}
    for quality in (70, 74, 78, 82, 85):
        yield f"WebP {quality} m4", {"webp": {"quality": quality, "method": 4}}
    for method in (2, 3, 5, 6):
        yield f"WebP 78 m{method}", {"webp": {"quality": 78, "method": method}}
    for quality, speed in ((50, 6), (55, 6), (60, 6), (55, 4), (55, 8)):
        yield f"AVIF {quality} s{speed}", {"avif": {"quality": quality, "speed": speed}}
    for compression in ("fast", "balanced"):
        yield f"PNG {compression}", {"png": {"compression": compression}}


def processor(worker):
    """What the worker has used of its processor, with all its threads, in ms: the clock of a process is numbered as
    clock_getcpuclockid does it."""
    return time.clock_gettime_ns(~worker.process.pid << 3 | 2) / 1e6


def took(worker, line):
    before = processor(worker)
    worker.ask(line)
    return processor(worker) - before


def main(corpus, prepared, worker, peers, *wanted):
    bench = Bench(corpus, prepared, worker, peers)
    ours = bench.start("ours", 1)
    tried = [(name, output) for name, output in candidates() if not wanted or next(iter(output)) in wanted]
    found = {name: [] for name, _ in tried}
    with tempfile.TemporaryDirectory() as folder:
        for photo in PHOTOS:
            path = os.path.join(corpus, photo)
            ours.ask(f"load {path}")
            reference = similarity.reference(path, "fit", WIDTH, 0)
            similarity.write(reference, f"{folder}/reference.png")
            for number, (name, output) in enumerate(tried):
                spec = {"operations": [{"resize_to_fit": {"width": WIDTH}}], "output": output}
                least = min(took(ours, "run " + json.dumps([spec])) for _ in range(ROUNDS))
                # A name of its own each time: the peer's library remembers what it has read.
                made = f"{folder}/{len(found[name])}-{number}.{next(iter(output))}"
                size = ours.ask(f"save {made}")
                alike = similarity.ssim(similarity.pixels(made), reference)
                seen = ours.ask(f"similar {made} {folder}/reference.png")
                os.remove(made)
                found[name].append((least, size, alike, seen))
    ours.close()
    print("| output | ms | KB | SSIM | SSIMULACRA2 |\n|---|---|---|---|---|")
    for name, rows in found.items():
        spent, size, alike, seen = (statistics.mean(column) for column in zip(*rows))
        print(f"| {name} | {spent:.1f} | {size / 1000:.1f} | {alike:.4f} | {seen:.1f} |")


main(*sys.argv[1:])
