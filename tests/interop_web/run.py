"""run.py PROGRAM FOLDER: our .tflite files in LiteRT.js in headless Chromium give the scores of our engine.

Exit code 77 (skipped) when Node.js, Chromium or the packages are not there and cannot be had.
"""
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from npm import SKIPPED, installed, missing_tool  # noqa: E402

TOLERANCE = 1e-5  # of a probability


def skip(reason):
    print(f"skipped: {reason}")
    return SKIPPED


def worst(answers, expected):
    return max(abs(a - e) for answer, wanted in zip(answers, expected, strict=True)
               for a, e in zip(answer, wanted, strict=True))


def main():
    program, folder = Path(sys.argv[1]), Path(sys.argv[2])
    if tool := missing_tool("node", "npm", "chromium"):
        return skip(f"{tool} is not installed")
    modules = installed(HERE / "package.json", folder)
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
