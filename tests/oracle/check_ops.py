"""check_ops.py PROGRAM: compares every case that it dumps with what NumPy and onnxruntime compute for it."""
import json
import subprocess
import sys
from types import SimpleNamespace

import numpy as np

from numpy_ops import NUMPY
from onnx_ops import ONNX

NUMPY_TOLERANCE = 1e-11  # both compute in double
ONNX_TOLERANCE = 2e-6  # onnxruntime computes in float


def per_element(quant, shape):
    """Scale and zero point of every element."""
    scale, zero = np.array(quant["scale"], float), np.array(quant["zero_point"], float)
    if quant["axis"] >= 0:
        along = [1] * len(shape)
        along[quant["axis"]] = len(scale)
        scale, zero = scale.reshape(along), zero.reshape(along)
    return scale, zero


def limits(dtype):
    bits = int(dtype[1:])
    return (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if dtype[0] == "i" else (0, 2**bits - 1)


def stored(tensor):
    return np.array([float(v) for v in tensor["values"]]).reshape(tensor["shape"])


def real(tensor):
    """Real numbers, dequantised where the type has quantisation; None for an absent input."""
    if tensor is None:
        return None
    values = stored(tensor)
    if tensor["quant"] is None:
        return values
    scale, zero = per_element(tensor["quant"], values.shape)
    return (values - zero) * scale


def as_stored(values, tensor):
    """`values` as an output of the tensor's type holds them: quantised where it is."""
    if tensor["quant"] is None:
        return values
    scale, zero = per_element(tensor["quant"], values.shape)
    return np.clip(np.rint(values / scale + zero), *limits(tensor["dtype"]))


def numbers(attrs):
    """Infinities travel as strings."""
    return {k: float(v) if v == "inf" or v == "-inf" else v for k, v in attrs.items()}


def compare(case, table, tolerance):
    """What is wrong with the case by this oracle, or None."""
    inputs = [real(t) for t in case["inputs"]]
    given = SimpleNamespace(op=case["op"], x=inputs, raw=case["inputs"], outputs=case["outputs"],
                            a=SimpleNamespace(**numbers(case["attrs"])))
    try:
        expected = table[case["op"]](given)
    except Exception as error:  # onnxruntime refuses by its own exception types
        return f"the oracle failed: {error}"
    expected = expected if isinstance(expected, tuple) else (expected,)
    if len(expected) != len(case["outputs"]):
        return f"{len(case['outputs'])} outputs, the oracle has {len(expected)}"
    for want, tensor in zip(expected, case["outputs"]):
        got, want = stored(tensor), as_stored(np.asarray(want, float), tensor)
        if got.shape != want.shape:
            return f"{tensor['name']} has shape {got.shape}, the oracle {want.shape}"
        error = np.max(np.abs(got - want) / np.maximum(1, np.abs(want)))
        if not error <= tolerance:
            return f"{tensor['name']} differs by {error:.3g}"
    return None


def damaged(case):
    """The case with one wrong number in its first output."""
    output = case["outputs"][0]
    first, *rest = (float(v) for v in output["values"])
    wrong = {**output, "values": [first + (1 if output["quant"] else 1e-4 * max(1, abs(first))), *rest]}
    return {**case, "outputs": [wrong, *case["outputs"][1:]]}


def main():
    cases = json.loads(subprocess.run([sys.argv[1]], stdout=subprocess.PIPE, check=True).stdout)["cases"]
    problems, compared = [], {"numpy": 0, "onnxruntime": 0}
    for op in sorted({c["op"] for c in cases} - NUMPY.keys() - ONNX.keys()):
        problems.append(f"{op}: no oracle; add it to numpy_ops.py or onnx_ops.py")
    for case in cases:
        for name, table, tolerance in (("numpy", NUMPY, NUMPY_TOLERANCE), ("onnxruntime", ONNX, ONNX_TOLERANCE)):
            if case["op"] not in table:
                continue
            compared[name] += 1
            problem = compare(case, table, tolerance)
            if not problem and compare(damaged(case), table, tolerance) is None:
                problem = "a wrong result was accepted"
            if problem:
                problems.append(f"{case['op']}/{case['case']} against {name}: {problem}")
    for problem in problems:
        print(problem)
    print(f"{len(cases)} cases of {len({c['op'] for c in cases})} ops: {compared['onnxruntime']} compared with "
          f"onnxruntime, {compared['numpy']} with NumPy, {len(problems)} problems")
    return 1 if problems or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
