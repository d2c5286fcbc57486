"""nets_onnx.py FOLDER: MobileNetV2 and EfficientNet-Lite0 with folded batch norm as ONNX files, NCHW float32, weights random."""
import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# Sandler et al. 2018, table 2; Tan & Le 2019, table 1: expansion, filters, repeats, stride, kernel.
NETS = json.loads((Path(__file__).parent / "nets.json").read_text())


class Net:
    def __init__(self, name, layers=None):
        """`layers`: (weights, bias) of each, in order; None: random ones, no bias."""
        self.layers = layers
        self.name, self.nodes, self.constants, self.random = name, [], [], np.random.default_rng(0)
        self.low, self.high = self.constant(np.float32(0)), self.constant(np.float32(6))

    def constant(self, value):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def node(self, op, *inputs, **attributes):
        name = f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [name], **attributes))
        return name

    def layer(self, *shape):
        """The constants of the next layer: weights of that shape, and its bias."""
        if self.layers is not None:
            weights, bias = next(self.layers)
            assert weights.shape == shape, (weights.shape, shape)
        else:
            scale = (2 / np.prod(shape[1:])) ** 0.5
            weights, bias = (self.random.standard_normal(shape) * scale).astype(np.float32), np.zeros(shape[0], np.float32)
        return self.constant(weights), self.constant(bias)

    def conv(self, x, inputs, filters, kernel=1, stride=1, groups=1, act=True):
        # Padded as TensorFlow's SAME for even inputs: what is odd stands below and to the right.
        total = kernel - stride if stride == 2 else kernel - 1
        pads = [total // 2, total // 2, total - total // 2, total - total // 2]
        y = self.node("Conv", x, *self.layer(filters, inputs // groups, kernel, kernel), kernel_shape=[kernel, kernel],
                      strides=[stride, stride], pads=pads, group=groups)
        return self.node("Clip", y, self.low, self.high) if act else y

    def build(self, stages):
        x, inputs = self.conv("image", 3, 32, 3, 2), 32
        for expansion, filters, repeats, stride, kernel in stages:
            for i in range(repeats):
                wide, step = expansion * inputs, stride if i == 0 else 1
                y = self.conv(x, inputs, wide) if expansion > 1 else x
                y = self.conv(self.conv(y, wide, wide, kernel, step, wide), wide, filters, act=False)
                x, inputs = (self.node("Add", x, y) if step == 1 and inputs == filters else y), filters
        x = self.node("Flatten", self.node("GlobalAveragePool", self.conv(x, inputs, 1280)))
        x = self.node("Gemm", x, *self.layer(1000, 1280), transB=1)
        x = self.node("Softmax", x)
        graph = helper.make_graph(self.nodes, self.name, [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 224, 224])],
                                  [helper.make_tensor_value_info(x, TensorProto.FLOAT, [1, 1000])], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
        onnx.checker.check_model(model)
        return model


if __name__ == "__main__":
    for name, stages in NETS.items():
        onnx.save(Net(name).build(stages), Path(sys.argv[1]) / f"{name}.onnx")
