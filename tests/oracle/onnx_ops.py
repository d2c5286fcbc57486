"""Ops as ONNX nodes run by onnxruntime in float. Images go in as NCHW and come back as NHWC.

Backward ops of linear ops are the adjoint of onnxruntime's forward: it runs on every unit vector, which gives the
matrix of the op, and the gradient is dy times that matrix.
"""
import numpy as np
import onnxruntime
from onnx import TensorProto, helper

OPSET = 21
TYPES = {np.dtype(np.float32): TensorProto.FLOAT, np.dtype(np.int64): TensorProto.INT64,
         np.dtype(np.int8): TensorProto.INT8, np.dtype(np.uint8): TensorProto.UINT8,
         np.dtype(np.int16): TensorProto.INT16}
onnxruntime.set_default_logger_severity(3)


def run(op_type, *inputs, **attrs):
    """The first output of one ONNX node on arrays (floats become float32, None is absent)."""
    feeds = {f"x{i}": np.asarray(x, np.float32 if np.asarray(x).dtype == float else None)
             for i, x in enumerate(inputs) if x is not None}
    names = [f"x{i}" if x is not None else "" for i, x in enumerate(inputs)]
    node = helper.make_node(op_type, names, ["y"], **attrs)
    declared = [helper.make_tensor_value_info(n, TYPES[a.dtype], a.shape) for n, a in feeds.items()]
    output = helper.make_empty_tensor_value_info("y")
    graph = helper.make_graph([node], op_type, declared, [output])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, feeds)[0]


def nchw(x):
    return x.transpose(0, 3, 1, 2)


def nhwc(x):
    return x.transpose(0, 2, 3, 1)


def padding(a):
    if a.padding == "same":
        return {"auto_pad": "SAME_UPPER"}
    top, bottom, left, right = a.pads
    return {"pads": [top, left, bottom, right]}


def conv(x, weights, bias, a, groups):
    attrs = {"strides": a.stride, "dilations": a.dilation, "group": groups, **padding(a)}
    return nhwc(run("Conv", nchw(x), nchw(weights), bias, **attrs))


def depthwise(x, weights, bias, a):
    return conv(x, weights.transpose(3, 1, 2, 0), bias, a, groups=x.shape[3])


def adjoint(forward, shape, dy):
    """Gradient for x of the given shape [N,...] of an op that is linear and works on each image by itself."""
    units = np.eye(int(np.prod(shape[1:]))).reshape(-1, *shape[1:])
    matrix = forward(units).reshape(len(units), -1)  # row: the image of one unit vector
    return (dy.reshape(len(dy), -1) @ matrix.T).reshape(shape)


def weights_adjoint(forward, shape, x, dy):
    """The same for weights, all images together."""
    dw = np.zeros(shape)
    for at in np.ndindex(*shape):
        unit = np.zeros(shape)
        unit[at] = 1
        dw[at] = (forward(x, unit) * dy).sum()
    return dw


def pool(op_type, x, a, **attrs):
    return nhwc(run(op_type, nchw(x), kernel_shape=a.kernel, strides=a.stride, **padding(a), **attrs))


def avg_pool(x, a):
    return pool("AveragePool", x, a, count_include_pad=int(a.count_padding))


def resize(x, size, coordinates, mode):
    # Nearest: (i + 0.5) * scale rounded down is the half-pixel coordinate rounded, halves up.
    nearest = "floor" if coordinates == "asymmetric" else "round_prefer_ceil"
    sizes = np.array([x.shape[0], x.shape[3], *size], np.int64)
    return nhwc(run("Resize", nchw(x), None, None, sizes, mode=mode, nearest_mode=nearest,
                    coordinate_transformation_mode=coordinates))


def resize_grad(c, mode):
    dy = c.x[0]
    shape = (dy.shape[0], *c.a.input_size, dy.shape[3])
    return adjoint(lambda x: resize(x, dy.shape[1:3], c.a.coordinates, mode), shape, dy)


def batch_norm(c):
    x, *parameters = c.x
    rows = x.reshape(-1, x.shape[-1])  # ONNX normalises over axis 1
    return run("BatchNormalization", rows, *parameters, epsilon=float(c.a.epsilon)).reshape(x.shape)


def ints(values):
    return np.array(values, np.int64)


def reduce(op_type):
    def apply(c):
        return run(op_type, c.x[0], ints(c.a.axes), keepdims=int(c.a.keep_dims))
    return apply


def transpose(c):
    return run("Transpose", c.x[0], perm=c.a.perm) if c.a.perm else c.x[0]  # ONNX: no scalars


