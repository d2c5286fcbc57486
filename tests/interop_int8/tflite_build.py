"""Small TensorFlow Lite files, built with the format's own Python classes."""
import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as tfl

DTYPES = {"f32": (tfl.TensorType.FLOAT32, np.float32), "i8": (tfl.TensorType.INT8, np.int8),
          "u8": (tfl.TensorType.UINT8, np.uint8), "i32": (tfl.TensorType.INT32, np.int32)}
ACTIVATIONS = {None: 0, "relu": 1, "relu_n1_to_1": 2, "relu6": 3}


class Builder:
    """One subgraph; tensors are indices."""

    def __init__(self):
        self.graph = tfl.SubGraphT()
        self.graph.tensors, self.graph.operators = [], []
        self.model = tfl.ModelT()
        self.model.version = 3
        self.model.operatorCodes, self.model.buffers = [], [tfl.BufferT()]
        self.quant = {}

    def tensor(self, shape, dtype, scale=None, zero=None, data=None, axis=0):
        """`scale`, `zero`: a number, or one per index of `axis`."""
        t = tfl.TensorT()
        t.shape, t.type, t.name = [int(s) for s in shape], DTYPES[dtype][0], f"t{len(self.graph.tensors)}"
        t.buffer = 0
        if data is not None:
            buffer = tfl.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(data, DTYPES[dtype][1]).tobytes(), np.uint8)
            t.buffer = len(self.model.buffers)
            self.model.buffers.append(buffer)
        if scale is not None:
            q = tfl.QuantizationParametersT()
            q.scale = np.atleast_1d(np.asarray(scale, np.float32)).tolist()
            q.zeroPoint = np.broadcast_to(np.asarray(0 if zero is None else zero, np.int64), (len(q.scale),)).tolist()
            q.quantizedDimension = axis
            t.quantization = q
        self.graph.tensors.append(t)
        return len(self.graph.tensors) - 1

    def op(self, name, inputs, outputs, options=None, version=1):
        code = tfl.OperatorCodeT()
        code.builtinCode = getattr(tfl.BuiltinOperator, name)
        code.deprecatedBuiltinCode = min(code.builtinCode, 127)
        code.version = version
        o = tfl.OperatorT()
        o.opcodeIndex = len(self.model.operatorCodes)
        o.inputs, o.outputs = list(inputs), list(outputs)
        if options is not None:
            o.builtinOptions = options
            o.builtinOptionsType = getattr(tfl.BuiltinOptions, type(options).__name__[:-1])
        self.model.operatorCodes.append(code)
        self.graph.operators.append(o)

    def finish(self, inputs, outputs) -> bytes:
        self.graph.inputs, self.graph.outputs, self.graph.name = list(inputs), list(outputs), "main"
        self.model.subgraphs = [self.graph]
        self.model.description = "int8 interop"
        builder = flatbuffers.Builder(1024)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def options(kind, **fields):
    """options("Conv2D", strideH=1) -> Conv2DOptionsT with these fields."""
    o = getattr(tfl, kind + "OptionsT")()
    for key, value in fields.items():
        if not hasattr(o, key):
            raise KeyError(f"{kind}Options has no field {key}")
        setattr(o, key, value)
    return o
