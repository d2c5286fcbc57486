"""run.py DUMP_BINARY VENV: sets the virtual environment up once, dumps the cases and checks them in it.

Exit code 77 (skipped) when the packages are not there and cannot be installed.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from pinned import SKIPPED, install  # noqa: E402


def main() -> int:
    binary, folder = Path(sys.argv[1]), Path(sys.argv[2])
    if not install(HERE / "requirements.txt", folder):
        return SKIPPED
    with tempfile.TemporaryDirectory() as scratch:
        cases = Path(scratch) / "cases.json"
        with cases.open("w") as file:
            subprocess.run([binary], stdout=file, check=True)
        check = [folder / "bin/python", HERE / "check_ops.py", cases]
        return subprocess.run(check, env={**os.environ, "OMP_NUM_THREADS": "1"}).returncode


if __name__ == "__main__":
    sys.exit(main())
