"""ONNX Runtime, CPU, all graph optimisations (its default)."""
import time

import numpy as np
import onnxruntime


def load(job):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = job["threads"]
    options.log_severity_level = 3
    path = job["models"] + "/" + job["net"] + ".onnx"
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    feed = {session.get_inputs()[0].name: np.random.default_rng(0).uniform(-1, 1, (1, 3, 224, 224)).astype(np.float32)}
    return lambda: session.run(None, feed)


def once(job):
    start = time.perf_counter()
    run = load(job)
    ready = time.perf_counter()
    run()
    return {"load_ms": (ready - start) * 1e3, "first_result_ms": (time.perf_counter() - start) * 1e3}
