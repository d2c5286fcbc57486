"""OpenVINO on the CPU in float32: its default is bfloat16 where the processor has it."""
import time

import numpy as np
import openvino


def load(job):
    settings = {"INFERENCE_NUM_THREADS": job["threads"], "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
    model = openvino.Core().compile_model(job["models"] + "/" + job["net"] + ".onnx", "CPU", settings)
    request = model.create_infer_request()
    feed = {0: np.random.default_rng(0).uniform(-1, 1, (1, 3, 224, 224)).astype(np.float32)}
    return lambda: request.infer(feed)


def once(job):
    start = time.perf_counter()
    run = load(job)
    ready = time.perf_counter()
    run()
    return {"load_ms": (ready - start) * 1e3, "first_result_ms": (time.perf_counter() - start) * 1e3}
