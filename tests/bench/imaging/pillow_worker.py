"""The peer Pillow: `thumbnail()` with its defaults, which drafts JPEGs."""

import io

from PIL import Image

from peer import serve

# Stands for "not bounded".
HUGE = 10_000_000


def make(source, tasks):
    made = []
    for task in tasks:
        image = Image.open(io.BytesIO(source))
        image.thumbnail((task["width"], task["height"] or HUGE))
        file = io.BytesIO()
        image.save(file, task["format"], quality=task["quality"])
        made.append(file.getvalue())
    return made


serve(make)
