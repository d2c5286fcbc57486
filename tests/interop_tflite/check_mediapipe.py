"""check_mediapipe.py PROGRAM: MediaPipe's image classifier takes our files as they are, metadata and labels included."""
import subprocess
import sys
import tempfile
from pathlib import Path

import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision


def problem(folder, name):
    labels = (folder / f"{name}.labels").read_text(encoding="utf-8").splitlines()
    expected = np.fromfile(folder / f"{name}.out0")
    side = int(((folder / f"{name}.rgb").stat().st_size / 3) ** 0.5)
    pixels = np.fromfile(folder / f"{name}.rgb", np.uint8).reshape(side, side, 3)
    options = vision.ImageClassifierOptions(BaseOptions(model_asset_path=str(folder / f"{name}.tflite")))
    with vision.ImageClassifier.create_from_options(options) as classifier:
        found = classifier.classify(mp.Image(image_format=mp.ImageFormat.SRGB, data=pixels))
    categories = found.classifications[0].categories
    if sorted(c.category_name for c in categories) != sorted(labels):
        return f"categories {[c.category_name for c in categories]}"
    for c in categories:
        if labels[c.index] != c.category_name or abs(c.score - expected[c.index]) > 1 / 255:
            return f"{c.category_name} at {c.index} has {c.score} instead of {expected[c.index]}"
    print(f"{name}: " + ", ".join(f"{c.category_name} {c.score:.4f}" for c in categories))
    return ""


def main():
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        subprocess.run([sys.argv[1], folder], check=True, stderr=subprocess.DEVNULL)
        names = [line.split()[0] for line in (folder / "cases.txt").read_text().splitlines() if " photo " in line]
        problems = [f"{name}: {text}" for name in names if (text := problem(folder, name))]
    print("\n".join(problems) or f"{len(names)} models agree")
    return 1 if problems or len(names) != 3 else 0


if __name__ == "__main__":
    sys.exit(main())
