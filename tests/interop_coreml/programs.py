"""ML Programs: type-checked by coremltools' own loader, then computed. Float16 values are rounded as the file says."""
import numpy as np
from arithmetic import batch_norm, convolution, pool, same_padding, sigmoid, softmax
from coremltools.converters.mil.frontend.milproto.load import load


def window(a, kernel):
    """Strides, dilations and padding of an op on images."""
    stride = [int(s) for s in a.get("strides", (1, 1))]
    dilation = [int(d) for d in a.get("dilations", (1, 1))]
    kind, pad = a.get("pad_type", "valid"), [int(p) for p in a.get("pad", (0, 0, 0, 0))]
    if kind == "valid":
        return stride, dilation, [(0, 0), (0, 0)]
    if kind == "custom":
        return stride, dilation, [tuple(pad[:2]), tuple(pad[2:])]
    return stride, dilation, same_padding(a["x"].shape[2:], kernel, stride, dilation, kind == "same_lower")


def conv(a):
    kernel = a["weight"].shape[2:]
    stride, dilation, pads = window(a, kernel)
    return convolution(a["x"], a["weight"], a.get("bias"), stride, dilation, pads, int(a.get("groups", 1)))


def pooling(kind):
    def compute(a):
        assert not a.get("ceil_mode"), "ceil_mode"
        kernel = [int(k) for k in a["kernel_sizes"]]
        stride, _, pads = window(a, kernel)
        return pool(a["x"], kind, kernel, stride, pads, bool(a.get("exclude_padding_from_average", False)))
    return compute


def reduction(f):
    return lambda a: f(a["x"], axis=tuple(int(i) for i in np.atleast_1d(a["axes"])), keepdims=bool(a.get("keep_dims", False)))


def reshape(a):
    return a["x"].reshape([int(n) if n else a["x"].shape[i] for i, n in enumerate(a["shape"])])


def linear(a):
    y = a["x"] @ a["weight"].T
    return y + a["bias"] if "bias" in a else y


def squeeze(a):
    return a["x"].squeeze(tuple(int(i) for i in a["axes"]))


def steps(a):
    """Scale and zero point of a quantised type, shaped to go with the values."""
    rank, axis = np.ndim(a["input"]), int(a.get("axis", 0))
    return [per_axis(np.asarray(a[k], np.float32), axis, rank) for k in ("scale", "zero_point")]


def quantize(a):
    scale, zero = steps(a)
    low, high = (0, 255) if a["output_dtype"] == "uint8" else (-128, 127)
    return np.clip(np.rint(a["input"] / scale) + zero, low, high)


def dequantize(a):
    scale, zero = steps(a)
    return (a["input"] - zero) * scale


def turned(a, name):
    """A factor of matmul, its last two axes as they are multiplied."""
    return a[name].swapaxes(-1, -2) if a.get(f"transpose_{name}") else a[name]


OPS = {
    "quantize": quantize, "dequantize": dequantize,
    "conv": conv, "linear": linear, "avg_pool": pooling("average"), "max_pool": pooling("max"), "reshape": reshape,
    "squeeze": squeeze, "reduce_mean": reduction(np.mean), "reduce_sum": reduction(np.sum), "reduce_max": reduction(np.max),
    "softmax": lambda a: softmax(a["x"], int(a.get("axis", -1))),
    "transpose": lambda a: a["x"].transpose([int(i) for i in a["perm"]]),
    "concat": lambda a: np.concatenate(a["values"], int(a["axis"])),
    "expand_dims": lambda a: np.expand_dims(a["x"], tuple(int(i) for i in a["axes"])),
    "batch_norm": lambda a: batch_norm(a["x"], a["gamma"], a["beta"], a["mean"], a["variance"], a.get("epsilon", 1e-5)),
    "relu": lambda a: np.maximum(a["x"], 0), "relu6": lambda a: np.clip(a["x"], 0, 6), "sigmoid": lambda a: sigmoid(a["x"]),
    "silu": lambda a: a["x"] * sigmoid(a["x"]), "tanh": lambda a: np.tanh(a["x"]), "identity": lambda a: a["x"],
    "sigmoid_hard": lambda a: np.clip(a["x"] * a["alpha"] + a["beta"], 0, 1), "clip": lambda a: np.clip(a["x"], a["alpha"], a["beta"]),
    "matmul": lambda a: turned(a, "x") @ turned(a, "y"),
    "add": lambda a: a["x"] + a["y"], "sub": lambda a: a["x"] - a["y"], "mul": lambda a: a["x"] * a["y"],
    "real_div": lambda a: a["x"] / a["y"], "maximum": lambda a: np.maximum(a["x"], a["y"]),
    "sqrt": lambda a: np.sqrt(a["x"]), "square": lambda a: np.square(a["x"]), "cast": lambda a: a["x"],
}


def number(value):
    """A value as numpy float32, or as it is when it is no float."""
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype in (np.float16, np.float32):
        return value.astype(np.float32)
    return value


