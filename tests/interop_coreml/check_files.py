"""check_files.py PROGRAM: files that PROGRAM writes are what coremltools takes and what our engine answers."""
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from other_runtime import Classifier

# In probability. float16 is rounded after every op, as the file says. Integers ("i8") are ours in integer arithmetic, the file's
# in float16 between quantize and dequantize: now and then a number falls into the next of 256 steps.
TOLERANCE = {"f32": 1e-5, "nn": 1e-5, "f16": 5e-3, "i8": 0.05}


def problem(path, folder):
    """What is wrong with a file; empty: nothing."""
    name, form = path.stem.rsplit("-", 1)
    classifier = Classifier(path, folder)
    size = classifier.description.input[0].type.imageType
    pictures = np.fromfile(folder / f"{name}.pixels", np.uint8).reshape(-1, size.height, size.width, 3)
    expected = np.fromfile(folder / f"{name}.scores", np.float32).reshape(len(pictures), -1)
    scores = classifier(pictures)
    worst = np.abs(scores - expected).max()
    same = (scores.argmax(1) == expected.argmax(1)).sum()
    print(f"{path.name}: version {classifier.runs.spec.specificationVersion}, largest difference {worst:.1e}, "
          f"same class for {same} of {len(pictures)}, scores up to {expected.max():.3f}")
    return "" if worst <= TOLERANCE[form] and same == len(pictures) else "answers otherwise"


def main() -> int:
    bad = count = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        subprocess.run([sys.argv[1], "write", folder], check=True)
        for path in sorted([*folder.glob("*.mlpackage"), *folder.glob("*.mlmodel")]):
            what = problem(path, folder)
            count += 1
            if what:
                bad += 1
                print(f"{path.name}: {what}")
    print(f"{count} files, {bad} wrong")
    return 0 if bad == 0 and count >= 30 else 1


if __name__ == "__main__":
    sys.exit(main())
