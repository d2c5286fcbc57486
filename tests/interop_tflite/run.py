"""run.py SCRIPT VENV PROGRAM: sets the virtual environment up once, and runs the script in it with the program's path.

Exit code 77 (skipped) when the packages are not there and cannot be installed.
"""
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from pinned import SKIPPED, install  # noqa: E402


def main() -> int:
    script, folder, program = (Path(word) for word in sys.argv[1:4])
    if not install(HERE / "requirements.txt", folder):
        return SKIPPED
    return subprocess.run([folder / "bin/python", script, program]).returncode


if __name__ == "__main__":
    sys.exit(main())
