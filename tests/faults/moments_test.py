"""moments_test.py COUNT: the whole job on 60 photos is stopped COUNT times at random moments, in five ways in turn: killed,
interrupted, its disk full, a photo taken away, its folder read-only. Each time it ends in the exit code that is documented, and
goes on to the same bytes as if nothing had happened, or refuses and names the reason.

Full disks and read-only folders are mounts in a namespace of this test; where it may not make one, they are a limit of file sizes
and the folder's permissions.
"""
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from runs import Place, tree  # noqa: E402

MOUNTS = os.environ.get("PAW_FAULTS_MOUNTS") == "1"
COUNT = 5
SEED = 9


def own_namespace():
    """Runs this test again where it may mount, if it may."""
    if "PAW_FAULTS_MOUNTS" in os.environ:
        return
    may = os.geteuid() == 0 and subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode == 0
    os.environ["PAW_FAULTS_MOUNTS"] = "1" if may else "0"
    if may:
        os.execvp("unshare", ["unshare", "-m", sys.executable, *sys.argv])


def mount(*arguments):
    subprocess.run(["mount", *map(str, arguments)], check=True)


def make_read_only(folder):
    """While anything in it is open for writing it cannot be; files are open for moments only."""
    mount("--bind", folder, folder)
    command = ["mount", "-o", "remount,bind,ro", folder]
    for _ in range(500):
        if subprocess.run(command, stderr=subprocess.DEVNULL).returncode == 0:
            return
        time.sleep(0.01)
    raise AssertionError(f"{folder} cannot be made read-only")


class Moments(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place()
        cls.place.run(cls.place.root / "warm")  # fills the cache
        began = time.monotonic()
        cls.place.run(cls.place.root / "whole")
        cls.seconds = time.monotonic() - began
        cls.expected = tree(cls.place.root / "whole")

    @classmethod
    def tearDownClass(cls):
        cls.place.close()

    def start(self, run, photos, **options):
        return subprocess.Popen(self.place.command(photos, run), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env=self.place.environment, **options)

    def ended(self, process, *codes):
        """Its error, or nothing when it got through before the fault did anything."""
        out, err = process.communicate()
        self.assertIn(process.returncode, (0, *codes), out + err)
        return json.loads(out)["error"] if process.returncode not in (0, 130, -signal.SIGKILL) else None

    def same_in_the_end(self, run, photos):
        self.place.run(run, "--resume", photos=photos)
        now = tree(run)
        self.assertEqual({name for name in now.keys() ^ self.expected.keys()}, set())
        self.assertEqual([name for name in now if now[name] != self.expected[name]], [])

    def kill(self, run, photos, moment):
        process = self.start(run, photos)
        time.sleep(moment)
        process.kill()
        self.ended(process, -signal.SIGKILL)
        self.same_in_the_end(run, photos)

    def interrupt(self, run, photos, moment):
        process = self.start(run, photos)
        # Before it has begun nothing catches the signal.
        time.sleep(max(moment, 0.2))
        process.send_signal(signal.SIGINT)
        self.ended(process, 130)
        self.same_in_the_end(run, photos)

    def fill_disk(self, run, photos, moment):
        share = moment / self.seconds
        size = 16384 + int(share * sum(path.stat().st_size for path in (self.place.root / "whole").rglob("*")))
        if MOUNTS:
            disk = run.with_suffix(".disk")
            disk.mkdir()
            mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk)
            run = disk / "run"
            error = self.ended(self.start(run, photos), 6)
            mount("-o", "remount,size=100m", disk)
        else:
            limit = min(size, 100_000)
            error = self.ended(self.start(run, photos, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))), 6)
        if error:
            self.assertEqual(error["code"], "io")
        self.same_in_the_end(run, photos)
        if MOUNTS:
            subprocess.run(["umount", disk], check=True)

    def take_photo(self, run, photos, moment):
        own = run.with_suffix(".photos")
        shutil.copytree(photos, own)
        victim = own / random.Random(moment).choice(["cat/cat_0003.png", "dog/dog_0011.png", "cat/cat_0022.png"])
        kept = run.with_suffix(".png")
        process = self.start(run, own)
        time.sleep(moment)
        shutil.move(victim, kept)
        error = self.ended(process, 3, 6)
        if error:
            self.assertTrue(victim.name in error["message"] + error["where"] or error["code"] == "bad_data", error)
        manifest = (run / "manifest.csv").read_text() if (run / "manifest.csv").exists() else ""
        row = next((line for line in manifest.splitlines() if victim.name in line), "")
        if manifest and row.endswith(",ok,"):
            # The run knows the photo: it does not go on without it, and says which one.
            said = self.place.run(run, "--resume", photos=own, code=8)["error"]
            self.assertIn("photo", said["message"])
            shutil.move(kept, victim)
            self.same_in_the_end(run, own)
        elif manifest:
            # It went before it was looked at: the run is one of the others, and the photo is new to it.
            shutil.move(kept, victim)
            self.place.run(run, "--resume", photos=own, code=8)

    def read_only(self, run, photos, moment):
        process = self.start(run, photos)
        time.sleep(moment)
        run.mkdir(exist_ok=True)
        if MOUNTS:
            make_read_only(run)
        else:
            for folder in (run, *filter(Path.is_dir, run.rglob("*"))):
                folder.chmod(0o555)
        error = self.ended(process, 6)
        if error:
            self.assertEqual(error["code"], "io")
        if MOUNTS:
            subprocess.run(["umount", run], check=True)
        else:
            for folder in (run, *filter(Path.is_dir, run.rglob("*"))):
                folder.chmod(0o755)
        self.same_in_the_end(run, photos)

    def test_each_ends_as_documented_and_goes_on_to_the_same_bytes(self):
        moments = random.Random(SEED)
        faults = (self.kill, self.fill_disk, self.take_photo, self.read_only, self.interrupt)
        for i in range(COUNT):
            fault, moment = faults[i % len(faults)], moments.uniform(0, self.seconds)
            with self.subTest(i, fault=fault.__name__, moment=round(moment, 3), of=round(self.seconds, 3)):
                run = self.place.root / f"run{i}"
                fault(run, self.place.photos, moment)
                shutil.rmtree(run, ignore_errors=True)


if __name__ == "__main__":
    own_namespace()
    COUNT = int(sys.argv.pop(1))
    unittest.main()
