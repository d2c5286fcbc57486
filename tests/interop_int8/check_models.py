"""check_models.py PROGRAM: the integer models of PAW_ZOO on 200 photos, in the engine and in LiteRT with each resolver.

To the bit where the engine's rounding is that of the resolver. Whole nets differ by more where it is not: peers do, too, and
how much is printed. Exit code 77 (skipped) without PAW_ZOO.
"""
import os
import sys
from pathlib import Path

import numpy as np
from PIL import Image

import peers
from compare import flat, self_check, steps
from engine import Engine

PHOTOS = 200
MODELS = ["coral/mobilenet_v1_0.25_128_quant", "coral/mobilenet_v2_1.0_224_quant", "tflite-support/mobilenet_v1_0.25_224_quant",
          "mlperf-tiny/image_classification/pretrainedResnet_quant", "mlperf-tiny/visual_wake_words/vww_96_int8",
          "mlperf-tiny/keyword_spotting/kws_ref_model"]
CLAIMS = {"float": "xnnpack", "fixed": "reference"}


def photo_samples(photos, shape, dtype):
    """Stretched by Pillow; the same bytes for everybody."""
    for photo in photos:
        pixels = np.asarray(Image.open(photo).convert("RGB").resize((shape[2], shape[1]), Image.Resampling.BILINEAR))[None]
        yield [pixels if dtype == np.uint8 else (pixels.astype(np.int16) - 128).astype(np.int8)]


def random_samples(count, shape, dtype):
    rng, limits = np.random.default_rng(0), np.iinfo(dtype)
    return [[rng.integers(limits.min, limits.max + 1, shape).astype(dtype)] for _ in range(count)]


def samples(model, photos):
    (shape, dtype), = peers.inputs(model)
    if len(shape) == 4 and shape[3] == 3:
        return list(photo_samples(photos, shape, dtype))
    return random_samples(len(photos), shape, dtype)


def first_choices(results):
    return [int(flat([r]).argmax()) for r in results]


def check(model, given, engine):
    """What is wrong, and lines that say how far everybody is apart."""
    results = {r: peers.run(model, r, given) for r in peers.RESOLVERS}
    results |= {m: engine.run(model, m, given, results["reference"][0]) for m in CLAIMS}
    problems, lines = [], []
    for mode, claimed in CLAIMS.items():
        differ, most, count = steps(results[mode], results[claimed])
        if differ:
            problems.append(f"{mode} against {claimed}: {differ} of {count} differ, by up to {most:g}")
        portable = engine.run(model, mode, given[:5], results["reference"][0], "portable", 2)
        if steps(portable, results[mode][:5])[0]:
            problems.append(f"{mode}: the portable tier differs")
    for a, b in (("float", "xnnpack"), ("fixed", "reference"), ("reference", "xnnpack"), ("builtin", "xnnpack"),
                 ("reference", "builtin")):
        differ, most, count = steps(results[a], results[b])
        other = sum(x != y for x, y in zip(first_choices(results[a]), first_choices(results[b])))
        lines.append(f"  {a} and {b}: {differ} of {count} differ, by up to {most:g}; first choice in {other} of {len(given)}")
    return problems, lines


def main():
    self_check()
    zoo = os.environ.get("PAW_ZOO")
    if not zoo:
        print("skipped: no PAW_ZOO")
        return 77
    photos = sorted(Path(zoo, "photos/imagenet-1000").iterdir())[::5][:PHOTOS]
    engine, problems = Engine(sys.argv[1]), []
    for name in MODELS:
        model = Path(zoo, "models", name + ".tflite").read_bytes()
        try:
            found, lines = check(model, samples(model, photos), engine)
        except (RuntimeError, ValueError) as error:
            found, lines = [str(error)], []
        print("\n".join([name, *lines]))
        problems += [f"{name}: {problem}" for problem in found]
    for problem in problems:
        print(problem)
    print(f"{len(MODELS)} models on {len(photos)} photos: {len(problems)} problems")
    return 1 if problems or len(photos) < PHOTOS else 0


if __name__ == "__main__":
    sys.exit(main())
