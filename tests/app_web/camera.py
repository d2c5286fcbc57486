"""camera.py PAW FOLDER: real photos as the camera of a web app in headless Chromium: the page shows the right label.

A model is trained on 160 of PAW_ZOO's photos. Others are played, as they are, turned, between black bars and dark; of twelve for
each scene the one that the engine is surest of: the way from the camera to the answer is tested, not the model. Exit code 77
(skipped) without PAW_ZOO, the pretrained backbone, Node.js, Chromium or the pinned package.
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

TRAINED, PLAYED = 80, 12  # photos of each class


def skip(why):
    print(f"skipped: {why}")
    return SKIPPED


def call(*command):
    subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL)


def trained(paw, zoo, folder):
    """The model file, and the photos to play: {label: [photo, ...]}."""
    shutil.rmtree(folder / "photos", ignore_errors=True)
    played = {}
    for label in ("cat", "dog"):
        photos = sorted((zoo / "photos/cats-dogs" / label).iterdir())
        (folder / "photos" / label).mkdir(parents=True)
        for photo in photos[:TRAINED]:
            shutil.copy(photo, folder / "photos" / label)
        played[label] = [str(photo) for photo in photos[TRAINED:TRAINED + PLAYED]]
    call(paw, "train", folder / "photos", "-o", folder / "run", "--backbone", "efficientnet-lite0", "--epochs", 4, "--force", "--quiet")
    return folder / "run/model.paw", played


def main():
    paw, folder = (Path(a).resolve() for a in sys.argv[1:3])
    if "PAW_ZOO" not in os.environ:
        return skip("no PAW_ZOO, which has the photos")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pawprint/backbones"
    if not any(cache.glob("*.pth")):
        return skip("no pretrained backbone (setup/backbone)")
    if tool := missing_tool("node", "npm", "chromium"):
        return skip(f"{tool} is not installed")
    modules = installed(HERE / "package.json", folder.parent)
    if modules is None:
        return skip("no network: playwright-core cannot be had")
    model, played = trained(paw, Path(os.environ["PAW_ZOO"]), folder)
    call(paw, "app", model, "-o", folder / "app", "--web", "--force", "--quiet")
    (folder / "played.json").write_text(json.dumps(played))
    driven = subprocess.run(["node", HERE / "camera.mjs", paw, model, folder / "app", modules, folder, folder / "played.json"],
                            stdout=subprocess.PIPE, check=True, timeout=400)
    failed = 0
    for said in json.loads(driven.stdout):
        good = said["verdicts"] == [said["label"]] and said["errors"] == []
        failed += not good
        print(f"{said['scene']}: {said['label']} {said['still']:.3f} as a picture ({said['photo']}), the page said "
              f"{', '.join(said['verdicts'])} {said['score']} over {said['frames']} frames{'' if good else ' FAILED'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
