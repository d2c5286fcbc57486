"""jvm_test.py PAW MODELS_PROGRAM FOLDER: the app's dex code on the JVM. enjarify translates it back; fakes stand in for the
phone, the library is the package's own for this processor. And the sources against the signatures of a whole Android."""
import json
import os
import shutil
import struct
import subprocess
import sys
import unittest
import zipfile
from pathlib import Path

import native

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import maven  # noqa: E402

PAW, MODELS_PROGRAM, FOLDER = (Path(a).resolve() for a in sys.argv[1:4])
APP = HERE.parents[1] / "src/apps/templates/apk"
JSON = ("org.json:json:20240303", "3cf6cd6892e32e2b4c1c39e0f52f5248a2f5b37646fdfbb79a66b46b618414ed")
ANDROID = ("org.robolectric:android-all:16-robolectric-13921718", "8b74a0a137330658d2f33f0dc715d42734f74ba8b2d7014fc2e95aa40d3f682d")


def java(*arguments, **options):
    done = subprocess.run(list(map(str, arguments)), capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{arguments[0]}: {done.stdout}{done.stderr}"
    return done.stdout


def javac(out: Path, sources, path=()):
    out.mkdir(parents=True, exist_ok=True)
    java("javac", "-nowarn", "-Xlint:-options", "--release", "17", "-d", out, "-cp", os.pathsep.join(map(str, path)) or ".",
         *sources)
    return out


class JvmTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.json = maven.artifact(*JSON)
        if cls.json is None:
            raise unittest.SkipTest("no org.json")
        fakes = sorted((HERE / "fakes").glob("*.java"))
        names = {fake.name for fake in fakes} | {"JSONArray.java", "JSONObject.java", "JSONException.java"}
        stubs = [stub for stub in sorted((APP / "stubs").glob("*.java")) if stub.name not in names]
        cls.android = javac(FOLDER / "android", [*stubs, *fakes])
        # What is translated back has lost which class is inside which: good to run, not to compile against.
        compiled = javac(FOLDER / "compiled", sorted((APP / "src").glob("*.java")), [cls.json, cls.android])
        cls.main = javac(FOLDER / "main", [HERE / "RunApp.java"], [compiled, cls.json, cls.android])

    def test_the_dex_runs(self):
        for model in ("colors", "2", "3", "1000"):
            environment = {**os.environ, "XDG_DATA_HOME": str(FOLDER / "data")}
            subprocess.run([PAW, "app", FOLDER / f"{model}.paw", "-o", FOLDER / model, "--apk", "--id", "com.example.app", "--quiet",
                            "--force"], check=True, stdout=subprocess.DEVNULL, env=environment)
            folder = FOLDER / f"unpacked_{model}"
            with zipfile.ZipFile(FOLDER / model / "apk/app.apk") as archive:
                archive.extractall(folder)
            # Debian's own Python has what it imports.
            java("enjarify", "-f", folder / "classes.dex", "-o", folder / "app.jar",
                 env={**os.environ, "PATH": f"/usr/bin:{os.environ['PATH']}"})
            classes = [self.json, folder / "app.jar", self.android]
            names = native.library_path("x86_64", FOLDER / "libraries")
            said = java("java", "-Xcheck:jni", "-Djava.awt.headless=true", f"-Djava.library.path={folder}/lib/x86_64", "-cp",
                        os.pathsep.join(map(str, [self.main, *classes])), "pawprint.app.RunApp", folder / "assets",
                        APP / "res/values/strings.xml", env={**os.environ, "LD_LIBRARY_PATH": str(names)})
            self.assertNotIn("WARNING in native method", said)
            agree, of, largest = said.split()[-3:]
            print(f"the app on the JVM, {model}: label agrees {agree}/{of}, largest difference {float(largest):.1e}")
            tolerance = json.loads((folder / "assets/model.json").read_text())["tolerance"]
            self.assertEqual((agree, of), ("8", "8"))
            self.assertLessEqual(float(largest), tolerance)

    def test_sources_against_a_whole_android(self):
        whole = maven.artifact(*ANDROID)
        if whole is None:
            self.skipTest("no android-all")
        android = FOLDER / "android36.jar"
        # Its classes are of a newer Java than this system's, in nothing but the number.
        with zipfile.ZipFile(whole) as from_, zipfile.ZipFile(android, "w") as to:
            for entry in from_.infolist():
                if entry.filename.startswith(("android/", "org/json/")) and entry.filename.endswith(".class"):
                    data = from_.read(entry)
                    to.writestr(entry.filename, data[:4] + struct.pack(">HH", 0, 61) + data[8:])
        javac(FOLDER / "checked", sorted((APP / "src").glob("*.java")), [android])
        # Constants are compiled into the app: the stubs' must be Android's.
        stubs = javac(FOLDER / "stubs", sorted((APP / "stubs").glob("*.java")))
        names = [str(path.relative_to(stubs))[:-6].replace("/", ".") for path in sorted(stubs.rglob("*.class"))]

        def constants(classes):
            out, name = {}, ""
            said = java("javap", "-public", "-constants", "-cp", classes, *names)
            for line in said.splitlines():
                if line.endswith("{"):
                    name = line.split(" class " if " class " in line else " interface ")[1].split()[0].split("<")[0]
                elif " static final " in line and " = " in line:
                    field, value = line.strip().rstrip(";").split(" = ", 1)
                    out[name, field.split()[-1]] = value
            return out

        ours, theirs = constants(stubs), constants(android)
        self.assertGreater(len(ours), 20)
        self.assertEqual(ours, {key: theirs.get(key) for key in ours})


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    subprocess.run([MODELS_PROGRAM, FOLDER], check=True)
    for tool in ("enjarify", "javac", "aapt2", "apksigner"):
        if shutil.which(tool) is None:
            print(f"skipped: no {tool}")
            return maven.SKIPPED
    probe = subprocess.run([PAW, "app", FOLDER / "colors.paw", "-o", FOLDER / "probe", "--apk", "--json", "--quiet"],
                           capture_output=True, text=True, env={**os.environ, "XDG_DATA_HOME": str(FOLDER / "data")})
    if probe.returncode == 6:
        print(f"skipped: {probe.stdout}")
        return maven.SKIPPED
    result = unittest.main(argv=sys.argv[:1], exit=False).result
    return (maven.SKIPPED if result.skipped else 0) if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
