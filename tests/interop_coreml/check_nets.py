"""check_nets.py PROGRAM: nets of the size that people have, stored as coremltools does, are read and give what an evaluator says;
written again in the same format they are no larger and answer alike."""
import subprocess
import sys
import tempfile
from pathlib import Path

import foreign_nets
import numpy as np
from check_others import pictures, problem
from other_runtime import Classifier


def size_of(path):
    return sum(f.stat().st_size for f in path.rglob("*") if f.is_file()) if path.is_dir() else path.stat().st_size


def problem_of_ours(program, path, folder):
    """What is wrong with the file that we make of theirs; empty: nothing."""
    ours = folder / f"ours-{path.name}"
    size = size_of(path)
    done = subprocess.run([program, "again", path, ours], capture_output=True, text=True)
    if done.returncode != 0:
        return done.stderr.strip()
    print(f"{path.name}: {size_of(ours) / size:.4f} of the bytes when written again")
    if size_of(ours) > size:
        return f"takes {size_of(ours)} bytes when written again, {size} before"
    inputs = pictures(foreign_nets.SIZE, foreign_nets.SIZE, 3)[:1]
    a, b = (Classifier(file, folder, rounded=False)(inputs) for file in (path, ours))
    return "" if np.abs(a - b).max() <= 1e-4 else f"written again it answers otherwise, by {np.abs(a - b).max():.1e}"


def main() -> int:
    bad = count = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for kind, models in (("mlpackage", foreign_nets.programs()), ("mlmodel", foreign_nets.networks())):
            for name, model in models:
                path = folder / f"{name}.{kind}"
                model.save(str(path))
                what = problem_of_ours(sys.argv[1], path, folder) or problem(sys.argv[1], path, folder, count=2)
                count += 1
                if what:
                    bad += 1
                    print(f"{path.name}: {what}")
    print(f"{count} files, {bad} wrong")
    return 0 if bad == 0 and count == 15 else 1


if __name__ == "__main__":
    sys.exit(main())
