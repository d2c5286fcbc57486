"""project_test.py PAW MODELS_PROGRAM: what is in a generated Android project."""
import json
import os
import re
import struct
import sys
import tempfile
import tomllib
import unittest
import xml.etree.ElementTree as xml
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from phone_models import KINDS, call, files, labels_of, make_app, make_models  # noqa: E402

PAW, MODELS_PROGRAM = (Path(a).resolve() for a in sys.argv[1:3])
ASSETS, STRINGS = "app/src/main/assets", "app/src/main/res/values/strings.xml"
# The string resource compiler's own escapes.
UNESCAPED = re.compile(r"\\(u[0-9a-f]{4}|.)")


def resource_text(escaped):
    return UNESCAPED.sub(lambda m: chr(int(m[1][1:], 16)) if len(m[1]) > 1 else m[1], escaped)


class AndroidProject(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.temporary.name)
        make_models(PAW, MODELS_PROGRAM, cls.folder)
        cls.app = make_app(PAW, cls.folder / "colors.paw", cls.folder / "plain", "android")

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def made(self, model, *options):
        return make_app(PAW, self.folder / model, self.folder / "apps", "android", *options)

    def test_same_bytes_twice(self):
        self.assertEqual(files(self.made("colors.paw")), files(self.app))

    def test_every_kind_of_model_has_its_own_record_and_labels(self):
        for model in KINDS:
            with self.subTest(model):
                app = self.made(model)
                info = json.loads((app / ASSETS / "model.json").read_text())
                self.assertEqual(info["labels"], labels_of(PAW, self.folder / model))
                self.assertEqual(info["preprocess"]["width"], {"3.paw": 260, "1000.paw": 224}.get(model, 160))
                self.assertEqual(info["tolerance"], 0.05 if model == "int8.tflite" else 0.01)
                self.assertEqual(len(info["golden"]), 8)
                for golden in info["golden"]:
                    self.assertEqual(len(golden["scores"]), len(info["labels"]))
                    self.assertTrue((app / ASSETS / golden["file"]).is_file())
                    self.assertAlmostEqual(sum(golden["scores"]), 1, delta=0.02)
                self.assertTrue((app / ASSETS / info["tflite"]).is_file())
                self.check_weights(app, info)

    def check_weights(self, app, info):
        if info["class_weights"] is None:
            self.assertEqual(len(info["labels"]), 1000)  # MobileNetV3 has a layer between average and classifier
            return
        weights = (app / ASSETS / info["class_weights"]).read_bytes()
        height, width, depth = struct.unpack_from("<3I", weights)
        self.assertTrue(height >= 1 and width >= 1)
        self.assertEqual(len(weights), 12 + 4 * depth * len(info["labels"]))

    def test_the_model_takes_and_gives_floats(self):
        for model in ("2.paw", "int8.tflite"):
            said = json.loads(call(PAW, "inspect", self.made(model) / ASSETS / "model.tflite", "--json"))
            for port in said["inputs"] + said["outputs"]:
                self.assertIn("f32", json.dumps(port))

    def test_the_wrapper_is_whole_or_said_to_be_missing(self):
        said = json.loads(call(PAW, "app", self.folder / "colors.paw", "-o", self.folder / "apps", "--android", "--force", "--json"))
        app = self.folder / "apps/android"
        properties = (app / "gradle/wrapper/gradle-wrapper.properties").read_text()
        self.assertRegex(properties, r"distributionUrl=https\\://services.gradle.org/distributions/gradle-[0-9.]+-bin.zip")
        if not (app / "gradlew").exists():
            self.assertFalse((app / "gradle/wrapper/gradle-wrapper.jar").exists())
            self.assertIn("without Gradle's wrapper", " ".join(said["notes"]))
            self.skipTest("paw was built without Gradle's wrapper (setup/jars)")
        self.assertNotIn("wrapper", " ".join(said["notes"]))
        self.assertTrue(os.access(app / "gradlew", os.X_OK))
        self.assertTrue((app / "gradlew.bat").is_file())
        with zipfile.ZipFile(app / "gradle/wrapper/gradle-wrapper.jar") as jar:
            self.assertIn("org/gradle/wrapper/GradleWrapperMain.class", jar.namelist())

    def test_no_constant_of_a_model_in_the_code(self):
        """Two models' projects differ in nothing but assets and test vectors."""
        a, b = files(self.made("2.paw", "--id", "com.example.x", "--name", "x")), {}
        b = files(self.made("3.paw", "--id", "com.example.x", "--name", "x"))
        self.assertEqual(a.keys(), b.keys())
        for path in a:
            if not path.startswith((ASSETS, "app/src/test/resources")):
                self.assertEqual(a[path], b[path], path)

    def test_names_go_into_the_string_resource_alone(self):
        for name in ("</string>\"'&`${x}\\n", "@string/app_name", "?attr/x", " two  spaces ", "кошка 🐈"):
            with self.subTest(name):
                app = self.made("colors.paw", "--name", name)
                strings = {s.get("name"): s.text for s in xml.parse(app / STRINGS).getroot()}
                self.assertEqual(resource_text(strings["app_name"]), name)
                plain, named = files(self.app), files(app)
                changed = [path for path in plain if plain[path] != named[path]]
                self.assertLessEqual(set(changed), {STRINGS, f"{ASSETS}/model.json", "app/build.gradle.kts"} | {
                    path for path in changed if path.endswith(".tflite")})

    def test_ids_are_checked_and_stand_in_the_build_file(self):
        app = self.made("colors.paw", "--id", "com.example.a_b.c1")
        self.assertIn('applicationId = "com.example.a_b.c1"', (app / "app/build.gradle.kts").read_text())
        for bad in ("com.example.x\"", "com.example.$x", "com", "com.Example.x", "com.example.fun", "com..x", "../x.y"):
            call(PAW, "app", self.folder / "colors.paw", "-o", self.folder / "bad", "--android", "--id", bad, code=2)
        self.assertFalse((self.folder / "bad").exists())

    def test_files_are_well_formed_and_without_marks(self):
        for path, data in files(self.app).items():
            if path.endswith(".xml"):
                xml.fromstring(data)
            if path.endswith((".kt", ".kts", ".xml", ".toml", ".md", ".json", ".properties")):
                self.assertNotIn(b"@@", data, path)
        catalogue = tomllib.loads((self.app / "gradle/libs.versions.toml").read_text())
        for library in (*catalogue["libraries"].values(), *catalogue["plugins"].values()):
            self.assertIn(library["version"]["ref"], catalogue["versions"])
        used = re.findall(r"libs\.([a-z0-9.]+)", "".join((self.app / p).read_text() for p in ("build.gradle.kts", "app/build.gradle.kts")))
        known = {k.replace("-", ".") for k in catalogue["libraries"]} | {"plugins." + k.replace("-", ".") for k in catalogue["plugins"]}
        self.assertLessEqual({u.rstrip(".") for u in used}, known)

    def test_the_model_is_stored_as_it_is(self):
        self.assertIn('noCompress += "tflite"', (self.app / "app/build.gradle.kts").read_text())

    def test_named_bugs_have_their_tests(self):
        root = Path(__file__).resolve().parents[2]
        table = (root / "docs/apps.md").read_text().split("### Named bugs")[1].split("\n## ")[0]
        rows = [line for line in table.splitlines() if re.match(r"\| [a-n] \|", line)]
        self.assertEqual([row[2] for row in rows], list("abcdefghijklmn"))
        known = "".join(path.read_text() for folder in ("tests/acceptance", "tests/app_android", "tests/app_ios", "src/apps/templates", "src/pipeline")
                        for path in (root / folder).rglob("*") if path.suffix in (".py", ".kt", ".swift", ".cc", ".txt"))
        for name in re.findall(r"`([^`]+)`", "".join(rows)):
            if name.startswith("app_"):
                self.assertTrue((root / "tests" / name.replace(".", "/")).with_name(name.split(".")[1] + "_test.py").is_file(), name)
            else:
                self.assertRegex(known, rf"\b{name.split('.')[-1]}\b")

    def test_every_text_that_people_see_is_a_string_resource(self):
        names = {s.get("name") for s in xml.parse(self.app / STRINGS).getroot()}
        used = set()
        for path, data in files(self.app).items():
            text = data.decode() if path.endswith((".kt", ".xml")) else ""
            if path.endswith(".xml") and "/res/" in path and "/values" not in path or path.endswith("AndroidManifest.xml"):
                for words in re.findall(r'android:(?:text|contentDescription|label)="([^"]*)"', text):
                    self.assertTrue(words.startswith("@string/"), f"{path}: {words}")
            used |= set(re.findall(r"R\.string\.(\w+)", text)) | set(re.findall(r"@string/(\w+)", text))
        self.assertEqual(used, names)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
