"""Lays the pictures of a folder side by side, each under its label and size: sheet.py FOLDER PICTURE"""

import os
import sys

from PIL import Image, ImageDraw

WIDTH, HEIGHT, COLUMNS, LABEL, SQUARE = 214, 226, 6, 18, 12


def board(size):
    """Squares of two greys, on which transparency shows."""
    image = Image.new("RGB", size, (255, 255, 255))
    for top in range(0, size[1], SQUARE):
        for left in range(0, size[0], SQUARE):
            if (left + top) // SQUARE % 2:
                image.paste((232, 232, 232), (left, top, left + SQUARE, top + SQUARE))
    return image


def main(folder, picture):
    with open(os.path.join(folder, "list.tsv")) as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines]
    sheet = board((WIDTH * COLUMNS, HEIGHT * -(-len(rows) // COLUMNS)))
    draw = ImageDraw.Draw(sheet)
    for index, (name, label) in enumerate(rows):
        image = Image.open(os.path.join(folder, name)).convert("RGBA")
        size = f"{image.width}x{image.height}"
        image.thumbnail((WIDTH - 8, HEIGHT - LABEL - 8))
        left, top = index % COLUMNS * WIDTH, index // COLUMNS * HEIGHT
        place = (left + (WIDTH - image.width) // 2, top + LABEL + (HEIGHT - LABEL - image.height) // 2)
        sheet.paste(image, place, image)
        draw.rectangle((left, top, left + WIDTH - 1, top + LABEL - 1), fill=(40, 40, 40))
        draw.text((left + 4, top + 3), label, fill=(255, 255, 255))
        draw.text((left + WIDTH - 52, top + 3), size, fill=(180, 180, 180))
    sheet.save(picture, optimize=True)


main(*sys.argv[1:3])
