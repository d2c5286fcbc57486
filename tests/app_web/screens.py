"""screens.py PAW FOLDER [--write]: a screenshot of every state of the web app, of a model that knows drawn cats and dogs.

They are left in FOLDER/screens. --write keeps the few of docs/apps.md in docs/. Exit code 77 (skipped) when Node.js, Chromium or the
pinned package are not there and cannot be had.
"""
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from npm import SKIPPED, installed, missing_tool  # noqa: E402

KEPT = ("camera", "why", "not_sure", "dark")


def call(*command):
    subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL)


def make_app(paw, folder):
    """The folder of an app of a small model that was trained on drawn animals, and that of others to show to it."""
    for name, count, size, seed in (("photos", 240, 96, 0), ("shown", 4, 320, 9)):
        call(paw, "data", "draw", "-o", folder / name, "--count", count, "--size", size, "--seed", seed, "--force", "--quiet")
    # The last bits of training are those of the instructions: with these it is the same small model on every x86 machine.
    os.environ["PAW_ISA"] = "avx2"
    call(paw, "train", folder / "photos", "-o", folder / "run", "--net", "pawnet", "--size", 96, "--epochs", 12, "--force", "--quiet")
    del os.environ["PAW_ISA"]
    call(paw, "app", folder / "run/model.paw", "-o", folder / "app", "--web", "--name", "Cat or Dog", "--force", "--quiet")
    # Trained on so few it turns nothing away by itself; one of the screens does.
    info = folder / "app/web/model.json"
    info.write_text(json.dumps({**json.loads(info.read_text()), "threshold": 0.6}))
    return folder / "app", folder / "shown"


def main():
    paw, folder = (Path(a).resolve() for a in sys.argv[1:3])
    if tool := missing_tool("node", "npm", "chromium"):
        print(f"skipped: {tool} is not installed")
        return SKIPPED
    modules = installed(HERE / "package.json", folder.parent)
    if modules is None:
        print("skipped: no network: playwright-core cannot be had")
        return SKIPPED
    screens = folder / "screens"
    shutil.rmtree(screens, ignore_errors=True)
    screens.mkdir(parents=True)
    app, shown = make_app(paw, folder)
    subprocess.run(["node", HERE / "screens.mjs", paw, app, modules, screens, shown], check=True, timeout=400)
    found = sorted(screens.glob("*.jpg"))
    print(f"{len(found)} screenshots in {screens}")
    if "--write" in sys.argv:
        for name in KEPT:
            shutil.copy(screens / f"{name}.jpg", HERE.parents[1] / f"docs/app_{name}.jpg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
