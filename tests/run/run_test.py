"""The whole job as people start it: what it prints and leaves, the same bytes in another place, and how it goes on."""
import csv
import json
import os
import shutil
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "app_apk"))
from native import rgba  # noqa: E402
from runs import SETTINGS, Place, tree  # noqa: E402

STAGES = ["train", "tflite", "coreml", "optimize", "apps", "predict"]
FILES = {"exports/model.tflite", "exports/model.mlmodel", "exports/model.mlpackage"}


def texts(value, below=""):
    """Every text of a JSON value, keys too."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value


class Run(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.whole = cls.place.root / "whole"
        cls.record = cls.place.run(cls.whole)

    @classmethod
    def tearDownClass(cls):
        cls.place.close()

    def copy(self, name):
        return Path(shutil.copytree(self.whole, self.place.root / name))

    def test_the_record_is_what_is_printed_and_all_stages_are_done(self):
        kept = json.loads((self.whole / "run.json").read_text())
        self.assertEqual(self.record.pop("run"), str(self.whole))
        self.assertEqual(kept, self.record)
        self.assertEqual(list(kept["stages"]), STAGES)
        self.assertEqual({stage["state"] for stage in kept["stages"].values()}, {"done"})
        for name in FILES:
            self.assertTrue((self.whole / name).exists(), name)
            beside = json.loads((self.whole / f"{name}.json").read_text())
            self.assertIn(beside, kept["stages"]["tflite"]["result"]["files"] + kept["stages"]["coreml"]["result"]["files"])
        shown = kept["stages"]["predict"]["result"]["images"][0]
        self.assertLessEqual(FILES | {"model.paw"}, set(shown["files"]))
        rows = kept["stages"]["predict"]["result"]["parity"]
        self.assertLessEqual(FILES, {row["file"] for row in rows})
        self.assertEqual({row["engine"] for row in rows}, {"pawprint"})
        for row in rows:
            if row["file"] in FILES:
                self.assertEqual(row["agreement"], 1)
                self.assertLess(row["max_abs_diff"], 0.01)

    def test_the_same_bytes_in_another_place(self):
        photos = shutil.copytree(self.place.photos, self.place.root / "elsewhere/with space/photos")
        other = self.place.root / "elsewhere/run"
        self.place.run(other, "--threads", 1, photos=photos)
        here, there = tree(self.whole), tree(other)
        self.assertEqual(here.keys(), there.keys())
        self.assertEqual([name for name in here if here[name] != there[name]], [])
        hidden = {Path(name).name for name in here if Path(name).name.startswith(".")}
        self.assertLessEqual(hidden, {".gitignore"}, "a file on its way was left behind")

    def test_nothing_but_the_host_block_tells_where_and_when(self):
        run = self.place.root / "told"
        flags = [flag for flag in SETTINGS if flag != "--reproducible"]
        record = self.place.call("run", self.place.photos, "-o", run, *flags)
        self.assertEqual(list(record)[-1], "host")
        self.assertEqual(record["host"]["photos"], str(self.place.photos))
        del record["host"], record["run"]
        self.assertEqual([text for text in texts(record) if str(self.place.root) in text], [])
        for path in run.rglob("*.json"):
            if path.name != "run.json":
                self.assertNotIn(str(self.place.root), path.read_text(), path)
        self.assertGreater(record["stages"]["train"]["seconds"], 0)
        self.assertGreater(record["stages"]["tflite"]["result"]["files"][0]["ms"], 0)
        self.assertEqual({row["engine"] for row in record["stages"]["predict"]["result"]["parity"]},
                         {"pawprint", "LiteRT", "WebAssembly"})
        wasm = next(row for row in record["stages"]["predict"]["result"]["parity"] if row["engine"] == "WebAssembly")
        if wasm["images"]:
            self.assertEqual(wasm["agreement"], 1)
            self.assertLess(wasm["max_abs_diff"], 1e-3)

    def test_what_people_see(self):
        text = self.place.text("run", self.place.photos, "-o", self.whole, "--resume")
        for part in ("60 x 64 x 64 x 3", "epoch", "exports/model.tflite", "exports/model.mlpackage", "paw serve", "1 preprocess",
                     "2 inference", "3 post-process", "same answers", "pawprint"):
            self.assertIn(part, text)
        self.assertRegex(text, r"cat/cat_\d+\.png: (cat|dog) [01]\.\d\d")

    def test_finished_it_says_the_same_again(self):
        before = tree(self.whole)
        self.place.run(self.whole, "--resume")
        self.assertEqual(tree(self.whole), before)

    def test_what_was_damaged_is_made_again(self):
        run = self.copy("damaged")
        (run / "exports/model.tflite").write_bytes(b"nothing")
        shutil.rmtree(run / "apps/web")
        (run / "exports/.model.mlpackage.part").mkdir()
        self.place.run(run, "--resume")
        self.assertEqual(tree(run), tree(self.whole))

    def test_other_settings_and_photos_are_refused(self):
        before = tree(self.whole)
        said = self.place.run(self.whole, "--resume", "--max-drop", 0.5, code=8)["error"]["message"]
        self.assertIn("--max-drop was 0.01, now is 0.5", said)
        self.assertIn("--seed was 0, now is 3", self.place.run(self.whole, "--resume", "--seed", 3, code=8)["error"]["message"])
        photos = shutil.copytree(self.place.photos, self.place.root / "fewer")
        (photos / "cat/cat_0004.png").unlink()
        error = self.place.run(self.whole, "--resume", photos=photos, code=8)["error"]
        self.assertEqual(error["where"], "cat/cat_0004.png")
        self.assertEqual(tree(self.whole), before)

    def test_a_run_that_is_there_is_refused_and_replaced_with_force(self):
        run = self.copy("again")
        self.assertEqual(self.place.run(run, code=6)["error"]["code"], "io")
        (run / "apps/mine").write_text("of another run")
        self.place.run(run, "--force")
        self.assertEqual(tree(run), tree(self.whole))

    def test_a_stage_that_fails_leaves_the_others_and_says_how_to_go_on(self):
        run = self.copy("failing")
        shutil.rmtree(run / "apps")
        (run / "apps").write_text("a file in the way")
        error = self.place.run(run, "--resume", code=6)["error"]
        self.assertIn("--resume goes on from there", error["hint"])
        record = json.loads((run / "run.json").read_text())
        self.assertEqual(record["stages"]["apps"]["state"], "failed")
        self.assertEqual(record["stages"]["optimize"]["state"], "done")
        (run / "apps").unlink()
        self.place.run(run, "--resume")
        self.assertEqual(tree(run), tree(self.whole))

    def test_flags_are_checked_before_anything_is_made(self):
        run = self.place.root / "none"
        for flags in (("--max-drop", 2), ("--effort", "much"), ("--golden", "others"), ("--name", "a\nb")):
            self.place.run(run, *flags, code=2)
        self.assertFalse(run.exists())


class Golden(unittest.TestCase):
    """Photos of people travel inside their app when they say so: some that the model was not trained on."""

    @classmethod
    def setUpClass(cls):
        cls.place = Place(count=120)
        cls.trained = cls.place.root / "run"
        cls.place.call("train", cls.place.photos, "-o", cls.trained, "--net", "pawnet", "--size", 64, "--epochs", 1)
        record = cls.trained / "run.json"  # as paw run writes it, which says where its photos are
        record.write_text(json.dumps({**json.loads(record.read_text()), "host": {"photos": str(cls.place.photos)}}))

    @classmethod
    def tearDownClass(cls):
        cls.place.close()

    def app(self, golden, model=None, code=0):
        return self.place.call("app", model or self.trained / "model.paw", "-o", self.place.root / "apps", "--web", "--force", "--golden",
                               golden, code=code)

    def golden(self):
        return {rgba(path.read_bytes())[0] for path in (self.place.root / "apps/web/golden").iterdir()}

    def test_test_photos_of_the_run_are_taken(self):
        said = self.app("photos")
        self.assertIn("8 of your photos travel inside the app", said["notes"])
        rows = csv.DictReader((self.trained / "manifest.csv").read_text().splitlines())
        held_out = {rgba((self.place.photos / row["path"]).read_bytes())[0] for row in rows if row["split"] == "test"}
        taken = self.golden()
        self.assertEqual(len(taken), 8)
        self.assertLessEqual(taken, held_out)
        (self.trained / "exports").mkdir(exist_ok=True)
        export = self.trained / "exports/model.tflite"
        self.place.call("convert", self.trained / "model.paw", "-o", export, "--force")
        self.app("photos", export)
        self.assertEqual(self.golden(), taken)
        self.app(self.place.photos)
        self.assertEqual(self.golden(), taken)

    def test_without_the_run_or_its_photos_it_says_what_to_do(self):
        alone = shutil.copy(self.trained / "model.paw", self.place.root / "alone.paw")
        error = self.app("photos", alone, code=6)["error"]
        self.assertIn("lies in no run folder", error["message"])
        self.assertIn("--golden drawn", error["hint"])
        moved = self.place.photos.rename(self.place.root / "moved")
        try:
            error = self.app("photos", code=6)["error"]
            self.assertIn("not where they were", error["message"])
            self.assertIn("name a folder", error["hint"])
        finally:
            moved.rename(self.place.photos)


class Demo(unittest.TestCase):
    def test_transfer_stands_beside_it(self):
        backbones = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pawprint/backbones"
        if not any(backbones.glob("*.pth*")):
            self.skipTest("the pretrained backbone is not here: setup/backbone")
        place = Place(count=0)
        try:
            run = place.root / "demo"
            small = ("--count", 40, "--size", 64, "--epochs", 2, "-o", run)
            (place.root / "cache/pawprint").mkdir(parents=True)
            (place.root / "cache/pawprint/backbones").symlink_to(backbones)
            result = place.call("demo", *small)["stages"]["train"]["result"]
            scratch, transfer = result["ways"]
            self.assertEqual([scratch["way"], transfer["way"]], ["pawnet from scratch", "transfer from efficientnet-lite0"])
            self.assertEqual(scratch["test_accuracy"], result["test"]["top1"])
            beside = json.loads((run / "transfer/run.json").read_text())["stages"]["train"]["result"]
            self.assertEqual(transfer["test_accuracy"], beside["test"]["top1"])
            self.assertEqual(transfer["val_accuracy"], beside["epochs"][transfer["best_epoch"] - 1]["val_accuracy"])
            self.assertEqual(beside["photos"], result["photos"])
            for told in (place.text("demo", *small, "--resume"), (run / "report.html").read_text()):
                self.assertIn("transfer from efficientnet-lite0", told)
            # Where nothing may depend on what is installed there is none.
            record = place.call("demo", *small, "--force", "--reproducible")
            self.assertNotIn("ways", record["stages"]["train"]["result"])
            self.assertFalse((run / "transfer").exists())
        finally:
            place.close()

    def test_it_is_a_run_on_drawn_pictures(self):
        place = Place(count=0)
        try:
            run = place.root / "demo"
            small = ("--count", 40, "--size", 64, "--epochs", 2, "--reproducible", "-o", run)
            record = place.call("demo", *small)
            self.assertEqual(record["stages"]["train"]["result"]["shape"], [40, 64, 64, 3])
            whole = tree(run)
            place.call("demo", *small, code=6)
            # Stopped while it drew.
            (run / "run.json").unlink()
            (run / "drawn/cat/cat_0001.png").unlink()
            (run / "drawn/dog/.paw-1-2.tmp").write_bytes(b"half")
            place.call("demo", *small, "--resume")
            self.assertEqual(tree(run), whole)
            # The same as a run on these pictures.
            place.call("run", run / "drawn", "-o", place.root / "run", "--net", "pawnet", "--size", 64, "--epochs", 2,
                       "--name", "Cat or Dog", "--reproducible")
            self.assertEqual(tree(place.root / "run"), {name: hash for name, hash in whole.items() if not name.startswith("drawn/")})
        finally:
            place.close()


if __name__ == "__main__":
    unittest.main()
