"""Pinned packages of the Python registry for tests: installed in a virtual environment of the build folder, or as wheels."""
import contextlib
import fcntl
import subprocess
import sys
import venv
from pathlib import Path

SKIPPED = 77  # exit code of a test that could not run


PIP_OPTIONS = ["--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "20"]


@contextlib.contextmanager
def locked(folder: Path):
    """Several tests share the folder: one at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def pip(python, *arguments) -> bool:
    """False, after saying why, when it fails."""
    done = subprocess.run([python, "-m", "pip", *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        print(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "pip failed", file=sys.stderr)
    return done.returncode == 0


def skipping(wanted: str) -> None:
    print("skipped: no network: " + ", ".join(wanted.split()) + " cannot be had")


def install(requirements: Path, folder: Path) -> bool:
    """Installs `requirements` into the environment `folder`, unless its stamp says that exactly these are installed.

    False, after saying so, when they cannot be had.
    """
    with locked(folder):
        wanted = requirements.read_text()
        stamp = folder / f"{requirements.parent.name}-requirements.txt"
        if stamp.exists() and stamp.read_text() == wanted:
            return True
        python = folder / "bin/python"
        if not python.exists():
            venv.create(folder, with_pip=True)
        if not pip(python, "install", *PIP_OPTIONS, "-r", requirements):
            skipping(wanted)
            return False
        stamp.write_text(wanted)
        return True


def download(requirements: Path, folder: Path) -> list[Path]:
    """The wheels of `requirements` themselves, without what they depend on; nothing of them is installed or executed.

    Empty, after saying so, when they cannot be had.
    """
    with locked(folder):
        wanted = requirements.read_text()
        stamp = folder / "wheels.txt"
        if not stamp.exists() or stamp.read_text() != wanted:
            if not pip(sys.executable, "download", *PIP_OPTIONS, "--no-deps", "--only-binary", ":all:", "--dest", folder, "-r",
                       requirements):
                skipping(wanted)
                return []
            stamp.write_text(wanted)
        return sorted(folder.glob("*.whl"))
