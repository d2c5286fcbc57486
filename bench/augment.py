"""Random changes to training photos, as src/vision/augment.h describes them, by Pillow and NumPy."""
import io
import math

import numpy
from PIL import Image, ImageFilter

FILTERS = (Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.BOX)
BINOMIAL = ImageFilter.Kernel((3, 3), (1, 2, 1, 2, 4, 2, 1, 2, 1))


def random_part(width, height, rng):
    for _ in range(10):
        area = width * height * rng.uniform(0.7, 1)
        aspect = math.exp(rng.uniform(-math.log(1.33), math.log(1.33)))
        w, h = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
        if 1 <= w <= width and 1 <= h <= height:
            x, y = rng.integers(width - w + 1), rng.integers(height - h + 1)
            return x, y, x + w, y + h
    return 0, 0, width, height


def rotate(picture, degrees):
    margin = picture.width // 4
    wide = numpy.pad(numpy.asarray(picture), ((margin, margin), (margin, margin), (0, 0)), mode="reflect")
    turned = Image.fromarray(wide).rotate(degrees, Image.Resampling.BILINEAR)
    return turned.crop((margin, margin, margin + picture.width, margin + picture.height))


def color_map(rng):
    """Brightness, contrast, saturation and hue as a matrix and an offset; the matrix of hue and saturation keeps luma."""
    brightness, contrast = rng.uniform(-0.15, 0.15) * 255, 1 + rng.uniform(-0.15, 0.15)
    saturation, hue = 1 + rng.uniform(-0.15, 0.15), math.radians(rng.uniform(-5, 5))
    luma = numpy.tile([0.299, 0.587, 0.114], (3, 1))
    across = numpy.array([[0.168, 0.330, -0.497], [-0.328, 0.035, 0.292], [1.250, -1.050, -0.203]])
    turn = luma + saturation * math.cos(hue) * (numpy.eye(3) - luma) + saturation * math.sin(hue) * across
    return contrast * turn, 127.5 * (1 - contrast) + brightness


def to_bytes(values):
    return numpy.clip(numpy.rint(values), 0, 255).astype(numpy.uint8)


def through_jpeg(picture, quality):
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=int(quality))
    return Image.open(file).convert("RGB")


def augmented(photo, size, rng):
    """The photo as an epoch sees it: uint8 [size, size, 3]."""
    part = random_part(*photo.size, rng)
    picture = photo.resize((size, size), FILTERS[rng.integers(len(FILTERS))], box=part)
    if rng.random() < 0.5:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if rng.random() < 0.3:
        picture = rotate(picture, rng.uniform(-12, 12))
    matrix, offset = color_map(rng)
    pixels = to_bytes(numpy.asarray(picture, numpy.float32) @ matrix.T.astype(numpy.float32) + offset)
    if rng.random() < 0.1:
        pixels = numpy.asarray(Image.fromarray(pixels).filter(BINOMIAL))
    if rng.random() < 0.1:
        pixels = to_bytes(pixels + 8 * rng.standard_normal(pixels.shape))
    if rng.random() < 0.1:
        pixels = numpy.asarray(through_jpeg(Image.fromarray(pixels), rng.integers(40, 96)))
    return pixels
