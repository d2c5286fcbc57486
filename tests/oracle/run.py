"""run.py DUMP_BINARY VENV: sets the virtual environment up once, dumps the cases and checks them in it.

Exit code 77 (skipped) when the packages are not there and cannot be installed.
"""
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"
SKIPPED = 77


def prepared(folder: Path) -> bool:
    """Installs the requirements unless the stamp says that exactly these are installed."""
    stamp = folder / "oracle-requirements.txt"
    if stamp.exists() and stamp.read_text() == REQUIREMENTS.read_text():
        return True
    if not (folder / "bin/python").exists():
        venv.create(folder, with_pip=True)
    command = [folder / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
               "--retries", "1", "--timeout", "20", "-r", REQUIREMENTS]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        print(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "pip failed", file=sys.stderr)
        return False
    stamp.write_text(REQUIREMENTS.read_text())
    return True


def main() -> int:
    binary, folder = Path(sys.argv[1]), Path(sys.argv[2])
    if not prepared(folder):
        print("skipped: no network: " + ", ".join(REQUIREMENTS.read_text().split()) + " cannot be installed")
        return SKIPPED
    with tempfile.TemporaryDirectory() as scratch:
        cases = Path(scratch) / "cases.json"
        with cases.open("w") as file:
            subprocess.run([binary], stdout=file, check=True)
        check = [folder / "bin/python", HERE / "check_ops.py", cases]
        return subprocess.run(check, env={**os.environ, "OMP_NUM_THREADS": "1"}).returncode


if __name__ == "__main__":
    sys.exit(main())
