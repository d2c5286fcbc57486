"""crops.py FOLDER: 224 x 224 RGB crops of its photos, in the order of their names, as bytes on standard output.

Short side to 256, bicubic, then the centre: the published evaluation of EfficientNet-Lite0, by Pillow.
"""
import sys
from pathlib import Path

from PIL import Image

SHORT, SIZE = 256, 224


def crop(path):
    with Image.open(path) as photo:
        image = photo.convert("RGB")
    width, height = image.size
    ratio = SHORT / min(width, height)
    if ratio != 1:
        image = image.resize((max(SHORT, round(width * ratio)), max(SHORT, round(height * ratio))), Image.Resampling.BICUBIC)
    left, top = (image.width - SIZE) // 2, (image.height - SIZE) // 2
    return image.crop((left, top, left + SIZE, top + SIZE))


def main():
    for path in sorted(Path(sys.argv[1]).iterdir()):
        sys.stdout.buffer.write(crop(path).tobytes())


if __name__ == "__main__":
    main()
