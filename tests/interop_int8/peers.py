"""LiteRT with each of its resolvers."""
import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

RESOLVERS = {"reference": OpResolverType.BUILTIN_REF, "builtin": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
             "xnnpack": OpResolverType.AUTO}


def run(model: bytes, resolver: str, samples):
    """Outputs of each sample (a list of arrays, one per input), in the order of the file's outputs."""
    interpreter = Interpreter(model_content=model, experimental_op_resolver_type=RESOLVERS[resolver], num_threads=1)
    interpreter.allocate_tensors()
    ins, outs = interpreter.get_input_details(), interpreter.get_output_details()
    results = []
    for sample in samples:
        for detail, value in zip(ins, sample):
            interpreter.set_tensor(detail["index"], np.asarray(value, detail["dtype"]).reshape(detail["shape"]))
        interpreter.invoke()
        results.append([interpreter.get_tensor(d["index"]).copy() for d in outs])
    return results


def inputs(model: bytes):
    """(shape, type) of each input."""
    interpreter = Interpreter(model_content=model)
    return [(d["shape"], d["dtype"]) for d in interpreter.get_input_details()]
