"""Pinned files of the Java registry for tests, kept where all checkouts find them; nothing of them is installed."""
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

SKIPPED = 77  # exit code of a test that could not run


def fetched(pins: Path):
    """The jars that `pins` names, a line "group:name:version sha256" each; None, after saying why, when they cannot be had."""
    lines = [line.split() for line in pins.read_text().splitlines() if line and not line.startswith("#")]
    jars = [artifact(*line) for line in lines]
    return None if None in jars else jars


def artifact(coordinates: str, digest: str):
    """The path of GROUP:NAME:VERSION's jar, checked by its SHA-256; None, after saying so, when it cannot be had."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pawprint/jars"
    _, name, version = coordinates.split(":")
    target = cache / f"{name}-{version}.jar"
    if target.is_file() and hashlib.sha256(target.read_bytes()).hexdigest() == digest:
        return target
    if shutil.which("mvn") is None:
        print(f"skipped: no mvn (Debian: maven) to fetch {coordinates}")
        return None
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        command = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={coordinates}", f"-DoutputDirectory={scratch}"]
        done = subprocess.run(command, capture_output=True, cwd=scratch, stdin=subprocess.DEVNULL)
        got = Path(scratch) / target.name
        if done.returncode != 0 or not got.is_file():
            print(f"skipped: no network: {coordinates} cannot be had")
            return None
        assert hashlib.sha256(got.read_bytes()).hexdigest() == digest, f"{coordinates} is not what is pinned"
        got.rename(target)
    return target