def spread(blocks, shape):
    """One number per element out of one per block."""
    for axis, extent in enumerate(shape):
        blocks = np.repeat(blocks, extent // blocks.shape[axis], axis)
    return blocks


def per_axis(values, axis, rank):
    return values if np.ndim(values) == 0 else np.reshape(values, [-1 if i == axis % rank else 1 for i in range(rank)])


def affine_dequantize(a):
    data = a["quantized_data"]
    shape = lambda v: per_axis(np.asarray(v, np.float32), int(a["axis"]), data.ndim)
    return (data.astype(np.float32) - shape(a["zero_point"])) * shape(a["scale"])


def blockwise(a, data=None):
    data = a["data"] if data is None else data
    offset = spread(np.asarray(a["offset"], np.float32), data.shape) if a.get("offset") is not None else 0
    return (data.astype(np.float32) - offset) * spread(np.asarray(a["scale"], np.float32), data.shape)


def unpacked(packed, bits, count):
    flags = np.unpackbits(packed, bitorder="little")[:bits * count].reshape(count, bits)
    return flags @ (1 << np.arange(bits))


def look_up(a, indices=None):
    table = np.asarray(a["lut"])
    if table.ndim == 1:
        count = int(np.prod(a["shape"]))
        return table[unpacked(a["indices"], int(np.log2(table.size)), count)].reshape([int(n) for n in a["shape"]])
    indices = a["indices"] if indices is None else indices
    assert table.shape[-1] == 1, "tables of vectors"
    tables = table[..., 0]
    for axis, extent in enumerate(indices.shape):
        tables = np.repeat(tables, extent // tables.shape[axis], axis)
    return np.take_along_axis(tables, indices[..., None].astype(int), -1)[..., 0]


def scatter(values, mask):
    dense = np.zeros(mask.shape, np.asarray(values).dtype)
    dense[mask != 0] = values
    return dense


def sparse_to_dense(a):
    mask = a["mask"]
    if a.get("shape") is not None:
        shape = [int(n) for n in a["shape"]]
        mask = unpacked(mask, 1, int(np.prod(shape))).reshape(shape)
    return scatter(a["nonzero_data"], mask)


def sparse_blockwise(a):
    dense = blockwise(a, scatter(a["nonzero_data"], a["data_mask"]))
    return a["data_mask"], dense[a["data_mask"] != 0]


def sparse_look_up(a):
    dense = look_up(a, scatter(a["indices_nonzero_data"], a["indices_mask"]))
    return a["indices_mask"], dense[a["indices_mask"] != 0]


CONSTANTS = {
    "constexpr_affine_dequantize": affine_dequantize, "constexpr_blockwise_shift_scale": blockwise,
    "constexpr_lut_to_dense": look_up, "constexpr_sparse_to_dense": sparse_to_dense,
    "constexpr_sparse_blockwise_shift_scale": sparse_blockwise, "constexpr_lut_to_sparse": sparse_look_up,
    "constexpr_cast": lambda a: a["source_val"].astype(np.float32),
}


class Program:
    """Calling it with {input: array} gives {output: array}; of a classifier the probabilities alone.

    rounded: to float16 whatever the file declares so. Otherwise in float32, numbers as they are stored, 1/6 as it was meant.
    """

    def __init__(self, model, rounded=True):
        self.spec, self.rounded = model.get_spec(), rounded
        self.function = load(self.spec, self.spec.specificationVersion, model.weights_dir).functions["main"]

    def constant(self, variable):
        """A constant, or the result of a constexpr op on constants."""
        if variable.val is not None:
            return number(variable.val)
        op = variable.op
        made = CONSTANTS[op.op_type]({k: self.constant(v) for k, v in op.inputs.items() if v is not None})
        made = made if isinstance(made, tuple) else (made,)
        result = np.asarray(made[op.outputs.index(variable)])
        if self.rounded and "fp16" in variable.dtype.__name__:
            result = result.astype(np.float16)
        return number(result)

    def arguments(self, op, value):
        arguments = {k: value(v) for k, v in op.inputs.items() if v is not None}
        if not self.rounded and op.op_type == "sigmoid_hard" and abs(arguments["alpha"] - 1 / 6) < 1e-4:
            arguments["alpha"] = np.float32(1 / 6)
        return arguments

    def __call__(self, feeds):
        known = {v.name: feeds[name].astype(np.float32) for name, v in self.function.inputs.items()}

        def value(v):
            if isinstance(v, (list, tuple)):
                return [value(i) for i in v]
            return known[v.name] if v.name in known else self.constant(v)

        for op in self.function.operations:
            if op.op_type == "const" or op.op_type.startswith("constexpr_"):
                continue
            if op.op_type == "classify":
                return {op.outputs[1].name: known[op.inputs["probabilities"].name].reshape(-1)}
            result = OPS[op.op_type](self.arguments(op, value))
            stated = tuple(op.outputs[0].shape)
            assert stated == np.shape(result), f"{op.name}: the file states {stated}, computed {np.shape(result)}"
            if self.rounded and "fp16" in op.outputs[0].dtype.__name__:
                result = np.asarray(result).astype(np.float16).astype(np.float32)
                assert np.isfinite(result).all(), f"{op.name} leaves float16"
            known[op.outputs[0].name] = result
        return {v.name: known[v.name] for v in self.function.outputs}
