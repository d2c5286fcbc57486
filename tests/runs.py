"""A small run of the whole job, for tests: 60 drawn photos at 64 px, all six stages."""
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

PAW = Path(os.environ["PAW_BUILD_DIR"]) / "paw"

SETTINGS = ("--net", "pawnet", "--size", "64", "--epochs", "6", "--reproducible")

ONE_EPOCH = ("--net", "pawnet", "--size", "64", "--epochs", "1", "--reproducible")


def tree(folder):
    """{path: hash} of every file below a folder."""
    folder = Path(folder)
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*")) if path.is_file()}


class Place:
    """A folder of its own with photos, a cache and runs; gone in the end."""

    def __init__(self, count=60):
        self.root = Path(tempfile.mkdtemp(prefix="paw-runs-"))
        self.environment = dict(os.environ, XDG_CACHE_HOME=str(self.root / "cache"))
        self.photos = self.root / "photos"
        if count:
            self.call("data", "draw", "-o", self.photos, "--count", count, "--size", 64)

    def close(self):
        shutil.rmtree(self.root, ignore_errors=True)

    def text(self, *arguments):
        """What people see on stdout."""
        return subprocess.run([str(part) for part in (PAW, *arguments, "--quiet")], capture_output=True, text=True, check=True,
                              env=self.environment).stdout

    def command(self, photos, run, *flags):
        return [str(part) for part in (PAW, "run", photos, "-o", run, *SETTINGS, "--quiet", "--json", *flags)]

    def call(self, *arguments, code=0):
        """The JSON that the program prints; it must end with that exit code."""
        command = [str(part) for part in (PAW, *arguments, "--quiet", "--json")]
        done = subprocess.run(command, capture_output=True, text=True, env=self.environment)
        if done.returncode != code:
            raise AssertionError(f"{command}: exit {done.returncode}, not {code}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout) if done.stdout else {}

    def run(self, run, *flags, photos=None, settings=SETTINGS, code=0):
        return self.call("run", photos or self.photos, "-o", run, *settings, *flags, code=code)
