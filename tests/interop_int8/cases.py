"""One operator per file: every op that the engine runs in integers, at random scales. Each case: name, file, inputs' types."""
import numpy as np

from tflite_build import ACTIVATIONS, Builder, options

SAME, VALID = 0, 1


def lowest(dtype):
    return -128 if dtype == "i8" else 0


class Random:
    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def scale(self, around=0.03):
        return float(np.float32(around * 10 ** self.rng.uniform(-0.5, 0.5)))

    def zero(self, dtype):
        return lowest(dtype) + int(self.rng.integers(0, 256))

    def bytes(self, dtype, shape, narrow=False):
        low = lowest(dtype)
        return self.rng.integers(low + (1 if narrow else 0), low + 256, shape).astype(np.int8 if dtype == "i8" else np.uint8)


def weights(b, r, shape, dtype, channel_axis, per_channel):
    """A weight tensor: 2018-style unsigned with one zero point, or signed without."""
    data = r.bytes(dtype, shape, narrow=True)
    if dtype == "u8":
        scale, zero = np.atleast_1d(r.scale(0.005)), int(r.rng.integers(1, 255))
    else:
        scale, zero = np.array([r.scale(0.005) for _ in range(shape[channel_axis] if per_channel else 1)], np.float32), 0
    axis = channel_axis if dtype == "i8" else 0  # LiteRT hands unsigned weights to XNNPACK with dimension 0 only
    return b.tensor(shape, dtype, scale, zero, data, axis), np.asarray(scale, np.float32)


def layer_ends(b, r, x_scale, w_scale, channels, products, dtype, out_shape):
    """A bias, and a result whose scale uses most of its range."""
    bias_scale = np.float32(x_scale) * w_scale
    spread = 70 * 70 * np.sqrt(products)
    bias = b.tensor([channels], "i32", bias_scale, 0, r.rng.integers(-int(spread), int(spread) + 1, channels))
    y_scale = float(np.float32(np.float32(x_scale) * w_scale.max() * spread / 60))
    return bias, b.tensor(out_shape, dtype, y_scale, r.zero(dtype))


