"""check_others.py PROGRAM: files of coremltools, and the zoo's, are read by PROGRAM and give what an evaluator says."""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import foreign
import numpy as np
from other_runtime import Classifier

# Our reader computes a float16 program in float32; the evaluator does the same here, so that both are exact. Where
# scales meet a table, our reader holds the products, in the float16 that the file states.
TOLERANCE = 1e-5
LOOSER = {"palette3_scaled.mlpackage": 1e-3}


def pictures(height, width, channels, strength=1.0):
    """Soft waves, and strokes on black."""
    random = np.random.default_rng(5)
    y, x = np.mgrid[0:height, 0:width]
    out = []
    for _ in range(3):
        f, p = random.uniform(-0.4, 0.4, (2, channels)), random.uniform(0, 6, channels)
        out.append(127.5 + 127.5 * np.sin(f[0] * y[..., None] + f[1] * x[..., None] + p))
        out.append(255 * np.repeat(random.random((height, width, 1)) < 0.1, channels, 2))
    return (np.array(out) * strength).astype(np.uint8)


def problem(program, path, folder, strength=1.0, count=None):
    """What is wrong with how we read a file, tried on `count` pictures (all of them); empty: nothing."""
    classifier = Classifier(path, folder, rounded=False)
    image = classifier.description.input[0].type.imageType
    inputs = pictures(image.height, image.width, 1 if image.colorSpace == 10 else 3, strength)[:count]
    expected = classifier(inputs)
    (folder / "pixels").write_bytes(inputs.tobytes())
    done = subprocess.run([program, "read", path, folder / "pixels", folder / "scores"], capture_output=True, text=True)
    if done.returncode != 0:
        return done.stderr.strip()
    scores = np.fromfile(folder / "scores", np.float32).reshape(expected.shape)
    worst, same = np.abs(scores - expected).max(), (scores.argmax(1) == expected.argmax(1)).sum()
    print(f"{path.name}: largest difference {worst:.1e}, same class for {same} of {len(inputs)}, scores up to {expected.max():.3f}")
    return "" if worst <= LOOSER.get(path.name, TOLERANCE) and same == len(inputs) else "answers otherwise"


def main() -> int:
    bad = count = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        files = []
        for name, model in foreign.programs():
            model.save(str(folder / f"{name}.mlpackage"))
            files.append((folder / f"{name}.mlpackage", 1.0))
        for name, model in foreign.networks():
            model.save(str(folder / f"{name}.mlmodel"))
            files.append((folder / f"{name}.mlmodel", 1.0))
        if os.environ.get("PAW_ZOO"):
            zoo = Path(os.environ["PAW_ZOO"]) / "models/coreml-mnist"
            # Pixels go into the second unscaled: bright ones would make every probability 0 or 1.
            files += [(zoo / "mnistCNN.mlmodel", 1.0), (zoo / "DrawMNIST.mlpackage", 0.02)]
        for path, strength in files:
            what = problem(sys.argv[1], path, folder, strength)
            count += 1
            if what:
                bad += 1
                print(f"{path.name}: {what}")
    print(f"{count} files, {bad} wrong")
    return 0 if bad == 0 and count >= 25 else 1


if __name__ == "__main__":
    sys.exit(main())
