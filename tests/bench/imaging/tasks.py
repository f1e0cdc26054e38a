"""What is measured, from which sources, and against which bounds."""

import os
from dataclasses import dataclass, field

PHOTO = "photos/sharp--2569067123_aca715a2ee_o.jpg"
WIDTHS = [320, 640, 960, 1280, 1920]


@dataclass
class Task:
    """One row: `make` says what each output of it is, `must` and `aim` bound our time / the peer's."""

    name: str
    title: str
    source: str
    make: list
    must: dict
    aim: float
    # Whether our modes of decoding differ for this source.
    modes: list = field(default_factory=lambda: ["speed", "quality"])
    cores: int = 1
    rounds: int = 15


def one(kind, width, height, form, **options):
    return {"kind": kind, "width": width, "height": height, "format": form, **options}


JPEG = {"quality": 80}


def tasks(prepared):
    """All rows; `prepared` is the folder of the sources that were made from the corpus."""
    both = lambda bound: {"sharp": bound, "libvips": bound}
    made = lambda name: os.path.join(prepared, name)
    srcset = [one("fit", width, 0, form, quality=80) for width in WIDTHS for form in ("jpeg", "webp")]
    return [
        Task("A", "2725x2225 JPEG, fit 300, JPEG", PHOTO, [one("fit", 300, 300, "jpeg", **JPEG)], both(0.75), 0.60),
        Task(
            "Ap", "the same, progressive", made("progressive.jpg"), [one("fit", 300, 300, "jpeg", **JPEG)],
            {**both(0.82), "pillow": 0.95}, 0.70,
        ),
        Task(
            "B", "12.7 MP camera JPEG, fill 800x600", "photos/mdx--Canon_EOS_5D.jpg",
            [one("fill", 800, 600, "jpeg", **JPEG)], both(0.82), 0.65,
        ),
        Task(
            "Br", "15.9 MP rich in detail, fill 800x600", "photos/exifr--issue-metadata-extractor-152.jpg",
            [one("fill", 800, 600, "jpeg", **JPEG)], both(0.90), 0.80,
        ),
        Task(
            "C", "24 MP JPEG, 1200 wide, WebP", "photos/immich--craft-beer.jpg",
            [one("fit", 1200, 0, "webp", quality=80)], {**both(0.82), "pillow": 0.95}, 0.70,
        ),
        Task(
            "D", "3.1 MP RGBA PNG, 400 wide, WebP", "png/sharp--alpha-layer-1-fill.png",
            [one("fit", 400, 0, "webp", quality=80)], both(0.60), 0.45, modes=["quality"],
        ),
        Task(
            "P", "3.4 MP PNG, 400 wide, PNG", made("photo.png"), [one("fit", 400, 0, "png")], both(0.60), 0.45,
            modes=["quality"],
        ),
        Task(
            "W", "3.4 MP WebP, 400 wide, JPEG", made("photo.webp"), [one("fit", 400, 0, "jpeg", **JPEG)], both(0.66),
            0.45,
        ),
        Task(
            "E1", "12.7 MP: five widths, JPEG and WebP, one core", "photos/mdx--Canon_EOS_5D.jpg", srcset,
            {"sharp": 0.47, "libvips": 0.80}, 0.60,
        ),
        Task(
            "E2", "the same, two cores", "photos/mdx--Canon_EOS_5D.jpg", srcset, both(0.47), 0.35, cores=2,
        ),
        Task(
            "F", "2725x2225 JPEG, 800 wide, AVIF", PHOTO, [one("fit", 800, 0, "avif", quality=55)],
            {"pillow": 0.60, "sharp": 0.20}, 0.45, modes=["quality"],
        ),
        Task(
            "G", "animated GIF, 320 wide, animated WebP", made("animation.gif"),
            [one("fit", 320, 0, "webp", quality=80, animated=True)], {"sharp": None}, 0.60, modes=["quality"],
        ),
    ]
