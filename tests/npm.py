"""Pinned packages of the npm registry for tests, in a folder of the build."""
import shutil
import subprocess
from pathlib import Path

from pinned import SKIPPED, locked  # noqa: F401


def installed(package: Path, folder: Path):
    """The node_modules folder with what `package`, a package.json, pins; None when it cannot be had."""
    wanted = package.read_text()
    stamp = folder / "installed.json"
    with locked(folder):
        if not stamp.exists() or stamp.read_text() != wanted:
            shutil.copy(package, folder)
            npm = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"]
            if subprocess.run(npm, cwd=folder, stderr=subprocess.DEVNULL).returncode != 0:
                return None
            stamp.write_text(wanted)
    return folder / "node_modules"


def missing_tool(*tools):
    """The first of the commands that is not there; None."""
    return next((tool for tool in tools if shutil.which(tool) is None), None)
