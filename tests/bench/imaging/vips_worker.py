"""The peer libvips, with its defaults. Several outputs of one source are made from one decode, which is its best."""

import os
from concurrent.futures import ThreadPoolExecutor

import pyvips

from peer import serve

# Without this, a repeated run could be answered from the cache of operations.
pyvips.cache_set_max(0)

# Stands for "not bounded".
HUGE = 10_000_000


def save(image, task):
    if task["format"] == "png":
        return image.pngsave_buffer()
    if task["format"] == "webp":
        return image.webpsave_buffer(Q=task["quality"])
    return image.jpegsave_buffer(Q=task["quality"])


def options(task):
    return {
        "height": task["height"] or HUGE,
        "crop": "none" if task["kind"] == "fit" else "centre",
    }


def make(source, tasks):
    if len(tasks) == 1:
        task = tasks[0]
        return [save(pyvips.Image.thumbnail_buffer(source, task["width"], **options(task)), task)]
    whole = pyvips.Image.new_from_buffer(source, "").autorot().copy_memory()
    each = lambda task: save(whole.thumbnail_image(task["width"], **options(task)), task)
    threads = int(os.environ.get("THREADS", "1"))
    if threads == 1:
        return [each(task) for task in tasks]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(each, tasks))


serve(make)
