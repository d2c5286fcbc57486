"""project_test.py PAW MODELS_PROGRAM: what is in a generated iOS project."""
import json
import plistlib
import re
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from phone_models import KINDS, call, files, labels_of, make_app, make_models  # noqa: E402

PAW, MODELS_PROGRAM = (Path(a).resolve() for a in sys.argv[1:3])
DATA, PROJECT, STRINGS = "App/Data", "PhotoApp.xcodeproj/project.pbxproj", "App/en.lproj/Localizable.strings"


class IosProject(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.temporary.name)
        make_models(PAW, MODELS_PROGRAM, cls.folder)
        cls.app = make_app(PAW, cls.folder / "colors.paw", cls.folder / "plain", "ios")

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def made(self, model, *options):
        return make_app(PAW, self.folder / model, self.folder / "apps", "ios", *options)

    def info(self, app):
        return plistlib.loads((app / "App/Info.plist").read_bytes())

    def test_same_bytes_twice(self):
        self.assertEqual(files(self.made("colors.paw")), files(self.app))

    def test_every_kind_of_model_has_its_own_record_and_labels(self):
        for model in KINDS:
            with self.subTest(model):
                app = self.made(model)
                info = json.loads((app / DATA / "model.json").read_text())
                self.assertEqual(info["labels"], labels_of(PAW, self.folder / model))
                self.assertEqual(info["preprocess"]["width"], {"3.paw": 260, "1000.paw": 224}.get(model, 160))
                # The package computes in float16.
                self.assertEqual(info["tolerance"], 0.05 if model == "int8.tflite" else 0.03)
                for golden in info["golden"]:
                    self.assertEqual(len(golden["scores"]), len(info["labels"]))
                    self.assertTrue((app / DATA / golden["file"]).is_file())
                self.assertEqual(info["class_weights"] is None, len(info["labels"]) == 1000)

    def test_the_package_is_a_classifier_with_the_models_labels(self):
        said = json.loads(call(PAW, "inspect", self.made("2.paw") / "App/Model.mlpackage", "--json"))
        self.assertEqual(said["format"], "mlpackage")
        self.assertEqual(said["labels"], labels_of(PAW, self.folder / "2.paw"))

    def test_no_constant_of_a_model_in_the_code(self):
        """Two models' projects differ in nothing but model, data and test vectors."""
        a = files(self.made("2.paw", "--id", "com.example.x", "--name", "x"))
        b = files(self.made("3.paw", "--id", "com.example.x", "--name", "x"))
        self.assertEqual(a.keys(), b.keys())
        for path in a:
            if not path.startswith((DATA, "App/Model.mlpackage")) and path != "Tests/vectors.txt":
                self.assertEqual(a[path], b[path], path)

    def test_names_go_into_the_property_list_alone(self):
        for name in ("</string>\"'&`$(HOME)\\n", "кошка 🐈", "\"; };"):
            with self.subTest(name):
                app = self.made("colors.paw", "--name", name, "--id", "com.example.redorgreenorblue")
                self.assertEqual(self.info(app)["CFBundleDisplayName"], name)
                plain, named = files(self.app), files(app)
                changed = {path for path in plain if plain[path] != named[path]}
                self.assertLessEqual(changed, {"App/Info.plist", f"{DATA}/model.json", "App/Model.mlpackage/Manifest.json",
                                               "App/Model.mlpackage/Data/com.apple.CoreML/model.mlmodel"})

    def test_ids_are_those_that_apple_takes(self):
        app = self.made("colors.paw", "--id", "com.example.a_b.c1")
        text = (app / PROJECT).read_text()
        self.assertEqual(text.count('PRODUCT_BUNDLE_IDENTIFIER = "com.example.a-b.c1"'), 2)
        self.assertEqual(text.count('PRODUCT_BUNDLE_IDENTIFIER = "com.example.a-b.c1.tests"'), 2)
        self.assertEqual((app / "project.yml").read_text().count('"com.example.a-b.c1'), 2)

    def test_the_property_list_says_why_the_camera_is_wanted(self):
        self.assertTrue(self.info(self.app)["NSCameraUsageDescription"].endswith("."))

    def test_files_are_without_marks(self):
        for path, data in files(self.app).items():
            if not path.startswith(("App/Model.mlpackage", DATA)):
                self.assertNotIn(b"@@", data, path)

    def test_every_word_is_in_the_strings_file(self):
        known = re.findall(r'^"(\w+)" = "(?:[^"\\]|\\.)*";$', (self.app / STRINGS).read_text(), re.MULTILINE)
        used = set()
        for path, data in files(self.app).items():
            if not path.startswith("App/") or not path.endswith(".swift"):
                continue
            text = data.decode()
            used |= set(re.findall(r'\btext\("(\w+)"', text))
            for words in re.findall(r'(?:Text|Button|Toggle|accessibilityLabel)\(("[^"]*")', text):
                self.fail(f"{path}: {words} is not in the strings file")
        self.assertEqual(used, set(known))
        self.assertEqual(len(known), len(set(known)))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
