"""Structural similarity with a reference made as well as can be: the whole image decoded, resampled
in floating point with Lanczos3, never rounded."""

import numpy
import pyvips


def pixels(path):
    """The image as shown, RGB, on white, as floats."""
    image = pyvips.Image.new_from_file(path).autorot()
    if image.hasalpha():
        image = image.flatten(background=255)
    if image.bands == 1:
        image = image.bandjoin([image, image])
    return image.numpy()[:, :, :3].astype(numpy.float64)


def write(image, path):
    """Floats as a PNG, for those who compare files."""
    rounded = numpy.clip(numpy.rint(image), 0, 255).astype(numpy.uint8)
    pyvips.Image.new_from_array(rounded).write_to_file(path)


def lanczos(length, start, extent, count):
    """Rows of weights that resample `extent` samples from `start`, out of `length`, to `count`."""
    scale = extent / count
    support = 3.0 * max(scale, 1.0)
    matrix = numpy.zeros((count, length))
    for index in range(count):
        center = start + (index + 0.5) * scale
        first = max(int(numpy.floor(center - support)), 0)
        last = min(int(numpy.ceil(center + support)), length)
        offsets = (numpy.arange(first, last) + 0.5 - center) / max(scale, 1.0)
        weights = numpy.sinc(offsets) * numpy.sinc(offsets / 3.0) * (abs(offsets) < 3.0)
        matrix[index, first:last] = weights / weights.sum()
    return matrix


def reference(path, kind, width, height):
    """What a perfect resizer makes of the source: fitted into, or filling, width x height, of which 0 is not bounded."""
    source = pixels(path)
    height = height or 10_000_000
    rows, columns = source.shape[:2]
    if kind == "fit":
        scale = min(width / columns, height / rows)
        width, height = round(columns * scale), round(rows * scale)
        left, top, used_columns, used_rows = 0.0, 0.0, columns, rows
    else:
        scale = max(width / columns, height / rows)
        used_columns, used_rows = width / scale, height / scale
        left, top = (columns - used_columns) / 2, (rows - used_rows) / 2
    down = lanczos(rows, top, used_rows, height)
    across = lanczos(columns, left, used_columns, width)
    return numpy.stack([down @ source[:, :, band] @ across.T for band in range(3)], axis=2)


def luma(image):
    return image @ numpy.array([0.299, 0.587, 0.114])


def blurred(plane):
    """Gaussian windows of 11 x 11, sigma 1.5, only where they lie inside."""
    kernel = numpy.exp(-((numpy.arange(11) - 5) ** 2) / (2 * 1.5**2))
    kernel /= kernel.sum()
    rows = sum(kernel[i] * plane[i : plane.shape[0] - 10 + i] for i in range(11))
    return sum(kernel[i] * rows[:, i : plane.shape[1] - 10 + i] for i in range(11))


def ssim(image, other):
    """The mean over luma, after Wang, Bovik, Sheikh and Simoncelli, 2004."""
    if image.shape != other.shape:
        raise ValueError(f"sizes differ: {image.shape} and {other.shape}")
    a, b = luma(image), luma(other)
    ma, mb = blurred(a), blurred(b)
    va, vb, cov = blurred(a * a) - ma * ma, blurred(b * b) - mb * mb, blurred(a * b) - ma * mb
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    score = (2 * ma * mb + c1) * (2 * cov + c2) / ((ma**2 + mb**2 + c1) * (va + vb + c2))
    return float(score.mean())
