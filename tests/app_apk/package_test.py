"""package_test.py PAW MODELS_PROGRAM FOLDER: what `paw app --apk` writes, by the tools that phones' makers check with, and its
native library under qemu on the golden photos."""
import json
import os
import re
import shutil
import subprocess
import sys
import unittest
import zipfile
from pathlib import Path

import native

PAW, MODELS_PROGRAM, FOLDER = (Path(a).resolve() for a in sys.argv[1:4])
ROOT = Path(__file__).resolve().parents[2]
SKIPPED = 77
PAGE = 16384
HARD_NAMES = ["@string/app_name", "?attr/x", "a \"quoted\", 'app' \\n", "</string> & <b>", "кошка 猫 🐈", " spaces  inside "]


def paw(*arguments, code=0, environment=None):
    done = subprocess.run([PAW, *map(str, arguments), "--json", "--quiet"], capture_output=True, text=True, cwd=FOLDER,
                          env={**os.environ, "XDG_DATA_HOME": str(FOLDER / "data"), **(environment or {})})
    assert done.returncode == code, f"{arguments}: {done.returncode} {done.stdout}{done.stderr}"
    return json.loads(done.stdout)


def output(*command):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout


def make(model, name, *options):
    """The package of an app of that model."""
    paw("app", FOLDER / f"{model}.paw", "-o", FOLDER / name, "--apk", "--force", "--id", "com.example.app", *options)
    return FOLDER / name / "apk/app.apk"


def data_offset(package: Path, entry: zipfile.ZipInfo):
    data = package.read_bytes()[entry.header_offset:entry.header_offset + 30]
    return entry.header_offset + 30 + int.from_bytes(data[26:28], "little") + int.from_bytes(data[28:30], "little")


class PackageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        subprocess.run([MODELS_PROGRAM, FOLDER], check=True)
        subprocess.run([PAW, "data", "draw", "-o", FOLDER / "drawn", "--count", "16", "--size", "160", "--quiet", "--force"],
                       check=True, stdout=subprocess.DEVNULL)
        paw("optimize", FOLDER / "2.paw", "-o", FOLDER / "int8.paw", "--recipe", "int8", "--calibrate", FOLDER / "drawn",
            "--max-drop", 1, "--force")
        cls.models = ("colors", "2", "3", "1000", "int8")
        cls.packages = {model: make(model, f"app_{model}") for model in cls.models}
        cls.one = cls.packages["2"]

    def unpacked(self, model):
        folder = FOLDER / f"unpacked_{model}"
        with zipfile.ZipFile(self.packages[model]) as archive:
            archive.extractall(folder)
        return folder

    def test_signed_by_schemes_2_and_3(self):
        said = output("apksigner", "verify", "--verbose", "--min-sdk-version", "24", self.one)
        self.assertIn("Verified using v2 scheme (APK Signature Scheme v2): true", said)
        self.assertIn("Verified using v3 scheme (APK Signature Scheme v3): true", said)

    def test_a_changed_byte_is_noticed(self):
        data = bytearray(self.one.read_bytes())
        with zipfile.ZipFile(self.one) as archive:
            data[data_offset(self.one, archive.getinfo("assets/model.plan")) + 1000] ^= 1
        changed = FOLDER / "changed.apk"
        changed.write_bytes(data)
        self.assertNotEqual(subprocess.run(["apksigner", "verify", changed], capture_output=True).returncode, 0)

    def test_everything_is_stored_and_aligned(self):
        for package in self.packages.values():
            with zipfile.ZipFile(package) as archive:
                self.assertIsNone(archive.testzip())
                names = [entry.filename for entry in archive.infolist()]
                for name in ("AndroidManifest.xml", "resources.arsc", "classes.dex", "assets/model.plan", "assets/model.json",
                             "assets/golden/7.png", "lib/arm64-v8a/libpaw.so", "lib/x86_64/libpaw.so"):
                    self.assertIn(name, names)
                for entry in archive.infolist():
                    self.assertEqual(entry.compress_type, zipfile.ZIP_STORED, entry.filename)
                    step = PAGE if entry.filename.endswith(".so") else 4
                    self.assertEqual(data_offset(package, entry) % step, 0, entry.filename)

    def test_manifest(self):
        said = output("aapt2", "dump", "badging", self.one)
        for words in ("package: name='com.example.app'", "sdkVersion:'24'", "targetSdkVersion:'36'",
                      "uses-permission: name='android.permission.CAMERA'", "launchable-activity: name='pawprint.app.MainActivity'",
                      "native-code: 'arm64-v8a' 'x86_64'"):
            self.assertIn(words, said)

    def test_libraries_need_android_alone(self):
        known = set(re.findall(r"^lib\w+ (\w+)$", (ROOT / "src/apps/jni/bionic.txt").read_text(), re.M))
        for abi in native.ABIS:
            library = self.unpacked("2") / f"lib/{abi}/libpaw.so"
            headers = output("readelf", "-lW", library)
            self.assertNotRegex(headers, r"\bTLS\b")
            loads = re.findall(r"^\s+LOAD.*0x(\w+)$", headers, re.M)
            self.assertTrue(loads)
            self.assertEqual({int(alignment, 16) for alignment in loads}, {PAGE})
            needed = set(re.findall(r"NEEDED.*\[(.*)\]", output("readelf", "-dW", library)))
            self.assertLessEqual(needed, {"libc.so", "libm.so", "libdl.so", "liblog.so"})
            self.assertNotIn("GLIBC", output("readelf", "-VW", library))
            symbols = [line.split() for line in output("readelf", "--dyn-syms", "-W", library).splitlines() if re.match(r"\s+\d+:", line)]
            undefined = {line[7] for line in symbols if line[6] == "UND" and len(line) > 7}
            self.assertLessEqual(undefined, known)
            offered = {line[7] for line in symbols if line[6] != "UND"}
            self.assertTrue(all(name.startswith(("Java_pawprint_app_Engine_", "paw_")) for name in offered), offered)
            natives = re.findall(r"static native \S+ (\w+)\(", (ROOT / "src/apps/templates/apk/src/Engine.java").read_text())
            self.assertLessEqual({f"Java_pawprint_app_Engine_{name}" for name in natives}, offered)

    def test_same_bytes_twice(self):
        self.assertEqual(make("2", "again").read_bytes(), self.one.read_bytes())
        self.assertNotEqual(make("3", "again").read_bytes(), self.one.read_bytes())

    def test_hard_names_are_names(self):
        for name in HARD_NAMES:
            said = output("aapt2", "dump", "resources", make("colors", "named", "--name", name))
            shown = re.search(r"string/app_name\s+\(\) \"(.*)\"$", said, re.M)
            self.assertIsNotNone(shown, said)
            self.assertEqual(shown[1], name)

    def test_labels_travel_as_they_are(self):
        labels = json.loads((self.unpacked("1000") / "assets/model.json").read_text())["labels"]
        self.assertEqual(labels[:3], ["a \"quoted\", 'label' \\ </script>", "кошка, 猫 🐈‍⬛", "w" * 200])
        self.assertEqual(len(labels), 1000)

    def test_refusals_leave_nothing(self):
        new = FOLDER / "new"
        for code, words, options, environment in (
                (2, "application id", ["--id", "com.example.x\"/><"], None),
                (2, "control character", ["--name", "a\nb"], None),
                (6, "Debian: apt install aapt", [], {"PATH": "/nowhere"})):
            error = paw("app", FOLDER / "2.paw", "-o", new, "--apk", *options, code=code, environment=environment)["error"]
            self.assertIn(words, error["message"] + error["where"] + error["hint"])
            self.assertFalse(new.exists())

    def agrees(self, abi, model):
        missing = native.missing(abi)
        if missing is not None:
            self.skipTest(f"no {missing}")
        folder = self.unpacked(model)
        record = json.loads((folder / "assets/model.json").read_text())
        photos = [folder / "assets" / golden["file"] for golden in record["golden"]]
        got = native.scores(abi, folder / f"lib/{abi}/libpaw.so", folder / "assets/model.plan", record, photos,
                            FOLDER / f"native_{abi}")
        largest = 0
        for golden, scores in zip(record["golden"], got, strict=True):
            wanted = golden["scores"]
            self.assertEqual(scores.index(max(scores)), wanted.index(max(wanted)))
            largest = max(largest, *(abs(a - b) for a, b in zip(scores, wanted, strict=True)))
        print(f"{abi} {model}: label agrees {len(got)}/{len(photos)}, largest difference {largest:.1e}")
        self.assertLessEqual(largest, record["tolerance"])

    def test_arm64_answers_as_here(self):
        for model in self.models:
            self.agrees("arm64-v8a", model)

    def test_x86_64_answers_as_here(self):
        for model in self.models:
            self.agrees("x86_64", model)


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    subprocess.run([MODELS_PROGRAM, FOLDER], check=True)
    probe = subprocess.run([PAW, "app", FOLDER / "colors.paw", "-o", FOLDER / "probe", "--apk", "--json", "--quiet"],
                           capture_output=True, text=True, env={**os.environ, "XDG_DATA_HOME": str(FOLDER / "data")})
    if probe.returncode == 6:
        error = json.loads(probe.stdout)["error"]
        print(f"skipped: {error['where']} {error['message']}; {error['hint']}")
        return SKIPPED
    return 0 if unittest.main(argv=sys.argv[:1], exit=False).result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
