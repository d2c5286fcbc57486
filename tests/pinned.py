"""Pinned packages of the Python registry for tests, in a virtual environment of the build folder."""
import fcntl
import subprocess
import sys
import venv
from pathlib import Path

SKIPPED = 77  # exit code of a test that could not run


def install(requirements: Path, folder: Path) -> bool:
    """Installs `requirements` into the environment `folder`, unless its stamp says that exactly these are installed.

    Several tests share the folder: one at a time. False, after saying so, when they cannot be had.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = requirements.read_text()
        stamp = folder / f"{requirements.parent.name}-requirements.txt"
        if stamp.exists() and stamp.read_text() == wanted:
            return True
        if not (folder / "bin/python").exists():
            venv.create(folder, with_pip=True)
        command = [folder / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                   "--retries", "1", "--timeout", "20", "-r", requirements]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            print(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "pip failed", file=sys.stderr)
            print("skipped: no network: " + ", ".join(wanted.split()) + " cannot be installed")
            return False
        stamp.write_text(wanted)
        return True
