"""Ops as NumPy formulas in double precision.

c.x: inputs as real numbers (None: absent), c.a: attributes. A formula returns the output, or a tuple of all outputs.
"""
import math

import numpy as np

erf = np.vectorize(math.erf, otypes=[float])


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def gelu(c):
    x = c.x[0]
    if c.a.approximate:
        return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return 0.5 * x * (1 + erf(x / math.sqrt(2)))


def log_softmax(x, axis):
    z = x - x.max(axis=axis, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))


def matmul(c):
    a, b = c.x
    a = np.swapaxes(a, -1, -2) if c.a.transpose_a else a
    b = np.swapaxes(b, -1, -2) if c.a.transpose_b else b
    return a @ b


def fully_connected(c):
    x, weights, bias = c.x
    return x @ weights.T + (0 if bias is None else bias)


def cast(c):
    source, target = c.raw[0]["dtype"], c.outputs[0]["dtype"]
    x = c.x[0]
    if target == "bool":
        return (x != 0).astype(float)
    if target[0] not in "iu":
        return x
    bits = int(target[1:])
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if target[0] == "i" else (0, 2**bits - 1)
    if source[0] in "iu":  # the low bits, as C converts
        return (x.astype(np.int64) - low) % 2**bits + low
    return np.clip(np.trunc(x), low, high)


def batch_norm(c):
    x, scale, offset, mean, variance = c.x
    return (x - mean) / np.sqrt(variance + c.a.epsilon) * scale + offset


def batch_norm_grad(c):
    dy, x, scale, mean, variance = c.x
    axes = tuple(range(x.ndim - 1))
    inverse = 1 / np.sqrt(variance + c.a.epsilon)
    return dy * scale * inverse, (dy * (x - mean) * inverse).sum(axis=axes), dy.sum(axis=axes)


def batch_norm_training(c):
    x, scale, offset = c.x
    axes = tuple(range(x.ndim - 1))
    mean, variance = x.mean(axis=axes), x.var(axis=axes)
    return (x - mean) / np.sqrt(variance + c.a.epsilon) * scale + offset, mean, variance


def batch_norm_training_grad(c):
    dy, x, scale, mean, variance = c.x
    axes = tuple(range(x.ndim - 1))
    n = x.size / x.shape[-1]
    inverse = 1 / np.sqrt(variance + c.a.epsilon)
    u = (x - mean) * inverse
    dscale, doffset = (dy * u).sum(axis=axes), dy.sum(axis=axes)
    return scale * inverse / n * (n * dy - doffset - u * dscale), dscale, doffset


MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15


