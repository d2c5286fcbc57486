"""LiteRT (TensorFlow Lite) with its XNNPACK delegate, which is its default."""
import time
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter


def image(details):
    return np.random.default_rng(0).uniform(-1, 1, details["shape"]).astype(np.float32)


def load(job):
    interpreter = Interpreter(model_path=job["models"] + "/" + job["net"] + ".tflite", num_threads=job["threads"])
    interpreter.allocate_tensors()
    details = interpreter.get_input_details()[0]
    interpreter.set_tensor(details["index"], image(details))
    return interpreter.invoke


def peak_bytes():
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise KeyError("VmHWM")


def once(job):
    """In a fresh process: milliseconds from the file to the first result at batch 1, or what the peak of resident memory is
    after three runs of a batch."""
    start = time.perf_counter()
    interpreter = Interpreter(model_path=job["models"] + "/" + job["net"] + ".tflite", num_threads=job["threads"])
    index = interpreter.get_input_details()[0]["index"]
    if job["batch"] > 1:
        interpreter.resize_tensor_input(index, [job["batch"], 224, 224, 3])
    interpreter.allocate_tensors()
    ready = time.perf_counter()
    interpreter.tensor(index)()[...] = 0.5  # in place: an array of ours would count
    interpreter.invoke()
    first = time.perf_counter()
    for _ in range(2):
        interpreter.invoke()
    return {"load_ms": (ready - start) * 1e3, "first_result_ms": (first - start) * 1e3, "peak_bytes": peak_bytes()}
