"""The program's side of a comparison: records and photos in, pictures and inputs out. Standard library only."""
import random
import struct
import subprocess
from typing import NamedTuple

FILTERS = ("bilinear", "bicubic", "area", "nearest")
CHANNELS = {"rgb": 3, "bgr": 3, "gray": 1}


class Case(NamedTuple):
    width: int  # of the photo
    height: int
    photo: bytes
    record: dict

    def line(self):
        r = self.record
        numbers = [repr(float(v)) for v in (*r["scale"], *r["bias"])]
        return " ".join(str(v) for v in (self.width, self.height, r["width"], r["height"], r["geometry"], r["resize_short"],
                                         r["filter"], r["color"], r["pad_value"], *numbers))

    def name(self):
        r = self.record
        return f"{self.width}x{self.height} {r['geometry']} {r['resize_short']} {r['filter']} {r['width']}x{r['height']}"


def record(width, height, geometry="stretch", resize_short=0, name="bilinear", color="rgb", pad_value=114,
           scale=(1 / 127.5,) * 3, bias=(-1.0,) * 3):
    return {"width": width, "height": height, "geometry": geometry, "resize_short": resize_short, "filter": name,
            "color": color, "pad_value": pad_value, "scale": scale, "bias": bias}


def noise(rng, width, height):
    """Bytes, every fourth of them at an end of the range: overshoots of the cubic are clamped."""
    data = bytearray(rng.randbytes(width * height * 3))
    data[::4] = bytes(255 if v & 1 else 0 for v in data[::4])
    return bytes(data)


def random_case(rng, most_photo, most_picture):
    width, height = rng.randint(1, most_photo), rng.randint(1, most_photo)
    geometry = rng.choice(("crop", "stretch", "fit"))
    if geometry == "crop":  # else the oracle resizes a huge strip
        width, height = min(width, 5 * height), min(height, 5 * width)
    target = rng.randint(1, most_picture), rng.randint(1, most_picture)
    made = record(*target, geometry, max(target) + rng.randint(0, 40), rng.choice(FILTERS), rng.choice(list(CHANNELS)),
                  rng.randint(0, 255), [rng.uniform(-0.1, 0.1) for _ in range(3)], [rng.uniform(-3, 3) for _ in range(3)])
    return Case(width, height, noise(rng, width, height), made)


def pattern(width, height):
    """The photos of the golden values."""
    return bytes((37 * x + 91 * y + 53 * c + 11 * x * y) % 256 for y in range(height) for x in range(width) for c in range(3))


def seeded(seed):
    return random.Random(seed)


def run_program(binary, cases):
    """[(picture, input)] of each case: bytes, and a tuple of floats."""
    given = b"".join(case.line().encode() + b"\n" + case.photo for case in cases)
    done = subprocess.run([binary], input=given, stdout=subprocess.PIPE, check=True)
    results, at = [], 0
    for case in cases:
        pixels = case.record["width"] * case.record["height"]
        count = pixels * CHANNELS[case.record["color"]]
        picture = done.stdout[at:at + 3 * pixels]
        at += 3 * pixels
        results.append((picture, struct.unpack_from(f"={count}f", done.stdout, at)))
        at += 4 * count
    assert at == len(done.stdout), "the program wrote more"
    return results