def conv(r, dtype, size=9, in_c=5, out_c=19, kernel=3, stride=1, padding=SAME, dilation=1, activation=None, per_channel=True):
    b = Builder()
    reach = (kernel - 1) * dilation + 1
    out = -(-size // stride) if padding == SAME else (size - reach) // stride + 1
    xs = r.scale()
    x = b.tensor([1, size, size, in_c], dtype, xs, r.zero(dtype))
    w, ws = weights(b, r, [out_c, kernel, kernel, in_c], dtype, 0, per_channel)
    bias, y = layer_ends(b, r, xs, ws, out_c, kernel * kernel * in_c, dtype, [1, out, out, out_c])
    b.op("CONV_2D", [x, w, bias], [y], options("Conv2D", strideH=stride, strideW=stride, padding=padding, dilationHFactor=dilation,
         dilationWFactor=dilation, fusedActivationFunction=ACTIVATIONS[activation]), 3)
    return b.finish([x], [y])


def depthwise(r, dtype, size=9, in_c=21, multiplier=1, kernel=3, stride=1, padding=SAME, dilation=1, activation=None):
    b = Builder()
    reach = (kernel - 1) * dilation + 1
    out, out_c = -(-size // stride) if padding == SAME else (size - reach) // stride + 1, in_c * multiplier
    xs = r.scale()
    x = b.tensor([1, size, size, in_c], dtype, xs, r.zero(dtype))
    w, ws = weights(b, r, [1, kernel, kernel, out_c], dtype, 3, True)
    bias, y = layer_ends(b, r, xs, ws, out_c, kernel * kernel, dtype, [1, out, out, out_c])
    b.op("DEPTHWISE_CONV_2D", [x, w, bias], [y], options("DepthwiseConv2D", strideH=stride, strideW=stride, padding=padding,
         depthMultiplier=multiplier, dilationHFactor=dilation, dilationWFactor=dilation,
         fusedActivationFunction=ACTIVATIONS[activation]), 3)
    return b.finish([x], [y])


def dense(r, dtype, rows=3, inputs=37, outputs=21, activation=None, per_channel=False):
    b = Builder()
    xs = r.scale()
    x = b.tensor([rows, inputs], dtype, xs, r.zero(dtype))
    w, ws = weights(b, r, [outputs, inputs], dtype, 0, per_channel)
    bias, y = layer_ends(b, r, xs, ws, outputs, inputs, dtype, [rows, outputs])
    b.op("FULLY_CONNECTED", [x, w, bias], [y],
         options("FullyConnected", fusedActivationFunction=ACTIVATIONS[activation]), 4)
    return b.finish([x], [y])


def binary(r, dtype, op, kind, shapes=((1, 5, 7, 13), (1, 5, 7, 13)), activation=None):
    b = Builder()
    sa, sb = r.scale(), r.scale()
    product = sa * sb * 90 if op == "MUL" else (sa + sb) * 0.9
    x, z = b.tensor(shapes[0], dtype, sa, r.zero(dtype)), b.tensor(shapes[1], dtype, sb, r.zero(dtype))
    y = b.tensor(np.broadcast_shapes(*shapes), dtype, r.scale(product), r.zero(dtype))
    b.op(op, [x, z], [y], options(kind, fusedActivationFunction=ACTIVATIONS[activation]), 2)
    return b.finish([x, z], [y])


def extremum(r, dtype, op):
    b, s, z = Builder(), r.scale(), r.zero(dtype)
    x, w, y = (b.tensor([1, 5, 7, 13], dtype, s, z) for _ in range(3))
    b.op(op, [x, w], [y], options("MaximumMinimum"), 2)
    return b.finish([x, w], [y])


def unary(r, dtype, op, opts=None, fixed=None, version=2):
    """All 256 numbers. `fixed`: scale and zero point above the lowest of the result."""
    b = Builder()
    s = r.scale(0.05)
    x = b.tensor([1, 256], dtype, s, r.zero(dtype))
    quant = (r.scale(s), r.zero(dtype)) if fixed is None else (fixed[0], lowest(dtype) + fixed[1])
    y = b.tensor([1, 256], dtype, *quant)
    b.op(op, [x], [y], opts, version)
    return b.finish([x], [y])


def requantise(r, from_dtype, to_dtype):
    b = Builder()
    s = r.scale()
    x, y = b.tensor([1, 256], from_dtype, s, r.zero(from_dtype)), b.tensor([1, 256], to_dtype, r.scale(s), r.zero(to_dtype))
    b.op("QUANTIZE", [x], [y], options("Quantize"), 2)
    return b.finish([x], [y])


def pool(r, dtype, op, kernel=2, stride=2, padding=VALID, size=9, channels=67):
    b, s, z = Builder(), r.scale(), r.zero(dtype)
    out = -(-size // stride) if padding == SAME else (size - kernel) // stride + 1
    x, y = b.tensor([1, size, size, channels], dtype, s, z), b.tensor([1, out, out, channels], dtype, s, z)
    b.op(op, [x], [y], options("Pool2D", strideH=stride, strideW=stride, filterHeight=kernel, filterWidth=kernel, padding=padding), 2)
    return b.finish([x], [y])


def reduce(r, dtype, op, shape=(1, 7, 7, 37), axes=(1, 2), keep=False):
    b = Builder()
    s = r.scale()
    x = b.tensor(shape, dtype, s, r.zero(dtype))
    count = int(np.prod([shape[a] for a in axes]))
    out = [1 if i in axes else n for i, n in enumerate(shape) if keep or i not in axes]
    y = b.tensor(out, dtype, r.scale(s * (count ** 0.5 if op == "SUM" else 0.4)), r.zero(dtype))
    a = b.tensor([len(axes)], "i32", data=np.array(axes))
    b.op(op, [x, a], [y], options("Reducer", keepDims=keep), 2)
    return b.finish([x], [y])


def softmax(r, dtype, classes=10, scale=0.1):
    b = Builder()
    x = b.tensor([2, classes], dtype, r.scale(scale), r.zero(dtype))
    y = b.tensor([2, classes], dtype, 1 / 256, lowest(dtype))
    b.op("SOFTMAX", [x], [y], options("Softmax", beta=1.0), 2)
    return b.finish([x], [y])


def resize(r, dtype, op, size=(5, 7), to=(11, 9), half_pixel=False, align=False):
    b, s, z = Builder(), r.scale(), r.zero(dtype)
    x, y = b.tensor([1, *size, 13], dtype, s, z), b.tensor([1, *to, 13], dtype, s, z)
    target = b.tensor([2], "i32", data=np.array(to))
    kind = "ResizeBilinear" if op == "RESIZE_BILINEAR" else "ResizeNearestNeighbor"
    b.op(op, [x, target], [y], options(kind, alignCorners=align, halfPixelCenters=half_pixel), 3 if half_pixel else 2)
    return b.finish([x], [y])


def moves(r, dtype):
    """Reshape, transpose, slice, concat and pad in one file."""
    b, s, z = Builder(), r.scale(), r.zero(dtype)
    x = b.tensor([1, 4, 6, 5], dtype, s, z)
    flat = b.tensor([4, 30], dtype, s, z)
    b.op("RESHAPE", [x, b.tensor([2], "i32", data=np.array([4, 30]))], [flat], options("Reshape", newShape=[4, 30]))
    turned = b.tensor([30, 4], dtype, s, z)
    b.op("TRANSPOSE", [flat, b.tensor([2], "i32", data=np.array([1, 0]))], [turned], options("Transpose"), 2)
    part = b.tensor([11, 4], dtype, s, z)
    b.op("SLICE", [turned, b.tensor([2], "i32", data=np.array([3, 0])), b.tensor([2], "i32", data=np.array([11, 4]))], [part],
         options("Slice"), 2)
    both = b.tensor([41, 4], dtype, s, z)
    b.op("CONCATENATION", [part, turned], [both], options("Concatenation", axis=0), 2)
    padded = b.tensor([44, 6], dtype, s, z)
    b.op("PAD", [both, b.tensor([2, 2], "i32", data=np.array([[1, 2], [0, 2]]))], [padded], options("Pad"), 2)
    return b.finish([x], [padded])


def mixed(r, dtype):
    """Float in, integers in the middle, float out."""
    b = Builder()
    x = b.tensor([1, 8, 8, 3], "f32")
    xs = 0.05
    q = b.tensor([1, 8, 8, 3], dtype, xs, r.zero(dtype))
    b.op("QUANTIZE", [x], [q], options("Quantize"), 1)
    w, ws = weights(b, r, [6, 3, 3, 3], dtype, 0, True)
    bias, y = layer_ends(b, r, xs, ws, 6, 27, dtype, [1, 8, 8, 6])
    b.op("CONV_2D", [q, w, bias], [y], options("Conv2D", strideH=1, strideW=1, padding=SAME, dilationHFactor=1, dilationWFactor=1), 3)
    out = b.tensor([1, 8, 8, 6], "f32")
    b.op("DEQUANTIZE", [y], [out], options("Dequantize"), 2)
    return b.finish([x], [out])


def all_cases():
    """(name, what makes the file from a Random)."""
    out = []
    for d in ("i8", "u8"):
        def add(name, make, *args, d=d, **kw):
            out.append((f"{name}/{d}", lambda r: make(r, d, *args, **kw)))
        add("conv2d", conv)
        add("conv2d_stride2_relu", conv, stride=2, activation="relu")
        add("conv2d_valid_relu6", conv, padding=VALID, activation="relu6", size=12, in_c=16, out_c=40)
        add("conv2d_dilated", conv, dilation=2, size=11)
        add("conv2d_pointwise", conv, kernel=1, in_c=33, out_c=48, size=10)
        add("conv2d_stem", conv, in_c=3, out_c=8, size=17, stride=2)
        add("depthwise", depthwise)
        add("depthwise_stride2_relu6", depthwise, stride=2, activation="relu6", in_c=32, size=12)
        add("depthwise_5x5", depthwise, kernel=5, in_c=16)
        add("depthwise_valid", depthwise, padding=VALID, in_c=40, size=13)
        add("depthwise_dilated", depthwise, dilation=2, size=11)
        add("depthwise_multiplier", depthwise, in_c=7, multiplier=3)
        add("depthwise_one_channel", depthwise, in_c=1, multiplier=8, kernel=4, size=10)
        add("fully_connected", dense)
        add("fully_connected_relu", dense, rows=1, inputs=128, outputs=50, activation="relu")
        for op, kind in (("ADD", "Add"), ("SUB", "Sub"), ("MUL", "Mul")):
            add(op.lower(), binary, op, kind)
            add(op.lower() + "_relu", binary, op, kind, activation="relu")
            add(op.lower() + "_channels", binary, op, kind, shapes=((1, 5, 7, 13), (1, 1, 1, 13)))
            add(op.lower() + "_scalar", binary, op, kind, shapes=((1, 1, 1, 1), (1, 5, 7, 13)))
        add("maximum", extremum, "MAXIMUM")
        add("minimum", extremum, "MINIMUM")
        add("relu", unary, "RELU")
        add("relu6", unary, "RELU6", fixed=(6 / 255, 0))
        add("relu6_free", unary, "RELU6")
        add("leaky_relu", unary, "LEAKY_RELU", options("LeakyRelu", alpha=0.1))
        add("sigmoid", unary, "LOGISTIC", fixed=(1 / 256, 0))
        add("tanh", unary, "TANH", fixed=(1 / 128, 128))
        add("hard_swish", unary, "HARD_SWISH", options("HardSwish"), version=1)
        add("max_pool", pool, "MAX_POOL_2D", kernel=3)
        add("max_pool_same", pool, "MAX_POOL_2D", padding=SAME, channels=5)
        add("avg_pool", pool, "AVERAGE_POOL_2D")
        add("avg_pool_same", pool, "AVERAGE_POOL_2D", kernel=3, stride=1, padding=SAME)
        add("avg_pool_global", pool, "AVERAGE_POOL_2D", kernel=9, stride=1)
        add("mean", reduce, "MEAN")
        add("mean_last", reduce, "MEAN", shape=(3, 4, 50), axes=(2,), keep=True)
        add("sum", reduce, "SUM")
        add("softmax", softmax)
        add("softmax_many", softmax, classes=1001, scale=0.2)
        for op in ("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR"):
            add(op.lower(), resize, op)
            add(op.lower() + "_half_pixel", resize, op, half_pixel=True)
            add(op.lower() + "_align", resize, op, align=True)
            add(op.lower() + "_smaller", resize, op, size=(14, 9), to=(5, 4), half_pixel=True)
        add("moves", moves)
        add("mixed", mixed)
        for to in ("i8", "u8"):
            out.append((f"requantise_to_{to}/{d}", lambda r, d=d, to=to: requantise(r, d, to)))
    out.append(("conv2d_one_scale/i8", lambda r: conv(r, "i8", per_channel=False)))
    out.append(("fully_connected_channels/i8", lambda r: dense(r, "i8", per_channel=True)))
    return out
