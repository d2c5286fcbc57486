"""The nets in Keras: from keras.applications where it has the published net, written out here where it has not."""
import keras
import numpy as np
from keras import layers


def conv_bn(x, filters, kernel=1, stride=1, activation="relu6"):
    """Convolution with TensorFlow's own padding, batch normalisation, activation (None: linear)."""
    x = layers.Conv2D(filters, kernel, stride, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.Activation(activation)(x) if activation else x


def lite_block(x, expansion, filters, kernel, stride):
    inputs = x.shape[-1]
    y = conv_bn(x, expansion * inputs) if expansion > 1 else x
    y = layers.DepthwiseConv2D(kernel, stride, padding="same", use_bias=False)(y)
    y = layers.Activation("relu6")(layers.BatchNormalization()(y))
    y = conv_bn(y, filters, activation=None)
    return layers.Add()([x, y]) if stride == 1 and inputs == filters else y


# EfficientNet-B0's stages (Tan & Le 2019, table 1): expansion, filters, repeats, stride, kernel. Lite0 leaves out
# squeeze-excite and has ReLU6 for swish.
LITE0 = ((1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 40, 2, 2, 5), (6, 80, 3, 2, 3), (6, 112, 3, 1, 5), (6, 192, 4, 2, 5),
         (6, 320, 1, 1, 3))


def efficientnet_lite0(image):
    x = conv_bn(image, 32, 3, 2)
    for expansion, filters, repeats, stride, kernel in LITE0:
        for i in range(repeats):
            x = lite_block(x, expansion, filters, kernel, stride if i == 0 else 1)
    return conv_bn(x, 1280)


def bottleneck(x, filters, stride):
    """Version 1.5: the stride is in the 3x3, not in the first 1x1 (as keras.applications has it)."""
    shortcut = x if x.shape[-1] == 4 * filters else conv_bn(x, 4 * filters, 1, stride, None)
    y = conv_bn(conv_bn(x, filters, 1, 1, "relu"), filters, 3, stride, "relu")
    return layers.Activation("relu")(layers.Add()([conv_bn(y, 4 * filters, activation=None), shortcut]))


def basic(x, filters, stride):
    shortcut = x if x.shape[-1] == filters and stride == 1 else conv_bn(x, filters, 1, stride, None)
    y = conv_bn(conv_bn(x, filters, 3, stride, "relu"), filters, 3, 1, None)
    return layers.Activation("relu")(layers.Add()([y, shortcut]))


def resnet(image, block, repeats):
    x = layers.MaxPooling2D(3, 2, padding="same")(conv_bn(image, 64, 7, 2, "relu"))
    for stage, count in enumerate(repeats):
        for i in range(count):
            x = block(x, 64 << stage, 2 if stage and i == 0 else 1)
    return x


BODIES = {"efficientnet_lite0": efficientnet_lite0,
          "resnet18": lambda image: resnet(image, basic, (2, 2, 2, 2)),
          "resnet50": lambda image: resnet(image, bottleneck, (3, 4, 6, 3))}


def build(name, batch=None, classes=1000):
    """Random weights, softmax scores."""
    shape = (224, 224, 3)
    image = keras.Input(shape, batch_size=batch)
    apps = keras.applications
    if name == "mobilenet_v1":
        return apps.MobileNet(weights=None, input_tensor=image, classes=classes)
    if name == "mobilenet_v2":
        return apps.MobileNetV2(weights=None, input_tensor=image, classes=classes)
    if name == "mobilenet_v3_large":
        return apps.MobileNetV3Large(weights=None, input_tensor=image, classes=classes, include_preprocessing=False)
    x = layers.GlobalAveragePooling2D()(BODIES[name](image))
    return keras.Model(image, layers.Dense(classes, activation="softmax")(x), name=name)


def settle(model):
    """Batch statistics of random images become the moving ones, so that activations have the size they have in practice:
    no denormals, no saturation."""
    norms = [layer for layer in model.layers if isinstance(layer, layers.BatchNormalization)]
    kept = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 0.0
    random = np.random.default_rng(0)
    batch = model.input_shape[0] or 4
    model(random.uniform(-1, 1, (batch, 224, 224, 3)).astype("float32"), training=True)
    for norm, momentum in zip(norms, kept):
        norm.momentum = momentum
    return model
