"""The nets in PyTorch: from torchvision where it has them, written out here where it has not. Each ends in class scores."""
import torch
import torchvision
from torch import nn


def conv_bn(inputs, filters, kernel=1, stride=1, groups=1, act=True):
    layers = [nn.Conv2d(inputs, filters, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(filters)]
    return nn.Sequential(*layers, *([nn.ReLU6(inplace=True)] if act else []))


def head(body, features, classes):
    return nn.Sequential(*body, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(features, classes))


# Howard et al. 2017, table 1: filters and stride of each depthwise-separable convolution.
V1 = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1), (1024, 2),
      (1024, 1))


def mobilenet_v1(classes):
    body, inputs = [conv_bn(3, 32, 3, 2)], 32
    for filters, stride in V1:
        body += [conv_bn(inputs, inputs, 3, stride, inputs), conv_bn(inputs, filters)]
        inputs = filters
    return head(body, inputs, classes)


class LiteBlock(nn.Module):
    def __init__(self, inputs, expansion, filters, kernel, stride):
        super().__init__()
        wide = expansion * inputs
        self.body = nn.Sequential(*([conv_bn(inputs, wide)] if expansion > 1 else []),
                                  conv_bn(wide, wide, kernel, stride, wide), conv_bn(wide, filters, act=False))
        self.residual = stride == 1 and inputs == filters

    def forward(self, x):
        return x + self.body(x) if self.residual else self.body(x)


# EfficientNet-B0's stages (Tan & Le 2019, table 1): expansion, filters, repeats, stride, kernel. Lite0 leaves out
# squeeze-excite and has ReLU6 for swish.
LITE0 = ((1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 40, 2, 2, 5), (6, 80, 3, 2, 3), (6, 112, 3, 1, 5), (6, 192, 4, 2, 5),
         (6, 320, 1, 1, 3))


def efficientnet_lite0(classes):
    body, inputs = [conv_bn(3, 32, 3, 2)], 32
    for expansion, filters, repeats, stride, kernel in LITE0:
        for i in range(repeats):
            body.append(LiteBlock(inputs, expansion, filters, kernel, stride if i == 0 else 1))
            inputs = filters
    return head([*body, conv_bn(inputs, 1280)], 1280, classes)


class Same(nn.Module):
    """A convolution padded as TensorFlow's SAME: what is odd stands below and to the right."""

    def __init__(self, inputs, filters, kernel, stride=1, groups=1):
        super().__init__()
        self.conv = nn.Conv2d(inputs, filters, kernel, stride, groups=groups, bias=False)
        # Normal by the fan out (He et al. 2015), of each group.
        nn.init.normal_(self.conv.weight, 0, (2 / (kernel * kernel * filters / groups)) ** 0.5)
        self.kernel, self.stride = kernel, stride

    def forward(self, x):
        pads = []
        for extent in (x.shape[3], x.shape[2]):
            whole = max((-(-extent // self.stride) - 1) * self.stride + self.kernel - extent, 0)
            pads += [whole // 2, whole - whole // 2]
        return self.conv(nn.functional.pad(x, pads) if any(pads) else x)


def same_bn_act(inputs, filters, kernel=1, stride=1, groups=1):
    norm = nn.BatchNorm2d(filters, eps=1e-3, momentum=0.05)
    return nn.Sequential(Same(inputs, filters, kernel, stride, groups), norm, nn.ReLU6(inplace=True))


class Residual(nn.Module):
    def __init__(self, filters):
        super().__init__()
        self.body = nn.Sequential(same_bn_act(filters, filters, 3, 1, filters), same_bn_act(filters, filters))

    def forward(self, x):
        return x + self.body(x)


# src/nets/pawnet.cc: filters and separable residuals of each stage.
PAWNET = ((24, 0), (48, 0), (96, 2), (192, 1))


def pawnet(classes):
    body, inputs = [same_bn_act(3, 16, 3, 2)], 16
    for filters, residuals in PAWNET:
        body += [same_bn_act(inputs, filters, 3, 2), *(Residual(filters) for _ in range(residuals))]
        inputs = filters
    classifier = nn.Linear(inputs, classes)
    nn.init.normal_(classifier.weight, 0, 0.01)
    nn.init.zeros_(classifier.bias)
    return nn.Sequential(*body, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), classifier)


def build(name, classes=1000):
    own = {"mobilenet_v1": mobilenet_v1, "efficientnet_lite0": efficientnet_lite0, "pawnet": pawnet}
    if name in own:
        return own[name](classes)
    return getattr(torchvision.models, name)(weights=None, num_classes=classes)


def settle(model):
    """Batch statistics of random images become the moving ones, so that activations have the size they have in practice:
    no denormals, no saturation. Leaves the model in evaluation mode."""
    norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm2d)]
    kept = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 1.0
    with torch.no_grad():
        model.train()(torch.rand(4, 3, 224, 224) * 2 - 1)
    for norm, momentum in zip(norms, kept):
        norm.momentum = momentum
    return model.eval()
