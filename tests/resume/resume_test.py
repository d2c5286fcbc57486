"""Training dies at any moment and goes on: the same bytes as if nothing had happened.

60 drawn photos at 64 px. `kill -9` at 20 moments, drawn at random, every other one while a checkpoint is being written;
1 and 2 threads in turn. Then what a run cannot go on with, and faults of the disk.
"""
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

PAW = Path(os.environ["PAW_BUILD_DIR"]) / "paw"
EPOCHS = 40


def digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


class Resume(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = Path(tempfile.mkdtemp(prefix="paw-resume-"))
        cls.environment = dict(os.environ, XDG_CACHE_HOME=str(cls.root / "cache"))
        cls.photos = cls.root / "photos"
        cls.call("data", "draw", "-o", cls.photos, "--count", "60", "--size", "64")
        cls.call(*cls.training("whole"))
        cls.expected = digest(cls.root / "whole/model.paw")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.root, ignore_errors=True)

    @classmethod
    def training(cls, run, *flags):
        return ("train", cls.photos, "-o", cls.root / run, "--net", "pawnet", "--size", "64", "--epochs", EPOCHS, *flags)

    @classmethod
    def call(cls, *arguments, code=0, **options):
        command = [str(part) for part in (PAW, *arguments, "--quiet", "--json")]
        done = subprocess.run(command, capture_output=True, text=True, env=cls.environment, **options)
        if done.returncode != code:
            raise AssertionError(f"{command}: exit {done.returncode}, not {code}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout) if done.stdout else {}

    def start(self, run, threads):
        command = [str(part) for part in (PAW, *self.training(run, "--resume", "--quiet", "--threads", threads))]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=self.environment)

    def test_killed_at_twenty_moments_it_ends_in_the_same_bytes(self):
        moments, run, killed, torn = random.Random(20), self.root / "killed", 0, 0
        for turn in range(200):
            process = self.start("killed", 1 + turn % 2)
            if turn % 2 == 0:
                time.sleep(moments.uniform(0.02, 0.4))
            else:
                # A file that is being written, some way into this life.
                wait_until, deadline = moments.randrange(1, 6), time.monotonic() + 2
                while process.poll() is None and time.monotonic() < deadline and wait_until > 0:
                    if any(name.endswith(".tmp") for name in names(run / "checkpoint")):
                        wait_until -= 1
                        if wait_until > 0:
                            while process.poll() is None and any(n.endswith(".tmp") for n in names(run / "checkpoint")):
                                pass
            process.send_signal(signal.SIGKILL)
            process.communicate()
            if process.returncode == -signal.SIGKILL:
                killed += 1
                torn += any(name.endswith(".tmp") for name in names(run / "checkpoint"))
            elif (run / "model.paw").exists():  # it got through
                self.assertEqual(digest(run / "model.paw"), self.expected)
                shutil.rmtree(run)
            if killed == 20:
                break
        self.assertEqual(killed, 20)
        self.assertGreater(torn, 0, "no kill fell into the writing of a checkpoint")
        self.call(*self.training("killed", "--resume"))
        self.assertEqual(digest(run / "model.paw"), self.expected)
        self.assertEqual(digest(run / "manifest.csv"), digest(self.root / "whole/manifest.csv"))
        rows = [line.split(",")[:7] for line in (run / "metrics.csv").read_text().splitlines()]
        self.assertEqual(rows, [line.split(",")[:7] for line in (self.root / "whole/metrics.csv").read_text().splitlines()])
        self.assertFalse([name for name in names(run) + names(run / "checkpoint") if name.endswith(".tmp")])
        # Once finished, it says the same again.
        self.assertEqual(self.call(*self.training("killed", "--resume"))["test"], self.call(*self.training("whole", "--resume"))["test"])

    def test_interrupted_it_says_how_to_go_on(self):
        for how, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            process = self.start(f"stopped{code}", 1)
            while process.poll() is None and len(names(self.root / f"stopped{code}/checkpoint")) < 2:
                time.sleep(0.01)
            process.send_signal(how)
            _, said = process.communicate()
            self.assertEqual(process.returncode, code)
            self.assertIn(b"--resume", said)
            self.call(*self.training(f"stopped{code}", "--resume"))
            self.assertEqual(digest(self.root / f"stopped{code}/model.paw"), self.expected)

    def interrupted(self, run):
        process = self.start(run, 2)
        while process.poll() is None and len(names(self.root / run / "checkpoint")) < 2:
            time.sleep(0.01)
        process.kill()
        process.communicate()

    def refused(self, run, photos, *flags):
        """The message, which names the difference; the run stays as it was."""
        before = {name: digest(self.root / run / name) for name in ("run.json", "manifest.csv")}
        command = ("train", photos, "-o", self.root / run, "--resume", *flags)
        error = self.call(*command, code=8)["error"]
        self.assertEqual(error["code"], "resume_refused")
        self.assertEqual(before, {name: digest(self.root / run / name) for name in before})
        return error["message"]

    def test_what_differs_is_named_and_bringing_it_back_goes_on(self):
        self.interrupted("differs")
        self.assertIn("--epochs was 40, now is 41", self.refused("differs", self.photos, "--epochs", "41"))
        self.assertIn("--seed was 0, now is 1", self.refused("differs", self.photos, "--seed", "1"))
        changed = self.root / "changed"
        shutil.copytree(self.photos, changed)
        victim = changed / "cat/cat_0003.png"
        victim.unlink()
        self.assertIn("photos", self.refused("differs", changed))
        shutil.copy(self.photos / "cat/cat_0003.png", victim)
        environment, self.__class__.environment = self.environment, dict(self.environment, PAW_ISA="portable")
        self.assertIn("instruction_set", self.refused("differs", changed))
        self.__class__.environment = environment
        # Flags that were left out are the run's own; another folder with the same photos is as good.
        self.call("train", changed, "-o", self.root / "differs", "--resume")
        self.assertEqual(digest(self.root / "differs/model.paw"), self.expected)

    def test_a_photo_that_vanishes_is_named_and_the_run_goes_on_with_it(self):
        """Without a cache of decoded photos, so that each epoch reads them."""
        environment, self.__class__.environment = self.environment, dict(self.environment, XDG_CACHE_HOME="/dev/null")
        photos = self.root / "vanishing"
        shutil.copytree(self.photos, photos)
        command = [str(p) for p in (PAW, *self.training("vanished"), "--json", "--quiet")]
        command[2] = str(photos)
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=self.environment)
        while process.poll() is None and not names(self.root / "vanished/checkpoint"):
            time.sleep(0.005)
        victims = sorted(photos.glob("dog/*.png"))
        for victim in victims:
            victim.rename(victim.with_suffix(".away"))
        out, _ = process.communicate()
        for victim in victims:
            victim.with_suffix(".away").rename(victim)
        self.assertEqual(process.returncode, 6, out)
        self.assertIn("vanishing/dog/dog_", json.loads(out)["error"]["where"])
        self.__class__.environment = environment
        self.call("train", photos, "-o", self.root / "vanished", "--resume")
        self.assertEqual(digest(self.root / "vanished/model.paw"), self.expected)

    def test_a_flipped_bit_in_the_last_checkpoint_costs_an_epoch(self):
        self.interrupted("flipped")
        last = sorted((self.root / "flipped/checkpoint").glob("*.ckpt"))[-1]
        data = bytearray(last.read_bytes())
        data[len(data) // 2] ^= 16
        last.write_bytes(data)
        self.call(*self.training("flipped", "--resume"))
        self.assertEqual(digest(self.root / "flipped/model.paw"), self.expected)

    def test_a_full_disk_is_an_error_and_the_run_goes_on_later(self):
        size = (self.root / "whole/checkpoint").joinpath(f"net-{EPOCHS:06}.ckpt").stat().st_size

        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (size // 2, size // 2))

        command = self.training("full")
        error = self.call(*command, code=6, preexec_fn=limit)["error"]
        self.assertEqual(error["code"], "io")
        self.call(*self.training("full", "--resume"))
        self.assertEqual(digest(self.root / "full/model.paw"), self.expected)

    def test_two_in_one_folder_do_not_mix(self):
        first = self.start("shared", 1)
        while first.poll() is None and not names(self.root / "shared/checkpoint"):
            time.sleep(0.01)
        error = self.call(*self.training("shared", "--resume"), code=6)["error"]
        self.assertIn("in use", error["message"])
        first.communicate()
        self.assertEqual(digest(self.root / "shared/model.paw"), self.expected)

    def test_a_bad_start_leaves_nothing_and_takes_nothing(self):
        self.call("train", self.root / "nowhere", "-o", self.root / "bad", code=6)
        self.assertFalse((self.root / "bad").exists())
        self.call("train", self.root / "nowhere", "-o", self.root / "whole", "--force", code=6)
        self.assertEqual(digest(self.root / "whole/model.paw"), self.expected)
        self.call("train", self.photos, "-o", "/proc/paw", code=6)


def names(folder):
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []


if __name__ == "__main__":
    sys.exit(not unittest.main(exit=False, verbosity=2).result.wasSuccessful())
