"""MODEL INPUTS: the answers of a .tflite file to examples of float32 numbers, one after the other in the file INPUTS."""
import importlib.metadata
import json
import sys

try:
    import numpy as np
    from ai_edge_litert.interpreter import Interpreter
except ImportError:
    sys.exit("this Python has no package ai-edge-litert; PAW_PYTHON names one that has it")

model = Interpreter(sys.argv[1], num_threads=1)
model.allocate_tensors()
source, sink = model.get_input_details()[0], model.get_output_details()[0]
scores = []
for example in np.fromfile(sys.argv[2], np.float32).reshape([-1, *source["shape"]]):
    scale, zero = source["quantization"]
    if scale != 0:
        limits = np.iinfo(source["dtype"])
        example = np.clip(np.round(example / scale) + zero, limits.min, limits.max)
    model.set_tensor(source["index"], example.astype(source["dtype"]))
    model.invoke()
    answer = model.get_tensor(sink["index"]).reshape(-1).astype(np.float64)
    scale, zero = sink["quantization"]
    scores.append((answer if scale == 0 else (answer - zero) * scale).tolist())
print(json.dumps({"version": importlib.metadata.version("ai-edge-litert"), "scores": scores}))
