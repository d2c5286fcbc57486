"""Apps of models of every kind, for the tests of phone projects."""
import json
import subprocess
from pathlib import Path

# Classes, size, geometry, colour order: tests/app_web/models.cc. int8.tflite: 2.paw with integers throughout.
KINDS = ("2.paw", "3.paw", "1000.paw", "int8.tflite")


def call(*command, cwd=None, code=0):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, cwd=cwd)
    if done.returncode != code:
        raise SystemExit(f"{' '.join(map(str, command))}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def make_models(paw, program, folder):
    """The model files of KINDS and colors.paw, in `folder`."""
    call(program, folder)
    make_integers(paw, folder, "int8.tflite", "2.paw")


def make_integers(paw, folder, name, model=None, photos=None):
    """A .tflite file of `model` in 8-bit integers; else of the .paw file of that name. Without photos drawn ones calibrate."""
    if photos is None:
        photos = folder / "drawn"
        if not photos.exists():
            call(paw, "data", "draw", "-o", photos, "--count", 16, "--size", 160, "--quiet")
    call(paw, "optimize", folder / (model or f"{Path(name).stem}.paw"), "-o", folder / name, "--recipe", "int8", "--calibrate", photos,
         "--max-drop", 1, "--quiet", "--force")


def make_app(paw, model, folder, platform, *options) -> Path:
    """The project's folder."""
    call(paw, "app", model, "-o", folder, f"--{platform}", "--force", "--quiet", *options)
    return folder / platform


def files(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def labels_of(paw, model):
    return json.loads(call(paw, "inspect", model, "--json"))["labels"]
