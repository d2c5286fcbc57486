"""The engine for Android, run here: under qemu for another processor, with this system's C library in Android's place."""
import os
import shutil
import struct
import subprocess
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# ABI of Android -> (the compiler's target, where its C library is, what runs it).
ABIS = {"arm64-v8a": ("aarch64-linux-gnu", "/usr/aarch64-linux-gnu/lib", ["qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu"]),
        "x86_64": ("x86_64-linux-gnu", "/lib/x86_64-linux-gnu", [])}
# Android's names of what glibc calls otherwise.
NAMES = {"libc.so": "libc.so.6", "libm.so": "libm.so.6", "libdl.so": "libdl.so.2"}


def rgba(png: bytes):
    """(pixels, width, height) of a PNG of 8 bits a channel, RGB or RGBA, not interlaced: what paw writes."""
    at, data, width, height, channels = 8, b"", 0, 0, 0
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        body = png[at + 8:at + 8 + length]
        at += 12 + length
        if kind == b"IHDR":
            width, height, depth, color, _, _, interlaced = struct.unpack(">IIBBBBB", body)
            assert depth == 8 and color in (2, 6) and interlaced == 0
            channels = 3 if color == 2 else 4
        elif kind == b"IDAT":
            data += body
    raw = zlib.decompress(data)
    stride = width * channels
    out, before = bytearray(), bytearray(stride)
    for y in range(height):
        method, line = raw[y * (stride + 1)], bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for i in range(stride):
            a = line[i - channels] if i >= channels else 0
            b, c = before[i], before[i - channels] if i >= channels else 0
            if method == 1:
                line[i] = (line[i] + a) & 255
            elif method == 2:
                line[i] = (line[i] + b) & 255
            elif method == 3:
                line[i] = (line[i] + (a + b) // 2) & 255
            elif method == 4:
                p = a + b - c
                pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
                line[i] = (line[i] + (a if pa <= pb and pa <= pc else b if pb <= pc else c)) & 255
        for x in range(width):
            out += line[x * channels:x * channels + 3] + b"\xff"
        before = line
    return bytes(out), width, height


def missing(abi):
    """What is not here to run that ABI's library with; None."""
    target, libraries, runner = ABIS[abi]
    for tool in [*runner[:1], "clang-19"]:
        if shutil.which(tool) is None:
            return tool
    return None if (Path(libraries) / "libc.so.6").exists() else f"libc for {target}"


def library_path(abi, folder: Path):
    """A folder where this system's C library has Android's names: libpaw.so is loaded with it on the search path."""
    folder.mkdir(parents=True, exist_ok=True)
    for android, here in NAMES.items():
        link = folder / android
        if not link.exists() and (Path(ABIS[abi][1]) / here).exists():
            link.symlink_to(Path(ABIS[abi][1]) / here)
    return folder


def scores(abi, library: Path, plan: Path, model: dict, photos, folder: Path):
    """Scores of PNG files by the library, a list for each."""
    target, _, runner = ABIS[abi]
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "run_library"
    subprocess.run(["clang-19", f"--target={target}", "-fuse-ld=lld", "-O1", f"-I{ROOT}/include", HERE / "run_library.c", "-ldl",
                    "-o", program], check=True)
    names = library_path(abi, folder / "libraries")
    p = model["preprocess"]
    integers = ("width", "height", "geometry", "resize_short", "filter", "color", "pad_value")
    words = [str(p[name]) for name in integers] + [repr(x) for x in p["scale"] + p["bias"]]
    for i, photo in enumerate(photos):
        pixels, width, height = rgba(photo.read_bytes())
        (folder / f"{i}.rgba").write_bytes(pixels)
        words.append(f"{folder}/{i}.rgba,{width},{height}")
    environment = {**os.environ}
    command = [program, library, plan, *words]
    if runner:
        command = [*runner, "-E", f"LD_LIBRARY_PATH={names}", *command]
    else:
        environment["LD_LIBRARY_PATH"] = str(names)
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, env=environment)
    assert done.returncode == 0, f"{abi}: {done.returncode} {done.stderr}"
    return [[float(x) for x in line.split()] for line in done.stdout.splitlines()]
