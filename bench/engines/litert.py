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


def resident_kib(key):
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1])
    raise KeyError(key)


def once(job):
    """In a fresh process: milliseconds from the file to the first result, and the growth of the peak of resident memory
    while loading (weights, packed weights) and from then through three runs (the memory of activations, which the kernel
    hands out when first touched)."""
    before = resident_kib("VmRSS")
    start = time.perf_counter()
    interpreter = Interpreter(model_path=job["models"] + "/" + job["net"] + ".tflite", num_threads=job["threads"])
    interpreter.allocate_tensors()
    details = interpreter.get_input_details()[0]
    data = image(details)
    loaded, ready = resident_kib("VmRSS"), time.perf_counter()
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts again from here
    interpreter.set_tensor(details["index"], data)
    interpreter.invoke()
    first = time.perf_counter()
    for _ in range(2):
        interpreter.invoke()
    return {"load_ms": (ready - start) * 1e3, "first_result_ms": (first - start) * 1e3,
            "load_bytes": (loaded - before) * 1024, "run_bytes": (resident_kib("VmHWM") - loaded) * 1024}
