"""check_exports.py WRITER PROGRAM: nets of our own, quantised in every way and written, in the engine and in LiteRT.

Integers are equal to the bit where the engine's rounding is that of the resolver; weights stored small, whose arithmetic is
float, are within 1e-5; 16-bit activations, which the engine computes as floats of whole steps, within 2e-3.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import peers
from compare import flat, self_check, steps
from engine import Engine

SAMPLES = 4
FLOATS = {"weights_": 1e-5, "wide": 2e-3}  # forms whose arithmetic is float, and how far results may be apart
CLAIMS = {"float": "xnnpack", "fixed": "reference"}


def samples(model):
    (shape, dtype), = peers.inputs(model)
    rng = np.random.default_rng(3)
    for _ in range(SAMPLES):
        if dtype == np.float32:
            yield [rng.uniform(-1, 1, shape).astype(np.float32)]
        else:
            limits = np.iinfo(dtype)
            yield [rng.integers(limits.min, limits.max + 1, shape).astype(dtype)]


def check(name, model, engine):
    given = list(samples(model))
    problems = []
    for mode, resolver in CLAIMS.items():
        theirs = peers.run(model, resolver, given)
        if np.unique(flat(theirs)).size < 50:
            problems.append(f"{name}: the results of {resolver} are all alike")
        differ, most, count = steps(engine.run(model, mode, given, theirs[0]), theirs)
        allowed = next((share for form, share in FLOATS.items() if f".{form}" in name), 0)
        if most > allowed * max(1, np.abs(flat(theirs)).max()):
            problems.append(f"{name}: {mode} against {resolver}: {differ} of {count} differ, by up to {most:g}")
    return problems


def main():
    self_check()
    engine, problems = Engine(sys.argv[2]), []
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], folder], check=True)
        files = sorted(Path(folder).glob("*.tflite"))
        for file in files:
            try:
                problems += check(file.name, file.read_bytes(), engine)
            except (RuntimeError, ValueError) as error:
                problems.append(f"{file.name}: {error}")
    for problem in problems:
        print(problem)
    print(f"{len(files)} files with {SAMPLES} pictures: {len(problems)} problems")
    return 1 if problems or not files else 0


if __name__ == "__main__":
    sys.exit(main())
