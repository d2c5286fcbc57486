"""Files that coremltools makes: nets out of its own builder, with random weights and realistic batch norm, stored in the ways
that coremltools.optimize knows; and NeuralNetworks out of its older builder."""
import copy

import coremltools as ct
import coremltools.optimize.coreml as cto
import numpy as np
from coremltools.converters.mil import Builder as mb
from coremltools.models import datatypes
from coremltools.models.neural_network import NeuralNetworkBuilder, quantization_utils

SIZE, CLASSES = 32, 10


class Weights:
    def __init__(self, seed):
        self.random = np.random.default_rng(seed)

    def layer(self, filters, inputs, kernel=1):
        return (self.random.standard_normal((filters, inputs, kernel, kernel)) * np.sqrt(2 / (inputs * kernel * kernel))).astype(np.float32)

    def dense(self, outputs, inputs, gain):
        return (self.random.standard_normal((outputs, inputs)) * gain / np.sqrt(inputs)).astype(np.float32)

    def norm(self, channels):
        r = self.random
        return {"gamma": r.uniform(0.5, 1.5, channels).astype(np.float32), "beta": r.normal(0, 0.3, channels).astype(np.float32),
                "mean": r.normal(0, 0.3, channels).astype(np.float32), "variance": r.uniform(0.3, 2, channels).astype(np.float32)}


def inverted_residual(w, x, inputs, outputs, stride, activation):
    wide = 4 * inputs
    y = mb.conv(x=x, weight=w.layer(wide, inputs), pad_type="valid")
    y = activation(mb.batch_norm(x=y, epsilon=1e-3, **w.norm(wide)))
    y = mb.conv(x=y, weight=w.layer(wide, 1, 3), groups=wide, strides=[stride, stride], pad_type="custom", pad=[1, 1, 1, 1])
    y = activation(mb.batch_norm(x=y, epsilon=1e-3, **w.norm(wide)))
    y = mb.conv(x=y, weight=w.layer(outputs, wide), pad_type="valid")
    y = mb.batch_norm(x=y, epsilon=1e-3, **w.norm(outputs))
    return mb.add(x=x, y=y) if stride == 1 and inputs == outputs else y


def hard_swish(x):
    return mb.mul(x=x, y=mb.sigmoid_hard(x=x, alpha=1 / 6, beta=0.5))


def squeeze_excite(w, x, channels):
    s = mb.reduce_mean(x=x, axes=[2, 3], keep_dims=True)
    s = mb.relu(x=mb.conv(x=s, weight=w.layer(8, channels), bias=np.zeros(8, np.float32), pad_type="valid"))
    s = mb.sigmoid_hard(x=mb.conv(x=s, weight=w.layer(channels, 8), pad_type="valid"), alpha=1 / 6, beta=0.5)
    return mb.mul(x=x, y=s)


def mobilenet(opset):
    """As torch exports it: [N,C,H,W] all through."""
    @mb.program(input_specs=[mb.TensorSpec(shape=(1, 3, SIZE, SIZE))], opset_version=opset)
    def net(image):
        w = Weights(1)
        x = mb.conv(x=image, weight=w.layer(16, 3, 3), strides=[2, 2], pad_type="custom", pad=[1, 1, 1, 1])
        x = hard_swish(mb.batch_norm(x=x, epsilon=1e-3, **w.norm(16)))
        x = inverted_residual(w, x, 16, 24, 2, lambda v: mb.relu6(x=v))
        x = inverted_residual(w, x, 24, 24, 1, hard_swish)
        x = squeeze_excite(w, x, 24)
        x = mb.max_pool(x=x, kernel_sizes=[3, 3], strides=[2, 2], pad_type="same")
        x = mb.reduce_mean(x=x, axes=[-1, -2], keep_dims=False)
        x = mb.linear(x=x, weight=w.dense(64, 24, 2), bias=np.zeros(64, np.float32))
        x = mb.linear(x=mb.relu(x=x), weight=w.dense(CLASSES, 64, 3), bias=np.zeros(CLASSES, np.float32))
        return mb.softmax(x=x, axis=-1)
    return net


def resnet(opset):
    """As TensorFlow exports it: transposes at the borders, features flattened pixel by pixel."""
    @mb.program(input_specs=[mb.TensorSpec(shape=(1, 3, SIZE, SIZE))], opset_version=opset)
    def net(image):
        w = Weights(2)
        pixels = mb.transpose(x=image, perm=[0, 2, 3, 1])  # N,H,W,C
        pixels = mb.sub(x=pixels, y=np.array([0.4, 0.5, 0.6], np.float32))
        x = mb.transpose(x=pixels, perm=[0, 3, 1, 2])
        x = mb.relu(x=mb.conv(x=x, weight=w.layer(16, 3, 3), bias=w.norm(16)["beta"], strides=[2, 2], pad_type="same"))
        for _ in range(2):
            y = mb.relu(x=mb.conv(x=x, weight=w.layer(16, 16, 3), bias=w.norm(16)["beta"], pad_type="same"))
            y = mb.conv(x=y, weight=w.layer(16, 16, 3) * 0.5, bias=w.norm(16)["beta"], pad_type="same")
            x = mb.relu(x=mb.add(x=x, y=y))
        x = mb.avg_pool(x=x, kernel_sizes=[4, 4], strides=[4, 4], pad_type="valid")
        x = mb.reshape(x=mb.transpose(x=x, perm=[0, 2, 3, 1]), shape=[1, -1])
        x = mb.linear(x=x, weight=w.dense(CLASSES, 256, 2), bias=np.zeros(CLASSES, np.float32))
        return mb.softmax(x=x, axis=-1)
    return net


