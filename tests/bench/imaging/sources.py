"""Makes the sources that the corpus does not hold as such from those that it does: python sources.py CORPUS FOLDER"""

import os
import sys

from PIL import Image


def main(corpus, folder):
    os.makedirs(folder, exist_ok=True)

    def missing(name):
        path = os.path.join(folder, name)
        return None if os.path.exists(path) else path

    if path := missing("progressive.jpg"):
        photo = Image.open(os.path.join(corpus, "photos/sharp--2569067123_aca715a2ee_o.jpg"))
        photo.save(path, quality="keep", progressive=True)
    flower = os.path.join(corpus, "photos/libjxl--flower.png.im_q85_444.jpg")
    if path := missing("photo.png"):
        Image.open(flower).save(path)
    if path := missing("photo.webp"):
        Image.open(flower).save(path, quality=85)
    if path := missing("animation.gif"):
        # A pan over a photograph: every frame is another one, as in a film.
        photo = Image.open(flower).resize((1134, 756)).quantize(256)
        frames = [photo.crop((x, 40, x + 640, 520)) for x in range(0, 480, 16)]
        frames[0].save(path, save_all=True, append_images=frames[1:], duration=80, loop=0)


main(*sys.argv[1:3])
