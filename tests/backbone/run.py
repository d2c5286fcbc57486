"""run.py TOP1_BINARY VENV: the pretrained backbone, run by the engine, knows 0.878 of 1,000 ImageNet photos.

The photos (PAW_ZOO/photos/imagenet-1000, one per class, names in the order of the classes) are decoded and cropped by
Pillow, which is pinned. Exit code 77 (skipped) without PAW_ZOO, the backbone or Pillow.
"""
import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from pinned import SKIPPED, install  # noqa: E402

PUBLISHED, TOLERANCE = 0.878, 0.003  # PyTorch's answer for the same photos
NOT_THERE = 6


def main() -> int:
    binary, folder = Path(sys.argv[1]), Path(sys.argv[2])
    if not os.environ.get("PAW_ZOO"):
        print("skipped: no PAW_ZOO")
        return SKIPPED
    if subprocess.run([binary], stdin=subprocess.DEVNULL, capture_output=True).returncode == NOT_THERE:
        print("skipped: the backbone is not there: setup/backbone fetches it")
        return SKIPPED
    if not install(HERE / "requirements.txt", folder):
        return SKIPPED
    photos = Path(os.environ["PAW_ZOO"]) / "photos/imagenet-1000"
    with subprocess.Popen([folder / "bin/python", HERE / "crops.py", photos], stdout=subprocess.PIPE) as crops:
        done = subprocess.run([binary], stdin=crops.stdout, capture_output=True, text=True)
    print(done.stdout, done.stderr, end="")
    if crops.returncode != 0 or done.returncode != 0:
        return 1
    result = json.loads(done.stdout)
    top1 = result["right"] / max(1, result["photos"])
    print(f"top-1 {top1:.4f} of {result['photos']} photos, expected {PUBLISHED} +- {TOLERANCE}")
    return 0 if result["photos"] == 1000 and abs(top1 - PUBLISHED) <= TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())