def converted(net, target, precision):
    labels = [f"class {i}" for i in range(CLASSES)]
    image = ct.ImageType(name="image", shape=(1, 3, SIZE, SIZE), scale=1 / 127.5, bias=[-1, -0.9, -1.1], color_layout=ct.colorlayout.RGB)
    return ct.convert(net, convert_to="mlprogram", inputs=[image], classifier_config=ct.ClassifierConfig(labels),
                      minimum_deployment_target=target, compute_precision=precision, skip_model_load=True)


def linear(**options):
    return lambda m: cto.linear_quantize_weights(m, cto.OptimizationConfig(
        global_config=cto.OpLinearQuantizerConfig(mode="linear_symmetric", weight_threshold=100, **options)))


def palette(bits, **options):
    return lambda m: cto.palettize_weights(m, cto.OptimizationConfig(
        global_config=cto.OpPalettizerConfig(mode="uniform", nbits=bits, weight_threshold=100, **options)))


def sparse(m):
    return cto.prune_weights(m, cto.OptimizationConfig(global_config=cto.OpMagnitudePrunerConfig(target_sparsity=0.5, weight_threshold=100)))


def joint(second):
    """Pruned, then what is left stored smaller still."""
    def both(m):
        return second(sparse(m))
    return both


def programs():
    """(name, model) of every ML Program."""
    half, full = ct.precision.FLOAT16, ct.precision.FLOAT32
    for net in (mobilenet, resnet):
        for name, target, precision in (("ios15", ct.target.iOS15, half), ("ios15_f32", ct.target.iOS15, full), ("ios17", ct.target.iOS17, half)):
            yield f"{net.__name__}_{name}", converted(net(target), target, precision)
    for target in (ct.target.iOS16, ct.target.iOS18):
        base = converted(mobilenet(target), target, half)
        for name, optimise in (("linear8", linear()), ("palette6", palette(6)), ("palette4", palette(4)), ("sparse", sparse)):
            yield f"{name}_{target.name}", optimise(base)
    base = converted(mobilenet(ct.target.iOS18), ct.target.iOS18, half)
    yield "linear4", linear(dtype="int4", granularity="per_channel")(base)
    yield "blocks8", linear(dtype="int8", granularity="per_block", block_size=8)(base)
    yield "palette4_groups", palette(4, granularity="per_grouped_channel", group_size=8)(base)
    yield "palette3_scaled", palette(3, enable_per_channel_scale=True)(base)
    yield "sparse_linear8", cto.linear_quantize_weights(sparse(base), cto.OptimizationConfig(global_config=cto.OpLinearQuantizerConfig(
        mode="linear_symmetric", weight_threshold=100)), joint_compression=True)
    yield "sparse_palette4", cto.palettize_weights(sparse(base), cto.OptimizationConfig(global_config=cto.OpPalettizerConfig(
        mode="uniform", nbits=4, weight_threshold=100)), joint_compression=True)


def network():
    """A NeuralNetwork of the older builder: layers on images in the ways of 2018."""
    builder = NeuralNetworkBuilder([("image", datatypes.Array(3, SIZE, SIZE))], [("scores", datatypes.Array(CLASSES))], mode="classifier")
    w = Weights(3)

    def conv(name, source, filters, inputs, kernel, stride, groups=1):
        weights = w.layer(filters, inputs // groups, kernel).transpose(2, 3, 1, 0)  # H,W,I,O
        builder.add_convolution(name, inputs // groups, filters, kernel, kernel, stride, stride, "same", groups, weights,
                                w.norm(filters)["beta"], True, input_name=source, output_name=name)

    conv("conv1", "image", 16, 3, 3, 2)
    n = w.norm(16)
    # Not right behind the convolution: folding it there, before quantising, fails in coremltools 9.0.
    builder.add_activation("relu1", "RELU", "conv1", "relu1")
    builder.add_batchnorm("bn1", 16, n["gamma"], n["beta"], n["mean"], n["variance"], input_name="relu1", output_name="bn1")
    conv("dw", "bn1", 16, 16, 3, 1, 16)
    builder.add_activation("leaky", "LEAKYRELU", "dw", "leaky", params=[0.1])
    builder.add_elementwise("sum", ["relu1", "leaky"], "sum", "ADD")
    builder.add_pooling("pool", 2, 2, 2, 2, "MAX", "VALID", "sum", "pool")
    conv("conv2", "pool", 32, 16, 3, 2)
    builder.add_activation("sigmoid", "SIGMOID", "conv2", "sigmoid")
    builder.add_flatten("flat", 0, "sigmoid", "flat")
    builder.add_inner_product("dense", w.dense(CLASSES, 32 * 4 * 4, 12), np.zeros(CLASSES, np.float32), 32 * 4 * 4, CLASSES, True, "flat", "dense")
    builder.add_softmax("softmax", "dense", "scores")
    builder.set_pre_processing_parameters(image_input_names=["image"], is_bgr=True, red_bias=-1, green_bias=-0.9, blue_bias=-1.1,
                                          image_scale=1 / 127.5)
    builder.set_class_labels([f"class {i}" for i in range(CLASSES)], "classLabel", "scores")
    return ct.models.MLModel(builder.spec, skip_model_load=True)


def networks():
    """(name, model) of every NeuralNetwork."""
    plain = network()
    yield "network", plain
    modes = {"linear": "_linear_quantization", "symmetric": "_linear_quantization_symmetric", "table": "_lookup_table_quantization_linear"}
    for bits, mode in ((16, "linear"), (8, "linear"), (8, "symmetric"), (4, "linear"), (6, "table")):
        spec = copy.deepcopy(plain.get_spec())
        quantization_utils._quantize_spec_weights(spec, bits, modes[mode])
        yield f"network_{mode}{bits}", ct.models.MLModel(spec, skip_model_load=True)
