"""Compares what pilkit's processors and the imaging crate's operations make of the same photographs.

Each row: an operation of ours as JSON, and the processor of pilkit that does the same. Sizes have to be equal and the PSNR
at least 35 dB, but where DIFFERENCES says why not.
"""

import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
from PIL import Image, ImageOps
from pilkit import processors as pilkit

LEAST = 35.0

ROWS = [
    ("resize", {"resize": {"width": 300, "height": 200, "upscale": "allow"}}, pilkit.Resize(300, 200)),
    ("resize_to_fit", {"resize_to_fit": {"width": 400, "height": 300, "upscale": "allow"}}, pilkit.ResizeToFit(400, 300)),
    ("resize_to_fit, width alone", {"resize_to_fit": {"width": 333}}, pilkit.ResizeToFit(width=333)),
    (
        "resize_to_fit, mat",
        {"resize_to_fit": {"width": 300, "height": 300, "mat_color": "#2060a0", "anchor": "bottom_right"}},
        pilkit.ResizeToFit(300, 300, mat_color=(32, 96, 160), anchor=pilkit.Anchor.BOTTOM_RIGHT),
    ),
    ("resize_to_cover", {"resize_to_cover": {"width": 300, "height": 300}}, pilkit.ResizeToCover(300, 300)),
    ("resize_to_fill", {"resize_to_fill": {"width": 300, "height": 300}}, pilkit.ResizeToFill(300, 300)),
    (
        "resize_to_fill, top left",
        {"resize_to_fill": {"width": 301, "height": 199, "anchor": "top_left"}},
        pilkit.ResizeToFill(301, 199, anchor=pilkit.Anchor.TOP_LEFT),
    ),
    (
        "resize_to_fill, focal point",
        {"resize_to_fill": {"width": 301, "height": 199, "focal_point": {"x": 0.25, "y": 0.75}}},
        pilkit.ResizeToFill(301, 199, anchor=(0.25, 0.75)),
    ),
    ("smart_resize", {"smart_resize": {"width": 300, "height": 300, "mode": "entropy"}}, pilkit.SmartResize(300, 300)),
    ("thumbnail", {"thumbnail": {"width": 200, "height": 200, "anchor": "center"}}, pilkit.Thumbnail(200, 200, anchor="c")),
    ("thumbnail, one side", {"thumbnail": {"height": 200}}, pilkit.Thumbnail(height=200)),
    ("crop", {"crop": {"width": 200, "height": 100, "anchor": "top"}}, pilkit.Crop(200, 100, anchor=pilkit.Anchor.TOP)),
    (
        "crop, offset",
        {"crop": {"width": 200, "height": 100, "offset": {"x": 30, "y": 40}}},
        pilkit.Crop(200, 100, x=-30, y=-40),
    ),
    ("smart_crop", {"smart_crop": {"width": 300, "height": 200, "mode": "entropy"}}, pilkit.SmartCrop(300, 200)),
    (
        "resize_canvas",
        {"resize_canvas": {"width": 700, "height": 301, "color": "#102030"}},
        pilkit.ResizeCanvas(700, 301, color=(16, 32, 48)),
    ),
    (
        "resize_canvas, anchor",
        {"resize_canvas": {"width": 700, "height": 301, "color": "#102030", "anchor": "bottom_left"}},
        pilkit.ResizeCanvas(700, 301, color=(16, 32, 48), anchor=pilkit.Anchor.BOTTOM_LEFT),
    ),
    (
        "resize_canvas, offset",
        {"resize_canvas": {"width": 1300, "height": 1301, "color": "#102030", "offset": {"x": 9, "y": 40}}},
        pilkit.ResizeCanvas(1300, 1301, color=(16, 32, 48), x=9, y=40),
    ),
    ("add_border", {"add_border": {"thickness": 7, "color": "#ff8800"}}, pilkit.AddBorder(7, color=(255, 136, 0))),
    ("transpose, 90", {"transpose": {"method": "rotate_90"}}, pilkit.Transpose(pilkit.Transpose.ROTATE_90)),
    ("transpose, 180", {"transpose": {"method": "rotate_180"}}, pilkit.Transpose(pilkit.Transpose.ROTATE_180)),
    ("transpose, 270", {"transpose": {"method": "rotate_270"}}, pilkit.Transpose(pilkit.Transpose.ROTATE_270)),
    ("transpose, vertical", {"transpose": {"method": "flip_vertical"}}, pilkit.Transpose(pilkit.Transpose.FLIP_VERTICAL)),
    (
        "transpose, horizontal",
        {"transpose": {"method": "flip_horizontal"}},
        pilkit.Transpose(pilkit.Transpose.FLIP_HORIZONTAL),
    ),
    ("adjust, saturation", {"adjust": {"saturation": 1.5}}, pilkit.Adjust(color=1.5)),
    ("adjust, brightness", {"adjust": {"brightness": 0.7}}, pilkit.Adjust(brightness=0.7)),
    ("adjust, contrast", {"adjust": {"contrast": 1.4}}, pilkit.Adjust(contrast=1.4)),
    ("adjust, sharpness", {"adjust": {"sharpness": 2}}, pilkit.Adjust(sharpness=2)),
    (
        "adjust, all",
        {"adjust": {"saturation": 0.5, "brightness": 1.2, "contrast": 0.8, "sharpness": 0.5}},
        pilkit.Adjust(color=0.5, brightness=1.2, contrast=0.8, sharpness=0.5),
    ),
    ("gaussian_blur", {"gaussian_blur": {"radius": 3}}, pilkit.GaussianBlur(3)),
    (
        "color_overlay",
        {"color_overlay": {"color": "#0050ff", "opacity": 0.5}},
        pilkit.ColorOverlay("#0050ff", overlay_opacity=0.5),
    ),
    ("make_opaque", {"make_opaque": {"color": "#ffd040"}}, pilkit.MakeOpaque((255, 208, 64))),
    ("make_opaque, alpha", {"make_opaque": {"color": "#ffd040"}}, pilkit.MakeOpaque((255, 208, 64))),
    ("grayscale", {"grayscale": {}}, pilkit.Convert("L")),
    ("reflection", {"reflection": {"size": 0.5, "opacity": 0.6}}, pilkit.Reflection(size=0.5, opacity=0.6)),
    ("trim", {"trim": {"color": "#ffffff"}}, pilkit.TrimBorderColor(color=(255, 255, 255), tolerance=0.04)),
]

