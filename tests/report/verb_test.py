"""verb_test.py PAW: `paw report` on runs of every kind."""
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from html.parser import HTMLParser
from pathlib import Path

PAW = Path(sys.argv[1]).resolve()
MOST_BYTES = 3_000_000
PARTS = ["pipeline", "data", "training", "quality", "files", "journey", "apps", "learn"]
# Class names that want to be markup.
HOSTILE = ("<img src=x onerror=alert(1)>", "dog\" & 'cat'")


class Page(HTMLParser):
    """What a browser would make of it: elements, attributes, text; that every element is closed."""

    VOID = {"meta", "link", "img", "br", "rect", "line", "circle", "path"}

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.sections, self.sources, self.words = [], set(), [], [], []
        self.handlers = []
        self.feed(text)
        assert self.open == [], self.open

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        given = dict(attributes)
        if tag == "section":
            self.sections.append(given["id"])
        self.sources += [given[key] for key in ("src", "href") if key in given]
        self.handlers += [key for key in given if key.startswith("on")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (tag, self.open[-3:])
        self.open.pop()

    def handle_startendtag(self, tag, attributes):
        self.tags.add(tag)

    def handle_data(self, data):
        self.words.append(data)


class ReportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.temporary.name)
        cls.paw("data", "draw", "-o", "photos", "--count", 60, "--size", 64)
        for old, new in zip(("cat", "dog"), HOSTILE):
            (cls.folder / "photos" / old).rename(cls.folder / "photos" / new)
        (cls.folder / "photos" / HOSTILE[0] / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
        cls.paw("train", "photos", "-o", "run", "--net", "pawnet", "--epochs", 3, "--size", 64)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    @classmethod
    def paw(cls, *arguments, code=0):
        done = subprocess.run([PAW, *map(str, arguments), "--json", "--quiet"], capture_output=True, text=True, cwd=cls.folder)
        assert done.returncode == code, f"{arguments}: {done.returncode} {done.stdout[-500:]}{done.stderr}"
        return json.loads(done.stdout)

    def page(self, *arguments, run="run"):
        result = self.paw("report", run, *arguments)
        text = (self.folder / run / "report.html").read_text()
        self.assertEqual(result["bytes"], len(text.encode()))
        self.assertLess(result["bytes"], MOST_BYTES)
        page = Page(text)
        self.assertEqual(page.sections, PARTS)
        self.assertFalse(page.tags & {"script", "iframe", "object", "embed", "form"})
        self.assertEqual(page.handlers, [])
        self.assertEqual([s for s in page.sources if not s.startswith(("data:", "#"))], [])
        return result, text, " ".join(page.words)

    def test_a_run_of_training_alone(self):
        result, text, words = self.page("--photos", "photos")
        self.assertIn("Predict", result["not_done"])
        self.assertGreater(result["pictures"], 40)
        self.assertNotIn("<img src=x", text)
        for name in HOSTILE:
            self.assertIn(name, words)
        self.assertIn("There is no picture to learn from.", words)
        record = json.loads((self.folder / "run/run.json").read_text())["stages"]["train"]["result"]
        for epoch in record["epochs"]:
            self.assertIn(f"{epoch['val_loss']:.3f}", words)
        self.assertIn(f"{record['test']['top1'] * 100:.1f}\xa0%", words)
        self.assertEqual(text.count('class="quiz"'), 5)
        # The same bytes, where nothing is measured.
        _, first, words = self.page("--photos", "photos", "--reproducible")
        self.assertNotIn("\xa0ms", words)
        self.assertEqual(first, self.page("--photos", "photos", "--reproducible")[1])

    def test_without_photos_it_says_so(self):
        result, text, words = self.page()
        self.assertEqual(result["pictures"], 0)
        self.assertNotIn("<img", text)
        self.assertIn("paw report RUN --photos PHOTOS", words)

    def test_the_rest_of_the_job(self):
        whole = self.folder / "whole"
        shutil.copytree(self.folder / "run", whole)
        model = whole / "model.paw"
        (whole / "exports").mkdir()
        for name, verb in (("model.tflite", ["convert", model]),
                           ("model_int8.tflite", ["optimize", model, "--recipe", "int8", "--calibrate", "photos", "--max-drop", 1])):
            made = self.paw(*verb, "-o", whole / "exports" / name)
            (whole / "exports" / f"{name}.json").write_text(json.dumps(made))
        self.paw("app", model, "-o", whole / "apps", "--web")
        result, _, words = self.page("--photos", "photos", run="whole")
        for part in ("model_int8.tflite", "static_wi8_ai8", "Golden photos", "apps/web"):
            self.assertIn(part, words)
        self.assertNotIn("Apps", result["not_done"])

    def test_what_is_broken_is_an_error(self):
        broken = self.folder / "broken"
        self.assertEqual(self.paw("report", "nothing", code=6)["error"]["code"], "io")
        shutil.copytree(self.folder / "run", broken)
        before = hashlib.sha256((broken / "model.paw").read_bytes()).digest()
        self.assertEqual(self.paw("report", "broken", "--photos", "nowhere", code=6)["error"]["code"], "io")
        for name, text, code in (("run.json", "{}", 3), ("run.json", "{", 3), ("manifest.csv", "no manifest", 3)):
            kept = (broken / name).read_bytes()
            (broken / name).write_text(text)
            self.paw("report", "broken", code=code)
            (broken / name).write_bytes(kept)
        # Anything may be missing in the record, or be of another kind.
        record = json.loads((broken / "run.json").read_text())
        for odd in ({}, {"train": []}, {"train": {"result": {"epochs": 3, "test": {"classes": [1], "confusion": {}}}}},
                    {"train": {"result": {"epochs": [{"epoch": "x"}], "test": {"confusion": [[1], [2, 3, 4]]}}}}):
            (broken / "run.json").write_text(json.dumps({**record, "stages": odd}))
            self.page(run="broken")
        (broken / "model.paw").write_bytes(b"PAW?")
        self.paw("report", "broken", code=4)
        self.assertEqual(hashlib.sha256((self.folder / "run/model.paw").read_bytes()).digest(), before)
        self.assertFalse(re.findall(r"\.paw-.*\.tmp", " ".join(p.name for p in broken.iterdir())))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
