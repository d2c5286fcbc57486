"""Pinned files of the Maven registry for tests, in a folder of the build."""
import hashlib
import subprocess
from pathlib import Path


def fetched(pins: Path, folder: Path):
    """The jars that `pins` names, a line "group:artifact:version sha256" each; None, after saying why, when they cannot be had."""
    jars = []
    for line in pins.read_text().split("\n"):
        if not line or line.startswith("#"):
            continue
        name, wanted = line.split()
        _, artifact, version = name.split(":")
        jar = folder / f"{artifact}-{version}.jar"
        if not jar.exists() or digest(jar) != wanted:
            folder.mkdir(parents=True, exist_ok=True)
            maven = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={name}", f"-DoutputDirectory={folder}", "-Dmdep.stripVersion=false"]
            if subprocess.run(maven, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0:
                print(f"skipped: no network: {name} cannot be had")
                return None
            if digest(jar) != wanted:
                raise SystemExit(f"{name}: its SHA-256 is {digest(jar)}, not {wanted}")
        jars.append(jar)
    return jars


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
