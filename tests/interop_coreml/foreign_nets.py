"""Nets of the size that people have, out of coremltools' own builder: MobileNetV2, MobileNetV3-Small and ResNet-18 as
torchvision lays them out, with random weights, batch norm statistics as trained nets have them, and 1,000 classes."""
import coremltools as ct
import coremltools.optimize.coreml as cto
import numpy as np
from coremltools.converters.mil import Builder as mb

SIZE, CLASSES = 224, 1000


class Net:
    """Layers on what went through the ones before; weights and statistics come from one seed."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)

    def conv(self, x, filters, kernel=1, stride=1, groups=1):
        inputs = x.shape[1] // groups
        weights = self.random.standard_normal((filters, inputs, kernel, kernel)) * np.sqrt(2 / (inputs * kernel * kernel))
        side = kernel // 2
        return mb.conv(x=x, weight=weights.astype(np.float32), strides=[stride, stride], groups=groups, pad_type="custom", pad=[side] * 4)

    def norm(self, x, gain=1.0):
        """What comes in has about a variance of its own: the statistics follow it only roughly, and some channels are nearly dead."""
        n, r = x.shape[1], self.random
        gamma = np.abs(r.normal(gain, 0.25 * gain, n))
        gamma[r.random(n) < 0.03] *= 1e-4
        return mb.batch_norm(x=x, gamma=gamma.astype(np.float32), beta=r.normal(0, 0.3, n).astype(np.float32), epsilon=1e-5,
                             mean=r.normal(0, 0.2, n).astype(np.float32), variance=r.lognormal(0, 0.4, n).astype(np.float32))

    def layer(self, x, filters, kernel=1, stride=1, groups=1, activation=None, gain=1.0):
        y = self.norm(self.conv(x, filters, kernel, stride, groups), gain)
        return activation(y) if activation else y

    def dense(self, x, outputs, gain=1.0):
        inputs = x.shape[-1]
        weights = self.random.standard_normal((outputs, inputs)) * gain / np.sqrt(inputs)
        return mb.linear(x=x, weight=weights.astype(np.float32), bias=self.random.normal(0, 0.1, outputs).astype(np.float32))

    def inverted_residual(self, x, wide, filters, kernel, stride, activation, gate=None):
        y = self.layer(x, wide, activation=activation) if wide != x.shape[1] else x
        y = self.layer(y, wide, kernel, stride, wide, activation=activation)
        if gate:
            y = self.squeeze_excite(y, gate)
        y = self.layer(y, filters, gain=0.5)
        return mb.add(x=x, y=y) if stride == 1 and x.shape[1] == filters else y

    def squeeze_excite(self, x, narrow):
        s = mb.reduce_mean(x=x, axes=[2, 3], keep_dims=True)
        s = mb.relu(x=self.conv(s, narrow))
        return mb.mul(x=x, y=hard_sigmoid(self.conv(s, x.shape[1])))


def relu(x):
    return mb.relu(x=x)


def relu6(x):
    return mb.relu6(x=x)


def hard_sigmoid(x):
    return mb.sigmoid_hard(x=x, alpha=1 / 6, beta=0.5)


def hard_swish(x):
    return mb.mul(x=x, y=hard_sigmoid(x))


def pooled(x):
    return mb.reduce_mean(x=x, axes=[2, 3], keep_dims=False)


def mobilenet_v2(image):
    net = Net(1)
    x = net.layer(image, 32, 3, 2, activation=relu6)
    for expand, filters, count, stride in ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)):
        for i in range(count):
            x = net.inverted_residual(x, expand * x.shape[1], filters, 3, stride if i == 0 else 1, relu6)
    x = net.layer(x, 1280, activation=relu6)
    return mb.softmax(x=net.dense(pooled(x), CLASSES, 3), axis=-1)


def mobilenet_v3_small(image):
    net = Net(2)
    x = net.layer(image, 16, 3, 2, activation=hard_swish)
    for kernel, wide, filters, gate, activation, stride in (
            (3, 16, 16, 8, relu, 2), (3, 72, 24, None, relu, 2), (3, 88, 24, None, relu, 1), (5, 96, 40, 24, hard_swish, 2),
            (5, 240, 40, 64, hard_swish, 1), (5, 240, 40, 64, hard_swish, 1), (5, 120, 48, 32, hard_swish, 1),
            (5, 144, 48, 40, hard_swish, 1), (5, 288, 96, 72, hard_swish, 2), (5, 576, 96, 144, hard_swish, 1), (5, 576, 96, 144, hard_swish, 1)):
        x = net.inverted_residual(x, wide, filters, kernel, stride, activation, gate)
    x = net.layer(x, 576, activation=hard_swish)
    x = hard_swish(net.dense(pooled(x), 1024))
    return mb.softmax(x=net.dense(x, CLASSES, 15), axis=-1)


def resnet18(image):
    net = Net(3)
    x = net.layer(image, 64, 7, 2, activation=relu)
    x = mb.max_pool(x=x, kernel_sizes=[3, 3], strides=[2, 2], pad_type="custom", pad=[1, 1, 1, 1])
    for filters in (64, 128, 256, 512):
        for i in range(2):
            stride = 2 if i == 0 and filters > 64 else 1
            y = net.layer(net.layer(x, filters, 3, stride, activation=relu), filters, 3, gain=0.5)
            x = relu(mb.add(x=net.layer(x, filters, 1, stride) if stride == 2 else x, y=y))
    return mb.softmax(x=net.dense(pooled(x), CLASSES, 3), axis=-1)


def converted(body, **target):
    @mb.program(input_specs=[mb.TensorSpec(shape=(1, 3, SIZE, SIZE))], **({"opset_version": ct.target.iOS16} if target else {}))
    def net(image):
        return body(image)
    labels = [f"class {i}" for i in range(CLASSES)]
    image = ct.ImageType(name="image", shape=(1, 3, SIZE, SIZE), scale=1 / 127.5, bias=[-1, -0.9, -1.1], color_layout=ct.colorlayout.RGB)
    return ct.convert(net, inputs=[image], classifier_config=ct.ClassifierConfig(labels), skip_model_load=True,
                      **(target or {"convert_to": "neuralnetwork"}))


def smaller():
    """The three ways of coremltools.optimize that people use, with its own thresholds."""
    configured = lambda options: cto.OptimizationConfig(global_config=options)
    yield "linear8", lambda m: cto.linear_quantize_weights(m, configured(cto.OpLinearQuantizerConfig(mode="linear_symmetric")))
    yield "palette6", lambda m: cto.palettize_weights(m, configured(cto.OpPalettizerConfig(mode="uniform", nbits=6)))
    yield "sparse50", lambda m: cto.prune_weights(m, configured(cto.OpMagnitudePrunerConfig(target_sparsity=0.5)))


BODIES = (mobilenet_v2, mobilenet_v3_small, resnet18)


def programs():
    """(name, model) of every ML Program."""
    for body in BODIES:
        plain = converted(body, convert_to="mlprogram", minimum_deployment_target=ct.target.iOS16, compute_precision=ct.precision.FLOAT16)
        yield body.__name__, plain
        for name, optimise in smaller():
            yield f"{body.__name__}_{name}", optimise(plain)


def networks():
    """(name, model) of every neural network."""
    for body in BODIES:
        yield body.__name__, converted(body)
