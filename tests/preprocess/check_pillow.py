"""check_pillow.py PROGRAM: its pictures and inputs are those of Pillow and NumPy, to the bit.

`crop` is compared with resizing and cropping as torchvision computes their sizes, `fit` with ImageOps.pad's. Since version 13
Pillow takes the columns first where the height shrinks much more than the width: photos are given to it one side at a time,
and those of usual sizes in one go as well. Pillow adds up the coordinates of NEAREST one by one; a pixel whose middle falls
on the border of two may go to the other there."""
import sys

import numpy as np
from PIL import Image, ImageOps

from program import Case, FILTERS, noise, random_case, record, run_program, seeded

PILLOW = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC, "area": Image.Resampling.BOX,
          "nearest": Image.Resampling.NEAREST}


def is_usual(width, height):
    return min(width, height) >= 200 and max(width, height) < 2 * min(width, height)


def resized(photo, size, name):
    """Rows first."""
    return photo.resize((size[0], photo.height), PILLOW[name]).resize(size, PILLOW[name])


def torchvision_crop(photo, r):
    width, height = photo.size
    short = r["resize_short"]
    size = (short, int(short * height / width)) if width <= height else (int(short * width / height), short)
    whole_photo = photo.resize(size, PILLOW[r["filter"]]) if is_usual(*photo.size) else resized(photo, size, r["filter"])
    left, top = (int(round((whole - part) / 2.0)) for whole, part in zip(size, (r["width"], r["height"])))
    return whole_photo.crop((left, top, left + r["width"], top + r["height"])), size, (left, top)


def expected_picture(case):
    """(picture, size it was cut from, window)"""
    photo = Image.frombytes("RGB", (case.width, case.height), case.photo)
    r = case.record
    size = r["width"], r["height"]
    if r["geometry"] == "crop":
        return torchvision_crop(photo, r)
    if r["geometry"] == "stretch":
        return resized(photo, size, r["filter"]), size, (0, 0)
    inner = resized(photo, ImageOps.contain(photo, size, PILLOW["nearest"]).size, r["filter"])
    return ImageOps.pad(inner, size, PILLOW["nearest"], color=(r["pad_value"],) * 3), None, None


def on_a_border(source, scaled, first, count):
    """Whose middle falls between two pixels."""
    return [(2 * i + 1) * source % (2 * scaled) == 0 for i in range(first, first + count)]


def differences(case, expected, size, window, got):
    wrong = (np.asarray(expected) != got).any(axis=2)
    if case.record["filter"] == "nearest" and size is not None:
        wrong[on_a_border(case.height, size[1], window[1], got.shape[0]), :] = False
        wrong[:, on_a_border(case.width, size[0], window[0], got.shape[1])] = False
    return int(wrong.sum())


def expected_input(picture, r):
    pixels = {"rgb": picture, "bgr": picture[:, :, ::-1], "gray": np.asarray(Image.fromarray(picture).convert("L"))[..., None]}
    pixels = pixels[r["color"]].astype(np.float64)
    channels = pixels.shape[2]
    return (pixels * np.array(r["scale"][:channels]) + np.array(r["bias"][:channels])).astype(np.float32)


def flat(case):
    """Whether ImageOps.pad would make a side of no pixels, or a nearest picture that cannot be told from a shifted one."""
    r = case.record
    longer = max(case.width / r["width"], case.height / r["height"])
    return r["geometry"] == "fit" and (min(case.width, case.height) / longer <= 0.5 or r["filter"] == "nearest")


def cases():
    rng = seeded(2)
    made = [random_case(rng, *most) for most, count in (((12, 12), 1500), ((100, 60), 500), ((500, 260), 150))
            for _ in range(count)]
    for name in FILTERS:
        for width, height, size in ((500, 375, 224), (375, 500, 224), (256, 256, 224), (300, 451, 260), (4000, 3000, 224)):
            r = record(size, size, "crop", size + 32, name)
            made.append(Case(width, height, noise(rng, width, height), r))
        for width, height in ((65535, 2), (2, 65535), (1, 1), (30000, 7)):
            made.append(Case(width, height, noise(rng, width, height), record(224, 96, "stretch", 0, name)))
    return [case for case in made if not flat(case)]


def main():
    compared, problems = cases(), []
    for case, (picture, numbers) in zip(compared, run_program(sys.argv[1], compared)):
        r = case.record
        got = np.frombuffer(picture, np.uint8).reshape(r["height"], r["width"], 3)
        count = differences(case, *expected_picture(case), got)
        if count:
            problems.append(f"{case.name()}: {count} pixels differ")
        damaged = got.copy()
        damaged[-1, -1, 1] ^= 1
        if r["filter"] != "nearest" and not differences(case, *expected_picture(case), damaged):
            problems.append(f"{case.name()}: a wrong picture was accepted")
        if not np.array_equal(expected_input(got, r).ravel(), np.array(numbers, np.float32)):
            problems.append(f"{case.name()}: the input differs")
    for problem in problems[:40]:
        print(problem)
    print(f"{len(compared)} photos compared with Pillow, {len(problems)} problems")
    return 1 if problems or len(compared) < 1000 else 0


if __name__ == "__main__":
    sys.exit(main())
