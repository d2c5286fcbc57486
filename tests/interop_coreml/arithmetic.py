"""What layers compute, in numpy and float32, on [N,C,H,W]: written from Core ML's documentation, sharing nothing with src/."""
import numpy as np


def softmax(x, axis):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def same_padding(size, kernel, stride, dilation, above=False):
    """Per axis (before, after); the odd pixel after, or before when `above`."""
    pads = []
    for n, k, s, d in zip(size, kernel, stride, dilation, strict=True):
        total = max((-(-n // s) - 1) * s + (k - 1) * d + 1 - n, 0)
        small, large = total // 2, total - total // 2
        pads.append((large, small) if above else (small, large))
    return pads


def taps(x, kernel, stride, dilation, pads, fill=0.0):
    """For every tap (i, j) of the kernel, its pixels [N,C,H',W']."""
    x = np.pad(x, [(0, 0), (0, 0), *pads], constant_values=fill)
    out = [(x.shape[2 + i] - (kernel[i] - 1) * dilation[i] - 1) // stride[i] + 1 for i in (0, 1)]
    for i in range(kernel[0]):
        for j in range(kernel[1]):
            top, left = i * dilation[0], j * dilation[1]
            yield i, j, x[:, :, top:top + (out[0] - 1) * stride[0] + 1:stride[0], left:left + (out[1] - 1) * stride[1] + 1:stride[1]]


def convolution(x, weights, bias, stride, dilation, pads, groups):
    filters, per_group = weights.shape[0], weights.shape[1]
    y = 0
    for i, j, pixels in taps(x, weights.shape[2:], stride, dilation, pads):
        if per_group == 1 and groups == x.shape[1]:
            multiplier = filters // groups
            y = y + np.repeat(pixels, multiplier, axis=1) * weights[:, 0, i, j].reshape(1, -1, 1, 1)
            continue
        parts = []
        for g in range(groups):
            part = pixels[:, g * per_group:(g + 1) * per_group]
            matrix = weights[g * (filters // groups):(g + 1) * (filters // groups), :, i, j]
            parts.append(np.tensordot(part, matrix, axes=([1], [1])).transpose(0, 3, 1, 2))
        y = y + np.concatenate(parts, axis=1)
    return y if bias is None else y + np.reshape(bias, (1, -1, 1, 1))


def pool(x, kind, kernel, stride, pads, exclude_padding):
    if kind == "max":
        return np.maximum.reduce([p for _, _, p in taps(x, kernel, stride, (1, 1), pads, -np.inf)])
    total = sum(p for _, _, p in taps(x, kernel, stride, (1, 1), pads))
    if not exclude_padding:
        return total / (kernel[0] * kernel[1])
    return total / sum(p for _, _, p in taps(np.ones_like(x), kernel, stride, (1, 1), pads))


def batch_norm(x, gamma, beta, mean, variance, epsilon):
    row = lambda v: np.reshape(v, (1, -1) + (1,) * (x.ndim - 2))
    return (x - row(mean)) / np.sqrt(row(variance) + epsilon) * row(gamma) + row(beta)
