"""litert_test.py PAW MODELS_PROGRAM FOLDER: LiteRT runs the app's model on the golden photos and gives the scores of model.json.

Photos are preprocessed by the code of docs/preprocess.md. Exit code 77 (skipped) when the pinned packages cannot be had."""
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from phone_models import KINDS, make_app, make_models  # noqa: E402
from pinned import SKIPPED, install  # noqa: E402


def main():
    paw, program, folder = (Path(a).resolve() for a in sys.argv[1:4])
    environment = HERE.parents[1] / "build/venv_mediapipe"  # as tests/interop_tflite
    if not install(HERE.parent / "interop_tflite/requirements.txt", environment):
        return SKIPPED
    folder.mkdir(parents=True, exist_ok=True)
    make_models(paw, program, folder)
    apps = [make_app(paw, folder / model, folder / f"app-{model}", "android") for model in KINDS]
    return subprocess.run([environment / "bin/python", HERE / "litert_scores.py", *(app / "app/src/main/assets" for app in apps)]).returncode


if __name__ == "__main__":
    sys.exit(main())
