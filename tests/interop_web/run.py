"""run.py PROGRAM FOLDER: our .tflite files in LiteRT.js and MediaPipe in headless Chromium give the scores of our engine.

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
MEDIAPIPE_TOLERANCE = 1 / 255


def skip(reason):
    print(f"skipped: {reason}")
    return SKIPPED


def worst(answers, expected):
    return max(abs(a - e) for answer, wanted in zip(answers, expected, strict=True)
               for a, e in zip(answer, wanted, strict=True))


def judged(entry, result):
    """Does a model answer as our engine does, and in words."""
    if "error" in result:
        return False, result["error"]
    largest = f"largest score {max(map(max, entry['expected'])):.3f}, largest difference "
    if "inputs" in entry:
        apart = worst(result["answers"], entry["expected"])
        return apart <= TOLERANCE, f"{largest}{apart:.2g}"
    litert = worst(result["litert"], entry["expected"])
    mediapipe = worst([answer["scores"] for answer in result["mediapipe"]], entry["expected"])
    named = all(answer["names"] == entry["labels"] for answer in result["mediapipe"])
    words = f"{largest}{litert:.2g} in LiteRT.js, {mediapipe:.2g} in MediaPipe{'' if named else ', whose names differ'}"
    return named and litert <= TOLERANCE and mediapipe <= MEDIAPIPE_TOLERANCE, words


def main():
    program, folder = Path(sys.argv[1]), Path(sys.argv[2])
    if tool := missing_tool("node", "npm", "chromium"):
        return skip(f"{tool} is not installed")
    modules = installed(HERE / "package.json", folder)
    if modules is None:
        return skip("no network: the packages of package.json cannot be had")
    models = folder / "models"
    subprocess.run([program, models], check=True)
    driven = subprocess.run(["node", HERE / "drive.mjs", models, modules], stdout=subprocess.PIPE, check=True)
    results = {result["model"]: result for result in json.loads(driven.stdout)}
    failed = 0
    for entry in json.loads((models / "models.json").read_text()):
        good, what = judged(entry, results[entry["model"]])
        failed += not good
        print(f"{entry['model']}: {what}{'' if good else ' FAILED'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
