"""The engines by the names of the tables' columns."""
from pathlib import Path

from measure import Program, Worker

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "build/bench/models"
# Column: environment of bench/setup, module of this folder, what its jobs say beside the row.
PEERS = {"LiteRT": ("infer", "litert", {}), "ONNX Runtime": ("infer", "ort", {}), "OpenVINO": ("infer", "ov", {}),
         "TensorFlow": ("tf", "tf", {}), "PyTorch NCHW": ("torch", "pytorch", {"layout": "nchw"}),
         "PyTorch channels_last": ("torch", "pytorch", {"layout": "channels_last"})}


def job(engine, row):
    return {**row, **(PEERS[engine][2] if engine in PEERS else {}), "models": str(MODELS)}


def inference_command(row, limits):
    return ["--net", row["net"], "--threads", str(row["threads"]), "--batch", str(row["batch"]), "--seconds",
            str(limits.seconds)]


def inference_times(reply):
    return [reply["models"][0]["ms_min"], reply["models"][0]["ms_median"]]


def training_command(row, limits):
    return ["--net", row["net"], "--size", "224", "--batch", str(row["batch"]), "--threads", str(row["threads"]), "--steps",
            str(max(1, limits.least) + limits.warm), "--json"]


def training_times(reply):
    return reply["step_ms"]


def ours(table, build):
    if table == "training":
        return Program(build / "bench/paw_train_bench", training_command, training_times)
    return Program(build / "bench/paw_infer_bench", inference_command, inference_times)


def python_of(environment):
    return ROOT / "build/bench/venv" / environment / "bin/python"


def worker(engine):
    environment, module, _ = PEERS[engine]
    folder = ROOT / "bench"
    return Worker([str(python_of(environment)), str(folder / "worker.py"), module], cwd=folder)


class Missing:
    """A peer that bench/setup has not installed."""

    def __init__(self, why):
        self.why = why

    def round(self, row, limits):
        return {"error": self.why}

    def ask(self, request):
        return {"error": self.why}

    def close(self):
        pass


def start(engine, table, build):
    if engine == "ours":
        return ours(table, build)
    environment, module, _ = PEERS[engine]
    if not python_of(environment).exists():
        return Missing("not installed")
    # Models are made by the other environments: one may be installed without them.
    if environment == "infer" and not any(MODELS.glob("*.tflite" if module == "litert" else "*.onnx")):
        return Missing("no model: run bench/setup")
    return worker(engine)
