"""check_litert.py PROGRAM: LiteRT runs the files that paw_tflite_cases writes; three resolvers against our interpreter."""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

VERBOSE = "--verbose" in sys.argv
RESOLVERS = {"reference": OpResolverType.BUILTIN_REF, "builtin": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
             "xnnpack": OpResolverType.BUILTIN}
# Largest difference, beside one step of a quantised output. Relative to 1 + the largest magnitude of the output.
# Dynamic layers quantise their input while they run, and whole nets of integers round differently by resolver: of these
# the answer has to be the same.
TOLERANCE = {"exact": 2e-7, "op": 2e-6, "dynamic": 0.03, "net": 1e-5, "net_dynamic": 0.15, "net_integers": 0.3}


def run(path, resolver, feeds):
    model = Interpreter(str(path), experimental_op_resolver_type=RESOLVERS[resolver], num_threads=1)
    model.allocate_tensors()
    for detail, data in zip(model.get_input_details(), feeds):
        model.set_tensor(detail["index"], np.frombuffer(data, detail["dtype"]).reshape(detail["shape"]))
    model.invoke()
    results = []
    for detail in model.get_output_details():
        value = model.get_tensor(detail["index"])
        scale, zero = detail["quantization"]
        results.append((value.astype(np.float64) if scale == 0 else (value.astype(np.float64) - zero) * scale, scale))
    return results


def compare(folder, name, kind, inputs, outputs, resolver):
    feeds = [(folder / f"{name}.in{i}").read_bytes() for i in range(inputs)]
    worst = ""
    for i, (value, scale) in enumerate(run(folder / f"{name}.tflite", resolver, feeds)):
        expected = np.fromfile(folder / f"{name}.out{i}").reshape(-1)
        value = value.reshape(-1)
        if value.size != expected.size:
            return f"{value.size} elements instead of {expected.size}"
        difference = np.abs(value - expected)
        allowed = TOLERANCE[kind] * (1 + np.abs(expected).max(initial=0)) + 1.01 * scale
        if VERBOSE and kind.startswith("net"):
            print(f"{name} ({resolver}): {difference.max():.2g}, top {value.argmax()} {expected.argmax()} of {expected.max():.3f}")
        if not np.isfinite(value).all() or not (difference <= allowed).all():
            worst = f"differs by {difference.max()} of {np.abs(expected).max()}, scale {scale}"
        if kind.startswith("net") and value.argmax() != expected.argmax():
            worst = f"answers {value.argmax()} instead of {expected.argmax()}"
    return worst


def isolated(*arguments):
    """`compare` in a process of its own: what LiteRT does not check ends it."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            problem = compare(*arguments)
        except (RuntimeError, ValueError) as error:
            problem = " ".join(str(error).split())
        os.write(writer, (problem or "good").encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as text:
        problem = text.read()
    os.waitpid(child, 0)
    return {"good": "", "": "ends the process"}.get(problem, problem)


def is_wrong(folder, name):
    """Files that our writer refuses to write: one resolver at least computes something else, or nothing."""
    problems = {r: isolated(folder, name, "dynamic", 1, 1, r) for r in RESOLVERS}
    wrong = {r: text for r, text in problems.items() if text}
    print(f"{name}: " + ("; ".join(f"{r}: {text[:90]}" for r, text in wrong.items()) or "RIGHT everywhere: why refuse it?"))
    return bool(wrong)


def main():
    program = sys.argv[1]
    failed = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        subprocess.run([program, folder], check=True, stderr=subprocess.DEVNULL)
        lines = [line for line in (folder / "cases.txt").read_text().splitlines() if " photo " not in line]
        for line in lines:
            name, kind, inputs, outputs = line.split()
            if kind == "forced":
                failed += not is_wrong(folder, name)
                continue
            for resolver in RESOLVERS:
                problem = isolated(folder, name, kind, int(inputs), int(outputs), resolver)
                if problem:
                    failed += 1
                    print(f"{name} ({resolver}): {problem}")
    print(f"{len(lines)} files, {failed} differences")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
