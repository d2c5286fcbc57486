"""litert.py MODEL INPUTS...: the scores that LiteRT gives with the .tflite files of apps, as JSON [model][photo][class]."""
import json
import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter


def scores(model, inputs):
    interpreter = Interpreter(model, num_threads=1)
    shape = interpreter.get_input_details()[0]["shape"][1:]
    run = interpreter.get_signature_runner()
    return [run(image=photo[None])["scores"][0].tolist() for photo in np.fromfile(inputs, np.float32).reshape(-1, *shape)]


print(json.dumps([scores(*pair) for pair in zip(sys.argv[1::2], sys.argv[2::2])]))