def mixed(z):
    """The finaliser of SplitMix64."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def random_bits(seed, stream, counter):
    inner = mixed((seed + GOLDEN) & MASK)
    return mixed((mixed((inner + stream * GOLDEN) & MASK) + (counter + 1) * GOLDEN) & MASK)


def dropout(c):
    x = c.x[0]
    if len(c.x) < 2 or c.x[1] is None:
        return x
    seed, step = (int(v) & MASK for v in c.x[1])
    stream = random_bits(c.a.stream & MASK, step, 0)
    uniform = np.array([(random_bits(seed, stream, i) >> 11) * 2.0**-53 for i in range(x.size)]).reshape(x.shape)
    return np.where(uniform >= c.a.rate, x / (1 - c.a.rate), 0)


def scatter_add(c):
    y = np.zeros(c.a.size)
    np.add.at(y, np.clip(c.x[1].astype(np.int64), 0, c.a.size - 1), c.x[0])
    return y


def axes_of(c):
    return tuple(c.a.axes) or None  # none named: all


def reduce_max_grad(c):
    dy, x, y = c.x
    axes = tuple(a % x.ndim for a in c.a.axes) or tuple(range(x.ndim))
    kept = [1 if i in axes else e for i, e in enumerate(x.shape)]
    winners = (x == y.reshape(kept)).astype(float)
    return winners * dy.reshape(kept) / winners.sum(axis=axes, keepdims=True)


def max_pool_grad(c):
    """dy goes to the first maximum of its window."""
    dy, x = c.x
    (kh, kw), (sh, sw) = c.a.kernel, c.a.stride
    top, _, left, _ = c.a.pads
    if c.a.padding == "same":
        top = max((dy.shape[1] - 1) * sh + kh - x.shape[1], 0) // 2
        left = max((dy.shape[2] - 1) * sw + kw - x.shape[2], 0) // 2
    dx = np.zeros_like(x)
    for n, i, j, ch in np.ndindex(dy.shape):
        rows = [h for h in range(i * sh - top, i * sh - top + kh) if 0 <= h < x.shape[1]]
        columns = [w for w in range(j * sw - left, j * sw - left + kw) if 0 <= w < x.shape[2]]
        window = [(h, w) for h in rows for w in columns]
        h, w = max(window, key=lambda at: x[n, at[0], at[1], ch])
        dx[n, h, w, ch] += dy[n, i, j, ch]
    return dx


def slices(c):
    return tuple(slice(b, e, s) for b, e, s in zip(c.a.begin, c.a.end, c.a.stride))


def slice_grad(c):
    dx = np.zeros(c.a.shape)
    dx[slices(c)] = c.x[0]
    return dx


def expand_dims(c):
    rank = c.x[0].ndim + len(c.a.axes)
    return np.expand_dims(c.x[0], tuple(a % rank for a in c.a.axes))


def cross_entropy(c):
    logits, target = c.x
    s = c.a.label_smoothing
    smoothed = target * (1 - s) + target.sum(axis=1, keepdims=True) * s / logits.shape[1]
    return -(smoothed * log_softmax(logits, 1)).sum(axis=1)


def sgd(c):
    p, grad, velocity, lr = c.x
    g = grad + c.a.weight_decay * p
    velocity = c.a.momentum * velocity + g
    return p - lr * (g + c.a.momentum * velocity if c.a.nesterov else velocity), velocity


def adam(c, decoupled=False):
    p, g, m, v, lr, step = c.x
    if not decoupled:
        g = g + c.a.weight_decay * p
    m = c.a.beta1 * m + (1 - c.a.beta1) * g
    v = c.a.beta2 * v + (1 - c.a.beta2) * g**2
    new = p - lr * (m / (1 - c.a.beta1**step)) / (np.sqrt(v / (1 - c.a.beta2**step)) + c.a.epsilon)
    return new - (lr * c.a.weight_decay * p if decoupled else 0), m, v


NUMPY = {
    "fully_connected": fully_connected,
    "matmul": matmul,
    "add": lambda c: c.x[0] + c.x[1],
    "sub": lambda c: c.x[0] - c.x[1],
    "mul": lambda c: c.x[0] * c.x[1],
    "div": lambda c: c.x[0] / c.x[1],
    "maximum": lambda c: np.maximum(*c.x),
    "minimum": lambda c: np.minimum(*c.x),
    "neg": lambda c: -c.x[0],
    "abs": lambda c: np.abs(c.x[0]),
    "sign": lambda c: np.sign(c.x[0]),
    "round": lambda c: np.rint(c.x[0]),
    "square": lambda c: c.x[0] ** 2,
    "sqrt": lambda c: np.sqrt(c.x[0]),
    "rsqrt": lambda c: c.x[0] ** -0.5,
    "exp": lambda c: np.exp(c.x[0]),
    "log": lambda c: np.log(c.x[0]),
    "erf": lambda c: erf(c.x[0]),
    "cast": cast,
    "relu": lambda c: np.maximum(c.x[0], 0),
    "relu6": lambda c: np.clip(c.x[0], 0, 6),
    "clamp": lambda c: np.clip(c.x[0], c.a.min, c.a.max),
    "clamp_grad": lambda c: np.where((c.x[1] > c.a.min) & (c.x[1] < c.a.max), c.x[0], 0),
    "leaky_relu": lambda c: np.where(c.x[0] >= 0, c.x[0], c.a.alpha * c.x[0]),
    "sigmoid": lambda c: sigmoid(c.x[0]),
    "hard_sigmoid": lambda c: np.clip(c.x[0] + 3, 0, 6) / 6,
    "silu": lambda c: c.x[0] * sigmoid(c.x[0]),
    "hard_swish": lambda c: c.x[0] * np.clip(c.x[0] + 3, 0, 6) / 6,
    "hard_swish_grad": lambda c: c.x[0] * np.where(c.x[1] <= -3, 0, np.where(c.x[1] >= 3, 1, (2 * c.x[1] + 3) / 6)),
    "tanh": lambda c: np.tanh(c.x[0]),
    "gelu": gelu,
    "softmax": lambda c: np.exp(log_softmax(c.x[0], c.a.axis)),
    "log_softmax": lambda c: log_softmax(c.x[0], c.a.axis),
    "batch_norm": batch_norm,
    "batch_norm_grad": batch_norm_grad,
    "batch_norm_training": batch_norm_training,
    "batch_norm_training_grad": batch_norm_training_grad,
    "dropout": dropout,
    "gather": lambda c: np.take(c.x[0], c.x[1].astype(np.int64), mode="clip"),
    "scatter_add": scatter_add,
    "max_pool_grad": max_pool_grad,
    "reduce_mean": lambda c: np.mean(c.x[0], axis=axes_of(c), keepdims=c.a.keep_dims),
    "reduce_sum": lambda c: np.sum(c.x[0], axis=axes_of(c), keepdims=c.a.keep_dims),
    "reduce_max": lambda c: np.max(c.x[0], axis=axes_of(c), keepdims=c.a.keep_dims),
    "reduce_max_grad": reduce_max_grad,
    "pad": lambda c: np.pad(c.x[0], list(zip(c.a.before, c.a.after)), constant_values=c.a.value),
    "reshape": lambda c: c.x[0].reshape(c.a.shape),
    "transpose": lambda c: c.x[0].transpose(c.a.perm),
    "concat": lambda c: np.concatenate(c.x, axis=c.a.axis),
    "slice": lambda c: c.x[0][slices(c)],
    "slice_grad": slice_grad,
    "squeeze": lambda c: np.squeeze(c.x[0], axis=axes_of(c)),
    "expand_dims": expand_dims,
    "broadcast_to": lambda c: np.broadcast_to(c.x[0], c.a.shape),
    "quantize": lambda c: c.x[0],  # what is compared is the stored integers: check_ops.as_stored
    "dequantize": lambda c: c.x[0],  # dequantised from the stored integers: check_ops.real
    "cross_entropy": cross_entropy,
    "sgd": sgd,
    "adam": adam,
    "adamw": lambda c: adam(c, decoupled=True),
}
