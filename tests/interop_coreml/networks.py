"""NeuralNetworks, computed layer by layer from their protobuf as coremltools parses it."""
import numpy as np
from arithmetic import batch_norm, convolution, pool, same_padding, sigmoid, softmax


def weights(message, shape):
    """Floats, halves, n-bit linear and lookup tables; bits from the most significant one on."""
    count = int(np.prod(shape))
    if len(message.floatValue):
        return np.array(message.floatValue, np.float32).reshape(shape)
    if message.float16Value:
        return np.frombuffer(message.float16Value, np.float16).astype(np.float32).reshape(shape)
    bits = int(message.quantization.numberOfBits)
    flags = np.unpackbits(np.frombuffer(message.rawValue, np.uint8))[:count * bits].reshape(count, bits)
    numbers = flags @ (1 << np.arange(bits)[::-1])
    if message.quantization.WhichOneof("QuantizationType") == "lookupTableQuantization":
        return np.array(message.quantization.lookupTableQuantization.floatValue, np.float32)[numbers].reshape(shape)
    linear = message.quantization.linearQuantization
    column = lambda v: np.array(v, np.float32).reshape([-1] + [1] * (len(shape) - 1))
    return (numbers.reshape(shape) * column(linear.scale) + (column(linear.bias) if len(linear.bias) else 0)).astype(np.float32)


def numbers(field, other):
    return [int(n) for n in field] or list(other)


def edges(padding):
    borders = padding.paddingAmounts.borderAmounts
    return [(int(b.startEdgeSize), int(b.endEdgeSize)) for b in borders] or [(0, 0), (0, 0)]


def window(p, kind, x, kernel, stride, dilation):
    if kind == "same":
        return same_padding(x.shape[2:], kernel, stride, dilation, p.same.asymmetryMode == 1)
    assert kind in ("valid", None), kind
    return edges(p.valid)


def layer_convolution(p, x):
    kernel, stride, dilation = numbers(p.kernelSize, (3, 3)), numbers(p.stride, (1, 1)), numbers(p.dilationFactor, (1, 1))
    w = weights(p.weights, (int(p.outputChannels), int(p.kernelChannels), *kernel))
    bias = weights(p.bias, (int(p.outputChannels),)) if p.hasBias else None
    pads = window(p, p.WhichOneof("ConvolutionPaddingType"), x[0], kernel, stride, dilation)
    return convolution(x[0], w, bias, stride, dilation, pads, max(int(p.nGroups), 1))


def layer_pooling(p, x):
    kind = "max" if p.type == 0 else "average"
    if p.globalPooling:
        return (np.max if kind == "max" else np.mean)(x[0], axis=(2, 3), keepdims=True)
    kernel, stride = numbers(p.kernelSize, (3, 3)), numbers(p.stride, (1, 1))
    pads = window(p, p.WhichOneof("PoolingPaddingType"), x[0], kernel, stride, (1, 1))
    return pool(x[0], kind, kernel, stride, pads, p.avgPoolExcludePadding)


def layer_inner_product(p, x):
    w = weights(p.weights, (int(p.outputChannels), int(p.inputChannels)))
    bias = weights(p.bias, (int(p.outputChannels),)) if p.hasBias else 0
    image = x[0].ndim == 4 and int(np.prod(x[0].shape[1:])) == int(p.inputChannels)
    y = (x[0].reshape(len(x[0]), -1) if image else x[0]) @ w.T + bias
    return y.reshape(*y.shape, 1, 1) if image else y


def layer_activation(p, x):
    kind = p.WhichOneof("NonlinearityType")
    q, a = getattr(p, kind), x[0]
    return {"ReLU": lambda: np.maximum(a, 0), "sigmoid": lambda: sigmoid(a), "tanh": lambda: np.tanh(a),
            "sigmoidHard": lambda: np.clip(a * q.alpha + q.beta, 0, 1), "linear": lambda: a * q.alpha + q.beta,
            "leakyReLU": lambda: np.where(a > 0, a, a * q.alpha)}[kind]()


def layer_batch_norm(p, x):
    vector = lambda m: weights(m, (int(p.channels),))
    return batch_norm(x[0], vector(p.gamma), vector(p.beta), vector(p.mean), vector(p.variance), p.epsilon)


def layer_scale(p, x):
    shape = lambda s: (1, *numbers(s, (1,)))
    y = x[0] * weights(p.scale, shape(p.shapeScale))
    return y + weights(p.bias, shape(p.shapeBias)) if p.hasBias else y


def layer_flatten(p, x):
    a = x[0].transpose(0, 2, 3, 1) if p.mode == 1 else x[0]
    return a.reshape(len(a), -1, 1, 1)


def layer_unary(p, x):
    assert not p.epsilon or p.type != 5  # of those here, the logarithm alone has it
    y = (p.scale or 1) * x[0] + p.shift
    return {0: np.sqrt, 3: lambda a: a ** p.alpha, 4: np.exp, 5: np.log, 6: np.abs, 7: lambda a: np.maximum(a, p.alpha)}[p.type](y)


LAYERS = {
    "convolution": layer_convolution, "pooling": layer_pooling, "innerProduct": layer_inner_product, "activation": layer_activation,
    "batchnorm": layer_batch_norm, "scale": layer_scale, "flatten": layer_flatten,
    "softmax": lambda p, x: softmax(x[0], -3 if x[0].ndim > 2 else -1), "softmaxND": lambda p, x: softmax(x[0], int(p.axis)),
    "clip": lambda p, x: np.clip(x[0], p.minVal, p.maxVal), "addBroadcastable": lambda p, x: x[0] + x[1],
    "multiplyBroadcastable": lambda p, x: x[0] * x[1], "subtractBroadcastable": lambda p, x: x[0] - x[1],
    "divideBroadcastable": lambda p, x: x[0] / x[1], "unary": layer_unary,
    "reduceSum": lambda p, x: x[0].sum(tuple(p.axes), keepdims=p.keepDims),
    "add": lambda p, x: x[0] + (x[1] if len(x) > 1 else p.alpha),
    "multiply": lambda p, x: x[0] * (x[1] if len(x) > 1 else p.alpha),
    "reduceMean": lambda p, x: x[0].mean(tuple(p.axes), keepdims=p.keepDims), "transpose": lambda p, x: x[0].transpose(list(p.axes)),
    "reshapeStatic": lambda p, x: x[0].reshape([int(n) for n in p.targetShape]),
    "loadConstantND": lambda p, x: weights(p.data, numbers(p.shape, ())),
}


class Network:
    """Calling it with {input: array} gives {output: array}; of a classifier the probabilities alone."""

    def __init__(self, spec):
        self.spec, self.network = spec, getattr(spec, spec.WhichOneof("Type"))

    def __call__(self, feeds):
        known = dict(feeds)
        for p in self.network.preprocessing:
            name = p.featureName or self.spec.description.input[0].name
            s, image = p.scaler, next(i.type.imageType for i in self.spec.description.input if i.name == name)
            bias = {10: [s.grayBias], 20: [s.redBias, s.greenBias, s.blueBias], 30: [s.blueBias, s.greenBias, s.redBias]}[image.colorSpace]
            known[name] = known[name] * p.scaler.channelScale + np.array(bias, np.float32).reshape(1, -1, 1, 1)
        for layer in self.network.layers:
            kind = layer.WhichOneof("layer")
            known[layer.output[0]] = LAYERS[kind](getattr(layer, kind), [known[name] for name in layer.input])
        last = self.network.layers[-1].output[0]
        name = getattr(self.network, "labelProbabilityLayerName", "") or last
        return {name: np.asarray(known[name]).reshape(-1)}
