"""Runs in an environment that has LiteRT; `peers` needs what bench/peers/quantizers.txt pins too.

quantizers.py judge MODEL INPUTS CALIBRATED THREADS    a .tflite file on every input, against the scores in INPUTS.scores
quantizers.py peers MODEL INPUTS CALIBRATED THREADS    what others make of the float .tflite file MODEL, run by their runtimes

INPUTS: float32, [photos][height][width][3]; photo i shows class i; photo floor(i * photos / CALIBRATED) of each i below CALIBRATED
calibrates. Prints JSON: {"all", "unseen"} with top1, same and tv, for peers by name with bytes and seconds.
"""
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

RECIPES = ("static_wi8_ai8", "dynamic_wi8_afp32", "weight_only_wi8_afp32", "weight_only_wi4_afp32")


class Photos:
    def __init__(self, inputs, calibrated):
        self.wanted = np.fromfile(inputs + ".scores", np.float32).reshape(-1, 1000)
        self.inputs = np.memmap(inputs, np.float32, "r").reshape(len(self.wanted), 224, 224, 3)
        self.calibrating = [i * len(self.inputs) // calibrated for i in range(calibrated)]

    def judged(self, got):
        everyone = np.arange(len(got))
        return {"all": self._judged(got, everyone), "unseen": self._judged(got, np.setdiff1d(everyone, self.calibrating))}

    def _judged(self, got, rows):
        return {"top1": float(np.mean(got[rows].argmax(1) == rows)),
                "same": float(np.mean(got[rows].argmax(1) == self.wanted[rows].argmax(1))),
                "tv": float(np.abs(got[rows] - self.wanted[rows]).sum(1).mean() / 2)}


def as_stored(values, details):
    """Floats as a port of the file has them."""
    if details["dtype"] == np.float32:
        return values
    scale, zero = details["quantization"]
    limits = np.iinfo(details["dtype"])
    return np.clip(np.round(values / scale + zero), limits.min, limits.max).astype(details["dtype"])


def as_floats(stored, details):
    if details["dtype"] == np.float32:
        return stored
    scale, zero = details["quantization"]
    return (stored.astype(np.float32) - zero) * scale


def litert_scores(model, photos, threads):
    net = Interpreter(model_path=str(model), num_threads=threads)
    net.allocate_tensors()
    x, y = net.get_input_details()[0], net.get_output_details()[0]
    got = []
    for photo in photos.inputs:
        net.set_tensor(x["index"], as_stored(photo[None], x))
        net.invoke()
        got.append(as_floats(net.get_tensor(y["index"])[0].copy(), y))
    return np.stack(got)


def litert_quantizer(model, photos, threads, folder):
    from litert_quantizer import quantizer, recipe
    signatures = Interpreter(model_path=model).get_signature_list()
    signature, = signatures
    name, = signatures[signature]["inputs"]
    for form in RECIPES:
        begin = time.monotonic()
        maker = quantizer.Quantizer(model)
        maker.load_quantization_recipe(getattr(recipe, form)())
        examples = {signature: [{name: photos.inputs[i][None]} for i in photos.calibrating]}
        statistics = maker.calibrate(examples) if maker.need_calibration else None
        file = folder / f"{form}.tflite"
        maker.quantize(statistics).export_model(str(file))
        seconds = time.monotonic() - begin
        yield f"litert-quantizer {form}", file, seconds, litert_scores(file, photos, threads)


def layers_of(model):
    """(weights, bias) of each layer of a float .tflite file, in its order, the weights as ONNX has them."""
    net = Interpreter(model_path=model, experimental_preserve_all_tensors=True)
    net.allocate_tensors()
    for op in net._get_ops_details():  # no public way tells operands
        orders = {"CONV_2D": (0, 3, 1, 2), "DEPTHWISE_CONV_2D": (3, 0, 1, 2), "FULLY_CONNECTED": (0, 1)}
        if op["op_name"] in orders:
            weights, bias = (net.get_tensor(i) for i in op["inputs"][1:3])
            yield weights.transpose(orders[op["op_name"]]), bias


def onnx_scores(file, photos, threads):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    net = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    return np.concatenate([net.run(None, {"image": photo[None].transpose(0, 3, 1, 2).copy()})[0] for photo in photos.inputs])


def onnx_runtime(model, photos, threads, folder):
    import onnx
    from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
    sys.path.insert(0, str(Path(__file__).parent / "web"))
    import nets_onnx
    plain, file = folder / "plain.onnx", folder / "small.onnx"
    onnx.save(nets_onnx.Net("efficientnet_lite0", layers_of(model)).build(nets_onnx.NETS["efficientnet_lite0"]), plain)
    apart = np.abs(onnx_scores(plain, photos, threads) - photos.wanted).max()
    if apart > 1e-3:
        sys.exit(f"the ONNX file is another net: scores differ by {apart:g}")

    class Reader(CalibrationDataReader):
        rows = iter(photos.calibrating)

        def get_next(self):
            row = next(self.rows, None)
            return None if row is None else {"image": photos.inputs[row][None].transpose(0, 3, 1, 2).copy()}

    begin = time.monotonic()
    quantize_static(plain, file, Reader(), quant_format=QuantFormat.QDQ, per_channel=True, activation_type=QuantType.QInt8,
                    weight_type=QuantType.QInt8, calibrate_method=CalibrationMethod.MinMax)
    seconds = time.monotonic() - begin
    yield "ONNX Runtime static QDQ, min-max", file, seconds, onnx_scores(file, photos, threads)


def main():
    what, model, inputs, calibrated, threads = sys.argv[1:]
    photos, threads = Photos(inputs, int(calibrated)), int(threads)
    if what == "judge":
        found = photos.judged(litert_scores(model, photos, threads))
    else:
        found = {}
        with tempfile.TemporaryDirectory() as folder:
            for peer in (litert_quantizer, onnx_runtime):
                for name, file, seconds, scores in peer(model, photos, threads, Path(folder)):
                    found[name] = {"bytes": file.stat().st_size, "seconds": seconds} | photos.judged(scores)
                    print(f"{name}: {found[name]['all']}", file=sys.stderr)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
