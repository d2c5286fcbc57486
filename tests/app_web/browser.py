"""browser.py PAW MODELS_PROGRAM FOLDER: a generated web app in headless Chromium: camera, picker, self-test, offline, no camera.

Exit code 77 (skipped) when Node.js, Chromium or the pinned package are not there and cannot be had.
"""
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from npm import SKIPPED, installed, missing_tool  # noqa: E402

FAILED = []


def expect(name, good, seen):
    print(f"{name}: {seen}{'' if good else ' FAILED'}")
    if not good:
        FAILED.append(name)


def main():
    paw, program, folder = (Path(a).resolve() for a in sys.argv[1:4])
    if tool := missing_tool("node", "npm", "chromium"):
        print(f"skipped: {tool} is not installed")
        return SKIPPED
    modules = installed(HERE / "package.json", folder)
    if modules is None:
        print("skipped: no network: playwright-core cannot be had")
        return SKIPPED
    subprocess.run([program, folder / "models"], check=True)
    app = folder / "colors"
    subprocess.run([paw, "app", folder / "models/colors.paw", "-o", app, "--web", "--force", "--quiet", "--name", "Red & <Blue>"],
                   check=True, stdout=subprocess.DEVNULL)
    driven = subprocess.run(["node", HERE / "drive.mjs", paw, app, modules, folder], stdout=subprocess.PIPE, check=True,
                            timeout=400)
    said = json.loads(driven.stdout)
    agrees = f"Label agrees {said['photos']}/{said['photos']}"
    expect("self-test", said["selfTest"].startswith(agrees) and "Passed" in said["selfTest"], said["selfTest"])
    expect("offline", said["offline"].startswith(agrees) and "Passed" in said["offline"], said["offline"])
    expect("camera", said["video"] == "red green blue red" and said["bars"] == 3, said["video"])
    expect("speed", " ms" in said["speed"] and "per second" in said["speed"], said["speed"])
    expect("square and map", said["overlay"] > 0.3, said["overlay"])
    expect("bad photo", said["badPhoto"].endswith("can read."), said["badPhoto"])
    expect("permission denied", "Allow it" in said["denied"], said["denied"])
    expect("no camera", "No camera" in said["noCamera"], said["noCamera"])
    expect("engine", "engine_relaxed.wasm" in said["engine"], said["engine"])
    expect("one host", said["hosts"] == 1, said["hosts"])
    expect("large text fits", said["overflow"] <= 0, said["overflow"])
    expect("everything has a label", said["unlabelled"] == [], said["unlabelled"])
    expect("no errors", said["errors"] == [], said["errors"])
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
