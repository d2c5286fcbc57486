"""No innermost loop of the NEON kernels keeps a vector on the stack, as clang compiles them into Android's library.

As kernels_slow_test.py for x86-64, from clang's assembly text: nothing here disassembles arm64. What is compiled, and how, is what the
build itself would do.
"""

import os
import re
import shlex
import subprocess
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))
from assembly import innermost_loops  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("PAW_BUILD_DIR") or ROOT / "build/release")
ENGINE = "android/arm64-v8a"


class Loops(NamedTuple):
    """What must be found in a file, at least: loops with vectors, those of them with multiply-adds, multiply-adds in the largest.
    And exactly: the most constants that one loop reads back from the stack."""

    all: int
    multiply_adds: int
    largest: int
    constants: int = 0


LOOPS = {
    "conv": Loops(13, 12, 24),
    "dwconv": Loops(35, 32, 80),
    # The polynomials of erf and gelu have more constants than there are registers beside their vectors.
    "elementwise": Loops(71, 13, 21, 4),
    "image": Loops(5, 0, 0),
    "move": Loops(1, 0, 0),
    "norm": Loops(1, 1, 1),
    "pool": Loops(6, 0, 0),
    "reduce": Loops(18, 0, 0),
    "resize": Loops(2, 2, 3),
    "softmax": Loops(9, 3, 8),
    "binary_i8": Loops(8, 0, 0),
    "conv_i8": Loops(27, 15, 24),
    "convert_i8": Loops(0, 0, 0),  # for size: its loops call what computes
    "dwconv_i8": Loops(10, 9, 16),
    "pool_i8": Loops(0, 0, 0),  # likewise
}

# N sums of four lanes, kept over a loop: at most 32 registers hold them.
SUMS = """
#include <arm_neon.h>
void sums(const float* a, const float* b, float* c, long n) {
  float32x4_t sum[N];
#pragma clang loop unroll(full)
  for (auto& one : sum) one = vdupq_n_f32(0);
  for (long k = 0; k < n; ++k, a += N) {
    const float32x4_t w = vld1q_f32(b + 4 * k);
#pragma clang loop unroll(full)
    for (int i = 0; i < N; ++i) sum[i] = vfmaq_n_f32(sum[i], w, a[i]);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < N; ++i) vst1q_f32(c + 4 * i, sum[i]);
}
"""
CLANG = ["clang++-19", "--target=aarch64-linux-gnu", "-O2"]


def assembly(command, folder, text=None):
    done = subprocess.run([*command, "-w", "-S", "-o", "-"], cwd=folder, input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{shlex.join(command)}\n{done.stderr}")
    return done.stdout


def compile_command(kernel):
    """As the build makes the object, without launcher and output."""
    said = subprocess.run(["ninja", "-C", BUILD, "-t", "commands", "-s", f"{ENGINE}/{kernel}_neon.o"], capture_output=True, text=True,
                          check=True).stdout
    words = shlex.split(re.search(r"\S*clang\+\+\S* .*_neon\.cc", said)[0])
    return [word for word in words if word not in ("-c", "-MD")]


class Planted(unittest.TestCase):
    def loop(self, sums):
        return max(innermost_loops(assembly([*CLANG, f"-DN={sums}", "-x", "c++", "-"], ROOT, SUMS)), key=lambda loop: loop.multiply_adds())

    def test_sums_that_fit_and_do_not(self):
        fitting, spilled = self.loop(20), self.loop(40)
        self.assertEqual((fitting.multiply_adds(), fitting.kept, fitting.reloaded), (20, [], []))
        self.assertEqual(spilled.multiply_adds(), 40)
        self.assertGreaterEqual(len(spilled.kept), 5)


class Kernels(unittest.TestCase):
    def test_every_kernel_has_a_row(self):
        files = {path.stem.removesuffix("_neon") for path in (ROOT / "src/kernels").rglob("*_neon.cc")}
        self.assertEqual(files, LOOPS.keys())

    def test_no_loop_spills(self):
        with ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
            texts = pool.map(lambda kernel: assembly(compile_command(kernel), BUILD), LOOPS)
            for (kernel, row), text in zip(LOOPS.items(), texts):
                with self.subTest(kernel):
                    self.check(row, innermost_loops(text))

    def check(self, row, loops):
        adds = [loop.multiply_adds() for loop in loops]
        found = len(loops), sum(n > 0 for n in adds), max(adds, default=0)
        for what, least, got in zip(Loops._fields, row, found):
            self.assertGreaterEqual(got, least, f"{what} of {found}: the loops of this file are not found any more")
        for loop in loops:
            self.assertEqual(loop.kept, [], loop)
        self.assertEqual(max((len(loop.reloaded) for loop in loops), default=0), row.constants, [str(x) for x in loops if x.reloaded])


if __name__ == "__main__":
    unittest.main()
