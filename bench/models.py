"""The peers' models with random weights, made once: models.py tf|torch|coreml OUT

tf: NAME.tflite, float32, NHWC, batch 1, by the TensorFlow converter. torch: NAME.onnx of the same nets. coreml: classifiers by
coremltools, as ML Programs in float16, plain and in its smaller forms, and as neural networks in float32.
"""
import contextlib
import io
import os
import sys
import tempfile
from pathlib import Path

NETS = ("mobilenet_v1", "mobilenet_v2", "mobilenet_v3_large", "efficientnet_lite0", "resnet50")


def write(path, data):
    """A file is there whole or not at all."""
    partial = path.with_suffix(".partial")
    partial.write_bytes(data)
    os.replace(partial, path)
    print(f"{path.name}: {len(data)} bytes", flush=True)


def make_tflite(name, path):
    import tensorflow as tf

    import nets_keras
    tf.random.set_seed(0)
    model = nets_keras.build(name, batch=1)
    nets_keras.settle(model)
    # By way of a SavedModel: the converter's own way in for Keras models needs the Keras of before version 3.
    with contextlib.redirect_stdout(None), tempfile.TemporaryDirectory() as folder:  # both list every variable
        model.export(folder, verbose=False)
        data = tf.lite.TFLiteConverter.from_saved_model(folder).convert()
    write(path, data)


def make_onnx(name, path):
    import torch

    import nets_torch
    torch.manual_seed(0)
    model = nets_torch.settle(nets_torch.build(name))
    buffer = io.BytesIO()
    torch.onnx.export(model, (torch.randn(1, 3, 224, 224),), buffer, dynamo=False, opset_version=17)
    write(path, buffer.getvalue())


def save_coreml(model, path):
    """As `write`; a package is a folder."""
    partial = path.with_name(f"partial-{path.name}")
    model.save(str(partial))
    os.replace(partial, path)
    print(path.name, flush=True)


def make_coreml(out):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests/interop_coreml"))
    import foreign_nets
    if not (out / "resnet18.mlmodel").exists():
        for name, model in foreign_nets.programs():
            save_coreml(model, out / f"{name}.mlpackage")
        for name, model in foreign_nets.networks():
            save_coreml(model, out / f"{name}.mlmodel")


def main():
    kind, out = sys.argv[1], Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    if kind == "coreml":
        return make_coreml(out)
    make, suffix = {"tf": (make_tflite, ".tflite"), "torch": (make_onnx, ".onnx")}[kind]
    for name in NETS:
        path = out / (name + suffix)
        if not path.exists():
            make(name, path)


if __name__ == "__main__":
    main()
