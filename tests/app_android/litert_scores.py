"""litert_scores.py ASSETS...: two of each app's golden photos, a square and a tall one, through LiteRT.

Exit code 1 when one is not answered as model.json says."""
import json
import re
import sys
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from PIL import Image

DOC = Path(__file__).resolve().parents[2] / "docs/preprocess.md"
NAMES = {"geometry": ("crop", "stretch", "fit"), "filter": ("bilinear", "bicubic", "area", "nearest"), "color": ("rgb", "bgr", "gray")}
FLOAT, INTEGER = 1e-4, 0.02  # LiteRT rounds integers otherwise here and there


def documented():
    code = {}
    exec("\n".join(re.findall(r"```python\n(.*?)```", DOC.read_text(), re.DOTALL)), code)
    return code


def model_input(code, record, path):
    pixels = np.asarray(Image.open(path).convert("RGB"))
    height, width, _ = pixels.shape
    planes = code["picture"]([pixels[:, :, c].tolist() for c in range(3)], width, height, record)
    rows = [[code["values"](*pixel, record) for pixel in zip(*row)] for row in zip(*planes)]
    return np.asarray([rows], np.float32)


def differences(code, assets):
    info = json.loads((assets / "model.json").read_text())
    record = {**info["preprocess"], **{key: names[info["preprocess"][key]] for key, names in NAMES.items()}}
    runner = Interpreter(str(assets / info["tflite"])).get_signature_runner()
    for golden in info["golden"][::6]:
        got = runner(image=model_input(code, record, assets / golden["file"]))
        expected = np.asarray(golden["scores"], np.float32)
        yield np.abs(got["scores"][0] - expected).max(), got["scores"][0].argmax() == expected.argmax(), info["tolerance"]


def main():
    code, failed = documented(), 0
    for assets in map(Path, sys.argv[1:]):
        seen = list(differences(code, assets))
        largest = max(d for d, _, _ in seen)
        good = all(agrees for _, agrees, _ in seen) and largest <= (INTEGER if seen[0][2] > 0.01 else FLOAT)
        failed += not good
        print(f"{assets.parents[3].parent.name}: label agrees {sum(a for _, a, _ in seen)}/{len(seen)}, largest difference {largest:.1e}"
              f"{'' if good else ' FAILED'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
