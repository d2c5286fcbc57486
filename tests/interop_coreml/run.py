"""run.py VENV SCRIPT ARGUMENTS...: sets the virtual environment up once, and runs the script in it.

Exit code 77 (skipped) when the packages are not there and cannot be installed.
"""
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from pinned import SKIPPED, install  # noqa: E402


def main() -> int:
    folder, script, *arguments = sys.argv[1:]
    if not install(HERE / "requirements.txt", Path(folder)):
        return SKIPPED
    # coremltools says on stderr which of its libraries exist on a Mac only.
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    return subprocess.run([Path(folder) / "bin/python", script, *arguments], env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