def slice_of(c):
    axes = range(c.x[0].ndim)
    if not axes:  # ONNX: no scalars
        return c.x[0]
    return run("Slice", c.x[0], ints(c.a.begin), ints(c.a.end), ints(axes), ints(c.a.stride))


def quantize(c):
    """Back to real numbers: the comparison stores them again."""
    if c.raw[0]["quant"]:  # from one scale to its double every other value is a tie, which float arithmetic moves
        return c.x[0]
    out = c.outputs[0]
    dtype = {"i8": np.int8, "u8": np.uint8, "i16": np.int16}[out["dtype"]]
    scale, zero = np.array(out["quant"]["scale"]), np.array(out["quant"]["zero_point"], dtype)
    if out["quant"]["axis"] < 0:
        scale, zero = scale.reshape(()), zero.reshape(())
    axis = max(out["quant"]["axis"], 0)
    stored = run("QuantizeLinear", c.x[0], scale, zero, axis=axis)
    return run("DequantizeLinear", stored, scale, zero, axis=axis)


def unary(op_type, **attrs):
    return lambda c: run(op_type, c.x[0], **attrs)


def binary(op_type):
    return lambda c: run(op_type, *c.x)



ONNX = {
    "conv2d": lambda c: conv(*c.x, c.a, c.a.groups),
    "conv2d_grad_input": lambda c: adjoint(
        lambda x: conv(x, c.x[1], None, c.a, c.a.groups), c.a.shape, c.x[0]),
    "conv2d_grad_weights": lambda c: weights_adjoint(
        lambda x, w: conv(x, w, None, c.a, c.a.groups), c.a.shape, *c.x),
    "depthwise_conv2d": lambda c: depthwise(*c.x, c.a),
    "depthwise_conv2d_grad_input": lambda c: adjoint(
        lambda x: depthwise(x, c.x[1], None, c.a), c.a.shape, c.x[0]),
    "depthwise_conv2d_grad_weights": lambda c: weights_adjoint(
        lambda x, w: depthwise(x, w, None, c.a), c.a.shape, *c.x),
    "add": binary("Add"),
    "sub": binary("Sub"),
    "mul": binary("Mul"),
    "div": binary("Div"),
    "maximum": binary("Max"),
    "minimum": binary("Min"),
    "neg": unary("Neg"),
    "abs": unary("Abs"),
    "sign": unary("Sign"),
    "sqrt": unary("Sqrt"),
    "exp": unary("Exp"),
    "log": unary("Log"),
    "erf": unary("Erf"),
    "relu": unary("Relu"),
    "leaky_relu": lambda c: run("LeakyRelu", c.x[0], alpha=c.a.alpha),
    "sigmoid": unary("Sigmoid"),
    "hard_sigmoid": unary("HardSigmoid", alpha=1 / 6, beta=0.5),
    "hard_swish": unary("HardSwish"),
    "tanh": unary("Tanh"),
    "gelu": lambda c: run("Gelu", c.x[0], approximate="tanh" if c.a.approximate else "none"),
    "softmax": lambda c: run("Softmax", c.x[0], axis=c.a.axis),
    "log_softmax": lambda c: run("LogSoftmax", c.x[0], axis=c.a.axis),
    "batch_norm": batch_norm,
    "max_pool": lambda c: pool("MaxPool", c.x[0], c.a),
    "avg_pool": lambda c: avg_pool(c.x[0], c.a),
    "avg_pool_grad": lambda c: adjoint(lambda x: avg_pool(x, c.a), c.a.shape, c.x[0]),
    "reduce_mean": reduce("ReduceMean"),
    "reduce_sum": reduce("ReduceSum"),
    "reduce_max": reduce("ReduceMax"),
    "pad": lambda c: run("Pad", c.x[0], ints(c.a.before + c.a.after), np.float64(c.a.value)),
    "transpose": transpose,
    "concat": lambda c: run("Concat", *c.x, axis=c.a.axis),
    "slice": slice_of,
    "broadcast_to": lambda c: run("Expand", c.x[0], ints(c.a.shape)),
    "resize_nearest": lambda c: resize(c.x[0], c.a.size, c.a.coordinates, "nearest"),
    "resize_nearest_grad": lambda c: resize_grad(c, "nearest"),
    "resize_bilinear": lambda c: resize(c.x[0], c.a.size, c.a.coordinates, "linear"),
    "resize_bilinear_grad": lambda c: resize_grad(c, "linear"),
    "quantize": quantize,
}
