"""run.py VENV SCRIPT PROGRAM...: sets the virtual environment up once, and runs the script in it with the programs' paths.

Exit code 77 (skipped) when the packages are not there and cannot be installed.
"""
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from pinned import SKIPPED, install  # noqa: E402


def main() -> int:
    folder, script, *programs = (Path(word) for word in sys.argv[1:])
    if not install(HERE / "requirements.txt", folder):
        return SKIPPED
    return subprocess.run([folder / "bin/python", script, *programs]).returncode


if __name__ == "__main__":
    sys.exit(main())
