"""The runner works: one row of the inference table in a short form. Peers that bench/setup has not installed are told."""
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT, BUILD = Path(os.environ["PAW_SOURCE_DIR"]), Path(os.environ["PAW_BUILD_DIR"])
FIGURE = re.compile(r"\d[\d.]* / \d[\d.]* \(\d+%\)")


def cells(net):
    command = [ROOT / "bench/run", "inference", "--net", net, "--threads", "1", "--repeats", "1", "--rounds", "2", "--seconds",
               "0.05", "--build", BUILD]
    done = subprocess.run(command, capture_output=True, text=True)
    print(done.stdout + done.stderr)
    if done.returncode != 0:
        sys.exit("bench/run failed")
    head, _, row = [line.strip("| ").split(" | ") for line in done.stdout.splitlines() if line.startswith("|")]
    return dict(zip(head, row))


def main():
    found = cells("mobilenet_v2")
    bad = []
    for engine in ("ours", "LiteRT", "ONNX Runtime", "OpenVINO"):
        allowed = () if engine == "ours" else ("not installed", "no model: run bench/setup")
        if not FIGURE.fullmatch(found[engine]) and found[engine] not in allowed:
            bad.append(f"{engine}: {found[engine]}")
    sys.exit("; ".join(bad) or None)


if __name__ == "__main__":
    main()
