"""browser.py PAW FOLDER: the report of a small run in headless Chromium, on a phone and on a desk, light and dark.

Exit code 77 (skipped) when Node.js, Chromium or the pinned packages are not there and cannot be had. Screenshots of every part are
left in FOLDER/screens.
"""
import json
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from npm import SKIPPED, installed, missing_tool  # noqa: E402

PARTS = ["pipeline", "data", "training", "quality", "files", "journey", "apps", "learn"]
FAILED = []


def expect(name, good, seen):
    if not good:
        FAILED.append(name)
        print(f"{name}: {seen} FAILED")


def make_run(paw, run):
    """A whole run on pictures that are drawn small, with names as long as people give them."""
    shutil.rmtree(run, ignore_errors=True)
    subprocess.run([paw, "demo", "-o", run, "--count", "100", "--size", "64", "--epochs", "4", "--quiet"], check=True,
                   stdout=subprocess.DEVNULL)
    if not (run / "apps").exists():
        subprocess.run([paw, "app", run / "model.paw", "-o", run / "apps", "--web", "--quiet"], check=True,
                       stdout=subprocess.DEVNULL)
    subprocess.run([paw, "report", run, "--quiet"], check=True, stdout=subprocess.DEVNULL)


def main():
    paw, folder = (Path(a).resolve() for a in sys.argv[1:3])
    if tool := missing_tool("node", "npm", "chromium"):
        print(f"skipped: {tool} is not installed")
        return SKIPPED
    modules = installed(HERE / "package.json", folder)
    if modules is None:
        print("skipped: no network: playwright-core and axe-core cannot be had")
        return SKIPPED
    screens = folder / "screens"
    screens.mkdir(exist_ok=True)
    make_run(paw, folder / "run")
    driven = subprocess.run(["node", HERE / "drive.mjs", folder / "run/report.html", modules, screens], stdout=subprocess.PIPE,
                            check=True, timeout=400)
    views = json.loads(driven.stdout)["views"]
    expect("views", len(views) == 4, list(views))
    for name, said in views.items():
        expect(f"{name}: no errors", said["errors"] == [], said["errors"])
        expect(f"{name}: no requests", said["requests"] == [], said["requests"])
        expect(f"{name}: nothing too wide", said["overflow"]["page"] <= 0 and said["overflow"]["elements"] == [], said["overflow"])
        expect(f"{name}: accessible", said["axe"] == [], said["axe"])
        expect(f"{name}: rules were checked", said["rules"] > 20, said["rules"])
        expect(f"{name}: parts", said["sections"] == PARTS, said["sections"])
    print(f"{len(views)} views, {len(FAILED)} failed; screenshots in {screens}")
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
