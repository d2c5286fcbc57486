"""check_zoo.py PROGRAM: models of PAW_ZOO in our engine and in LiteRT, on photos where they take photos.

Exit code 77 (skipped) without PAW_ZOO.
"""
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from PIL import Image

# Float models: how far apart all outputs may be. The last has integer weights, which LiteRT multiplies by quantised input.
FLOAT = {"misc/mobilenet_v1_0.25_128": 1e-5, "tflite-support/mobilenet_v1_0.25_224_1_default_1": 1e-5,
         "mlperf-tiny/image_classification/pretrainedResnet": 1e-5, "mlperf-tiny/visual_wake_words/vww_96_float": 1e-5,
         "ultraface/slim-320_without_postprocessing": 1e-5, "mlperf-tiny/keyword_spotting/kws_ref_model_float32": 0.05}
# Model, picture, class, score; integers count in steps of 1/256. As the test data's README states them.
STATED = [("coral/mobilenet_v1_0.25_128_quant", "coral/images/cat.bmp", 286, 35),
          ("coral/mobilenet_v2_1.0_224_quant", "coral/images/cat.bmp", 286, 201),
          ("coral/mobilenet_v1_0.25_128_quant", "coral/images/sunflower.bmp", 986, 155),
          ("coral/mobilenet_v2_1.0_224_quant", "coral/images/sunflower.bmp", 986, 253),
          ("coral/mobilenet_v1_0.25_128_quant", "coral/images/bird.bmp", 20, 108),
          ("coral/mobilenet_v2_1.0_224_quant", "coral/images/bird.bmp", 20, 252),
          ("coral/mobilenet_v1_0.25_128_quant", "coral/images/parrot.jpg", 89, 174),
          ("coral/mobilenet_v2_1.0_224_quant", "coral/images/parrot.jpg", 89, 255),
          ("coral/mobilenet_v2_1.0_224_quant", "coral/images/hot_dog.jpg", 935, 232),
          ("tflite-support/mobilenet_v1_0.25_224_quant", "tflite-support/burger.jpg", 934, 0.96 * 256),
          ("tflite-support/mobilenet_v1_0.25_224_1_default_1", "tflite-support/burger.jpg", 934, 0.988)]
PHOTOS = 20


def litert(path):
    model = Interpreter(str(path), experimental_op_resolver_type=OpResolverType.BUILTIN_REF, num_threads=1)
    model.allocate_tensors()
    return model


def run_litert(model, data):
    model.set_tensor(model.get_input_details()[0]["index"], data)
    model.invoke()
    return [model.get_tensor(o["index"]).astype(np.float64).reshape(-1) for o in model.get_output_details()]


def run_engine(program, path, model, samples, rounding="float"):
    """Outputs of every sample, one after the other in their order. `fixed`: integers rounded as the reference kernels do."""
    given = b"".join(np.ascontiguousarray(s).tobytes() for s in samples)
    done = subprocess.run([program, path, rounding, "best", "2"], input=given, capture_output=True, check=True)
    dtype = model.get_output_details()[0]["dtype"]
    return np.frombuffer(done.stdout, dtype).astype(np.float64).reshape(len(samples), -1)


def pixels(photo, shape):
    return np.asarray(Image.open(photo).convert("RGB").resize((shape[2], shape[1]), Image.Resampling.BILINEAR))[None]


def samples(model, photos):
    detail = model.get_input_details()[0]
    shape, dtype = detail["shape"], detail["dtype"]
    rng = np.random.default_rng(0)
    for photo in photos:
        if shape[3] != 3:
            yield rng.uniform(-1, 1, shape).astype(np.float32)
        elif dtype == np.float32:
            yield (pixels(photo, shape).astype(np.float32) - 127.5) / np.float32(127.5)
        else:
            yield pixels(photo, shape)


def check_float(program, path, photos, tolerance):
    model = litert(path)
    given = list(samples(model, photos))
    ours = run_engine(program, path, model, given)
    worst = 0
    for data, found in zip(given, ours):
        expected = np.concatenate(run_litert(model, data))
        worst = max(worst, np.abs(found - expected).max() / (1 + np.abs(expected).max()))
    print(f"{path.stem}: {worst:.2g}")
    return [] if worst <= tolerance else [f"{path.stem} differs by {worst}"]


def check_stated(program, path, photo, best, score):
    """The stated class, with LiteRT's own score on the same bytes; near the stated score, as far as stretching by an unknown
    filter lets it be (28 steps at most, with any of Pillow's)."""
    model = litert(path)
    data = next(samples(model, [photo]))
    found, expected = run_engine(program, path, model, [data], "fixed")[0], run_litert(model, data)[0]
    top = found.max()
    print(f"{path.stem} {photo.name}: {found.argmax()} {top:.4g}, stated {best} {score:.4g}")
    integers = top > 1
    same = np.array_equal(found, expected) if integers else np.allclose(found, expected, atol=1e-5)
    near = abs(top - score) <= (30 if integers else 0.01)
    good = found.argmax() == best and same and near
    return [] if good else [f"{path.stem} on {photo.name}: {found.argmax()} with {top}, LiteRT {expected.max()}, stated {score}"]


def main():
    if not os.environ.get("PAW_ZOO"):
        print("skipped: no PAW_ZOO")
        return 77
    zoo, program = Path(os.environ["PAW_ZOO"]), sys.argv[1]
    photos = sorted((zoo / "photos/imagenet-1000").iterdir())[:: 1000 // PHOTOS]
    problems = []
    for name, tolerance in FLOAT.items():
        problems += check_float(program, zoo / "models" / f"{name}.tflite", photos, tolerance)
    for name, photo, best, score in STATED:
        problems += check_stated(program, zoo / "models" / f"{name}.tflite", zoo / "models" / photo, best, score)
    print("\n".join(problems) or f"{len(FLOAT)} models on {len(photos)} photos and {len(STATED)} stated answers agree")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
