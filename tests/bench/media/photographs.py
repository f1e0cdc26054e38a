"""Makes 40 photographs 2040 pixels wide, in three formats, from those of the corpus: python photographs.py CORPUS FOLDER"""

import os
import sys

from PIL import Image, ImageOps

COUNT = 40
WIDTH, HEIGHT = 2040, 1360
# What cameras and editors write.
OPTIONS = {
    "jpg": {"quality": 90, "subsampling": "4:2:0"},
    "png": {"compress_level": 6},
    "webp": {"quality": 90},
}


def photographs(corpus):
    """The photographs of the corpus that are large enough, upright and in RGB."""
    folder = os.path.join(corpus, "photos")
    for name in sorted(os.listdir(folder)):
        try:
            image = Image.open(os.path.join(folder, name))
        except OSError:
            continue
        if min(image.size) >= 1000:
            yield ImageOps.exif_transpose(image).convert("RGB")


def main(corpus, folder):
    if all(os.path.exists(os.path.join(folder, f"{COUNT - 1:02}.{suffix}")) for suffix in OPTIONS):
        return
    os.makedirs(folder, exist_ok=True)
    sources = list(photographs(corpus))
    for index in range(COUNT):
        # Each time round, another cut of the same photograph.
        turn, source = index // len(sources), sources[index % len(sources)]
        scale = max(WIDTH / source.width, HEIGHT / source.height) * (1 + turn / 4)
        larger = source.resize((round(source.width * scale), round(source.height * scale)), Image.Resampling.LANCZOS)
        left, top = (larger.width - WIDTH) // 2, (larger.height - HEIGHT) // 2
        cut = larger.crop((left, top, left + WIDTH, top + HEIGHT))
        # The last one last, so that a folder that has it is whole.
        for suffix, options in OPTIONS.items():
            cut.save(os.path.join(folder, f"{index:02}.{suffix}"), **options)


main(*sys.argv[1:3])
