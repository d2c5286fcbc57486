"""run.py FUZZER SEEDS: the fuzzer on a fresh corpus of our own files; what it finds is named in its output."""
import subprocess
import sys
import tempfile

# A run is a function of these: the same on every machine. One input may take 512 MB at once and, under sanitizers on a busy
# machine, 25 s before it counts as hanging.
OPTIONS = ["-runs=100000", "-seed=1", "-timeout=25", "-malloc_limit_mb=512", "-rss_limit_mb=4096", "-print_final_stats=1"]


def main() -> int:
    fuzzer, seeds = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as corpus:
        subprocess.run([seeds, corpus], check=True)
        return subprocess.run([fuzzer, *OPTIONS, "-artifact_prefix=build/fuzz/", corpus]).returncode


if __name__ == "__main__":
    sys.exit(main())
