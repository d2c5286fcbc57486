"""run.py PROGRAM FOLDER: our .tflite files in LiteRT.js in headless Chromium give the scores of our engine.

Exit code 77 (skipped) when Node.js, Chromium or the packages are not there and cannot be had.
"""
import json
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SKIPPED = 77
TOLERANCE = 1e-5  # of a probability


def skip(reason):
    print(f"skipped: {reason}")
    return SKIPPED


def installed(folder):
    """The node_modules folder with the pinned packages; None when they cannot be had."""
    wanted = (HERE / "package.json").read_text()
    stamp = folder / "installed.json"
    if not stamp.exists() or stamp.read_text() != wanted:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / "package.json", folder)
        npm = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"]
        if subprocess.run(npm, cwd=folder, stderr=subprocess.DEVNULL).returncode != 0:
            return None
        stamp.write_text(wanted)
    return folder / "node_modules"


def worst(answers, expected):
    return max(abs(a - e) for answer, wanted in zip(answers, expected, strict=True)
               for a, e in zip(answer, wanted, strict=True))


def main():
    program, folder = Path(sys.argv[1]), Path(sys.argv[2])
    for tool in ("node", "npm", "chromium"):
        if shutil.which(tool) is None:
            return skip(f"{tool} is not installed")
    modules = installed(folder)
    if modules is None:
        return skip("no network: @litertjs/core and playwright-core cannot be had")
    models = folder / "models"
    subprocess.run([program, models], check=True)
    driven = subprocess.run(["node", HERE / "drive.mjs", models, modules], stdout=subprocess.PIPE, check=True)
    results = {result["model"]: result for result in json.loads(driven.stdout)}
    failed = 0
    for entry in json.loads((models / "models.json").read_text()):
        result = results[entry["model"]]
        apart = worst(result["answers"], entry["expected"]) if "answers" in result else None
        good = apart is not None and apart <= TOLERANCE
        failed += not good
        largest = max(map(max, entry["expected"]))
        what = result.get("error") or f"largest score {largest:.3f}, largest difference {apart:.2g}"
        print(f"{entry['model']}: {what}{'' if good else ' FAILED'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