# Processors of pilkit without a row of their own, and why.
NOT_COMPARED = {
    "ProcessorPipeline": "a spec's list of operations",
    "Anchor": "no processor: names of places",
    "Side": "no processor: names of sides",
}

# Defects of pilkit that rows avoid, because there is nothing to compare with: Reflection's defaults divide by zero; Crop's x and y are
# paste offsets, so they are negative here; upscale=False may return less than was asked for; LA and 16 bits lose alpha or depth.

# What differs, and why.
DIFFERENCES = {
    "trim": "pilkit trims nothing: the box that current Pillow finds in RGBA is that of the alpha alone",
    "make_opaque, alpha": "pilkit's result is not opaque: it mixes the alpha like a colour",
}

# What has to be right all the same: two pictures that have to be alike, made of ours, pilkit's and the photograph.
STILL = {
    "trim": lambda ours, theirs, photograph: (ours, photograph),
    "make_opaque, alpha": lambda ours, theirs, photograph: (ours, theirs.convert("RGB")),
}


class Worker:
    """The imaging crate in a process of its own."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer or answer.startswith("error"):
            raise RuntimeError(f"{line}: {answer}")
        return answer

    def make(self, source, operation, folder):
        self.ask(f"load {source}")
        self.ask("run " + json.dumps([{"operations": [operation], "output": {"png": {}}}]))
        path = folder / "made.png"
        self.ask(f"save {path}")
        return Image.open(io.BytesIO(path.read_bytes()))


def psnr(ours, theirs):
    pixels = [numpy.asarray(image.convert("RGBA"), dtype=numpy.float64) for image in (ours, theirs)]
    error = numpy.mean((pixels[0] - pixels[1]) ** 2)
    return float("inf") if error == 0 else 10 * numpy.log10(255**2 / error)


def check_completeness():
    """Every processor is in a row, or left out with a reason."""
    used = {type(processor).__name__ for _, _, processor in ROWS}
    there = {name for name, thing in vars(pilkit).items() if isinstance(thing, type)}
    if there != used | set(NOT_COMPARED):
        sys.exit(f"neither compared nor explained: {there - used - set(NOT_COMPARED)}, or not there: {used - there}")
    if set(DIFFERENCES) != set(STILL) or set(DIFFERENCES) - {name for name, _, _ in ROWS}:
        sys.exit(f"differences that are not checked, or of rows that are not there: {list(DIFFERENCES)}, {list(STILL)}")


def main(program, photographs):
    check_completeness()
    worker = Worker(program)
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for photograph in photographs:
            # Lossless and turned beforehand: what is compared is the operations, not two decoders.
            image = ImageOps.exif_transpose(Image.open(photograph)).convert("RGB")
            image.thumbnail((1000, 1000))
            framed = ImageOps.expand(image, 20, "#ffffff")
            clear = image.copy()
            clear.putalpha(Image.linear_gradient("L").resize(image.size))
            sources = {"trim": framed, "make_opaque, alpha": clear}
            image.save(folder / "source.png")
            for name, picture in sources.items():
                picture.save(folder / f"{name.replace(', ', '-')}.png")
            print(Path(photograph).name, image.size)
            for name, operation, processor in ROWS:
                source = folder / (f"{name.replace(', ', '-')}.png" if name in sources else "source.png")
                picture = sources.get(name, image)
                ours = worker.make(source, operation, folder)
                theirs = processor.process(picture.copy())
                same = ours.size == theirs.size
                decibels = psnr(ours, theirs) if same else 0.0
                why = DIFFERENCES.get(name)
                fine = same and decibels >= LEAST
                if why is not None:
                    # A difference that is gone is no difference any more, and what is right in spite of it has to stay so.
                    fine = not fine and psnr(*STILL[name](ours, theirs, image)) >= LEAST
                note = (why or "") if fine else "FAILED"
                sizes = f"{ours.size[0]}x{ours.size[1]}" if same else f"{ours.size} instead of {theirs.size}"
                print(f"  {name:28} {sizes:24} {decibels:6.1f} dB  {note}")
                if not fine:
                    failed.append((Path(photograph).name, name))
    if failed:
        sys.exit(f"failed: {failed}")


main(sys.argv[1], sys.argv[2:])
