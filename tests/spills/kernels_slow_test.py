"""No innermost loop of the AVX2 and AVX-512 kernels keeps a vector on the stack, for gcc and for clang.

Looked at is every innermost loop with packed float arithmetic, multiply-adds or not. Two things fail:

- a slot that the loop writes ("kept"): a sum in memory instead of a register;
- a slot that the loop only reads ("reloaded"), be it a whole vector or a broadcast of a scalar: a bound, a weight or a
  constant that found no register. It costs a load, not a wait; where there are more constants than registers, as in the
  polynomials of e^x, the source could only load them from elsewhere. Those files say in LOOPS how many there may be.

An array that the source indexes by a variable is no slot. Reloads of pointers and counters into general registers are
printed, and do not fail: they take a load each, next to memory operands that take as many.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import unittest
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "house"))
from house import ROOT, TreeTest  # noqa: E402
from loops import FMA, innermost_loops  # noqa: E402

BUILD = Path(os.environ.get("PAW_BUILD_DIR") or ROOT / "build/release")
COMPILERS = {"gcc": "g++-12", "clang": "clang++-19"}
TIERS = ("avx2", "avx512")
RELEASE = ["-O3", "-DNDEBUG"]  # CMAKE_BUILD_TYPE=Release; what else a file needs is in its compile command


class Loops(NamedTuple):
    """What must be found in each tier of a file, at least: loops, those of them with multiply-adds, multiply-adds in the
    largest. And exactly: the most constants that one loop reads back from the stack, under either compiler, with the 16
    registers of AVX2 and with the 32 of AVX-512."""

    all: int
    fma: int
    largest: int
    constants_avx2: int = 0
    constants_avx512: int = 0


LOOPS = {
    "conv/conv": Loops(12, 12, 12),  # six heights of a tile, two widths; 12 accumulators
    "conv/conv_grad": Loops(14, 14, 12),  # those, and two of the outer product
    "dwconv/dwconv": Loops(100, 100, 60),  # 12 accumulators times five taps
    # Sigmoid, tanh, gelu, erf, e^x and log x have up to 20 constants for 16 registers. gcc fills the frame with them
    # before the loop and clang reads most from the data section, equally often: on a Zen 4 all of them take the same
    # time, gcc's from 10 % less (sigmoid 0.26 against 0.29 ns per element) to as much (log 0.42).
    "elementwise/elementwise": Loops(30, 8, 18, 18, 2),
    "image/image": Loops(0, 0, 0),  # integers; AVX-512's by another instruction
    "norm/norm": Loops(15, 10, 4),
    "optimizer/optimizer": Loops(3, 3, 5),
    "peak/peak": Loops(1, 1, 12),
    "pool/pool": Loops(12, 0, 0),
    "reduce/reduce": Loops(15, 0, 0),
    "resize/resize": Loops(2, 2, 3),
    # e^x once more, with the sum: 0.49 (gcc) against 0.48 ns per element (clang, no reload).
    "softmax/softmax": Loops(8, 2, 8, 6),
    "move/move": Loops(0, 0, 0),  # copies, does not compute
    "quant/conv_i8": Loops(30, 30, 12),  # multiply-adds of pairs: as conv/conv, for three ways to round
    "quant/dwconv_i8": Loops(18, 18, 8),  # eight pixels, or four of two vectors
    "quant/binary_i8": Loops(0, 0, 0),  # integers without multiply-adds
    "quant/convert_i8": Loops(5, 0, 0, 1),
    "quant/pool_i8": Loops(0, 0, 0),
}


class Allowed(NamedTuple):
    file: str  # without tier
    compiler: str
    function: str  # regular expression
    kept: int  # the most in one loop, exactly
    reloaded: int


ALLOWED = [
    # The sums of up to 16 channels are arrays in the source, for a number of channels known at run time; gcc unrolls
    # over them. They add up one partial sum per chunk of rows: 4 % of the time of the statistics of 12544 x 96, with
    # the same 4.0 us under clang, which indexes the arrays.
    Allowed("norm/norm", "gcc", r"norm_detail::(grad_)?finish<", 16, 4),
    # The fixed-point end of a tile has many constants, which gcc loads before the loop over the products; clang, after it.
    Allowed("quant/conv_i8", "gcc", r"column_tiles<.*Requantise\)1", 8, 0),
    Allowed("quant/dwconv_i8", "gcc", r"row_of_tiles<.*Requantise\)1", 12, 0),
    # Eight sums, their products and what unpacks bytes are more than 16 registers; gcc keeps two sums, clang none.
    Allowed("image/image", "gcc", r"image_detail::(rows|columns)<", 4, 1),
]

# R rows of two vectors: 2 R accumulators, two weights, one input.
TILE = """
#include <immintrin.h>
void tile(const float* a, const float* b, float* c, long n) {
  __m256 acc[R][2];
  for (auto& row : acc) row[0] = row[1] = _mm256_setzero_ps();
  for (long k = 0; k < n; ++k, a += R, b += 16) {
    const __m256 w0 = _mm256_loadu_ps(b), w1 = _mm256_loadu_ps(b + 8);
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r) {
      const __m256 x = _mm256_set1_ps(a[r]);
      acc[r][0] = _mm256_fmadd_ps(x, w0, acc[r][0]);
      acc[r][1] = _mm256_fmadd_ps(x, w1, acc[r][1]);
    }
  }
  for (int r = 0; r < R; ++r) {
    _mm256_storeu_ps(c + 16 * r, acc[r][0]);
    _mm256_storeu_ps(c + 16 * r + 8, acc[r][1]);
  }
}
"""
# A polynomial of degree R - 1 whose coefficients must be read before the loop, which may write over them.
POLYNOMIAL = """
#include <immintrin.h>
void polynomial(const float* coefficients, const float* x, float* y, long n) {
  __m256 c[R];
#pragma GCC unroll 32
  for (int i = 0; i < R; ++i) c[i] = _mm256_loadu_ps(coefficients + 8 * i);
  for (long k = 0; k < n; k += 8) {
    const __m256 v = _mm256_loadu_ps(x + k);
    __m256 sum = c[0];
#pragma GCC unroll 32
    for (int i = 1; i < R; ++i) sum = _mm256_fmadd_ps(sum, v, c[i]);
    _mm256_storeu_ps(y + k, sum);
  }
}
"""
TIER = ["-std=c++23", "-mavx2", "-mfma"]


def tier_of(file):
    """None: not a tier that is looked at."""
    return next((tier for tier in TIERS if Path(file).name.endswith(f"_{tier}.cc")), None)


def family(file):
    """conv/conv of conv/conv_avx2.cc"""
    return str(file).removesuffix(f"_{tier_of(file)}.cc")


def compile_flags():
    """{file: flags} of the kernels of these tiers in this build, without what the preset adds: optimisation, debug information,
    warnings, sanitizers."""
    found = {}
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        file = Path(entry["file"])
        if tier_of(file) is None:
            continue
        words = shlex.split(entry["command"])[1:]
        flags = [w for w in words if re.match(r"-(std=|m|I|D|f(?!sanitize|no-sanitize|no-omit-frame-pointer))", w)]
        # From the root of the checkout, so that another checkout finds the object in ccache.
        found[str(file.relative_to(ROOT / "src/kernels"))] = [f.replace(f"-I{ROOT}/", "-I") for f in flags]
    return found


def disassembly(compiler, source, flags, scratch):
    """Of `source`, compiled in the root of the checkout."""
    launcher = [shutil.which("ccache")] if shutil.which("ccache") else []
    target = Path(scratch) / f"{Path(source).stem}.{compiler}.{len(list(Path(scratch).iterdir()))}.o"
    command = [*launcher, COMPILERS[compiler], *flags, *RELEASE, "-w", "-c", str(source), "-o", str(target)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{shlex.join(command)}\n{done.stderr}")
    command = ["objdump", "-d", "--no-show-raw-insn", "-C", str(target)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def constants_of(file):
    return getattr(LOOPS[family(file)], f"constants_{tier_of(file)}")


def complaint(loop):
    lines = [f"{loop}: keeps {len(loop.kept)} and reloads {len(loop.reloaded)} vectors on the stack"]
    return "\n".join(lines + [f"    {i.address:x}: {i.text}" for i in (loop.kept + loop.reloaded)[:6]])


def spills(loops):
    return [loop for loop in loops if loop.kept or loop.reloaded]


class Planted(TreeTest):
    """The check refuses what it is there to refuse, and nothing else."""

    def loops(self, compiler, text, rows):
        source = self.write("planted.cc", text)
        return innermost_loops(disassembly(compiler, source, [*TIER, f"-DR={rows}"], self.root))

    def main_loop(self, compiler, text, rows):
        return max(self.loops(compiler, text, rows), key=lambda loop: loop.count(FMA))

    def test_accumulators(self):
        for compiler in COMPILERS:
            with self.subTest(compiler):
                clean = self.main_loop(compiler, TILE, 6)
                self.assertEqual((clean.count(FMA), clean.kept, clean.reloaded), (12, [], []))
                spilled = self.main_loop(compiler, TILE, 9)
                self.assertEqual(spilled.count(FMA), 18)
                self.assertGreaterEqual(len(spilled.kept), 2, complaint(spilled))
                self.assertIn(spilled, spills(self.loops(compiler, TILE, 9)))

    def test_constants(self):
        for compiler in COMPILERS:
            with self.subTest(compiler):
                self.assertEqual(spills(self.loops(compiler, POLYNOMIAL, 10)), [])
                spilled = self.main_loop(compiler, POLYNOMIAL, 20)
                self.assertEqual(spilled.kept, [])
                self.assertGreaterEqual(len(spilled.reloaded), 4, complaint(spilled))


class Kernels(TreeTest):
    @classmethod
    def setUpClass(cls):
        cls.flags = compile_flags()

    def each_file(self):
        """(file, compiler, its loops), compiled on two cores."""
        jobs = [(file, compiler) for file in sorted(self.flags) for compiler in COMPILERS]
        with ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
            texts = pool.map(lambda job: disassembly(job[1], f"src/kernels/{job[0]}", self.flags[job[0]],
                                                     self.scratch(job)), jobs)
            for (file, compiler), text in zip(jobs, texts):
                yield file, compiler, innermost_loops(text)

    def scratch(self, job):
        folder = self.root / "-".join(job).replace("/", "-")
        folder.mkdir()
        return folder

    def test_every_kernel_is_looked_at(self):
        on_disk = {str(f.relative_to(ROOT / "src/kernels")) for tier in TIERS
                   for f in (ROOT / "src/kernels").rglob(f"*_{tier}.cc")}
        self.assertEqual(set(self.flags), on_disk, "the build compiles other files than there are")
        self.assertEqual({f"{file}_{tier}.cc" for file in LOOPS for tier in TIERS}, on_disk, "LOOPS needs a row for each")
        for file, flags in self.flags.items():
            self.assertEqual("-mavx512f" in flags, tier_of(file) == "avx512", file)
            self.assertIn("-mfma", flags, file)
            self.assertFalse([f for f in flags if "sanitize" in f or f.startswith(("-O", "-g", "-W"))], file)

    def test_no_spills(self):
        used = defaultdict(lambda: (0, 0))
        constants = defaultdict(int)
        for file, compiler, loops in self.each_file():
            with self.subTest(file=file, compiler=compiler):
                self.check_counts(file, loops)
                self.report(file, compiler, loops)
                bad = [loop for loop in spills(loops) if not self.allowed(file, compiler, loop, used)]
                constants[file] = max([constants[file]] + [len(loop.reloaded) for loop in bad if not loop.kept])
                bad = [loop for loop in bad if loop.kept or len(loop.reloaded) > constants_of(file)]
                if bad:
                    self.fail("\n" + "\n".join(complaint(loop) for loop in bad))
        for file in self.flags:
            self.assertEqual(constants[file], constants_of(file), f"{file}: found is less; lower the row's number")
        for row in ALLOWED:
            self.assertEqual(used[row], (row.kept, row.reloaded), f"{row}: found is less; lower or drop the row")

    def check_counts(self, file, loops):
        found = Loops(len(loops), sum(loop.count(FMA) > 0 for loop in loops), max((l.count(FMA) for l in loops), default=0))
        for what, least, got in zip(Loops._fields[:3], LOOPS[family(file)], found):
            self.assertGreaterEqual(got, least, f"{what} of {found}: the loops of this file are not found any more")

    def allowed(self, file, compiler, loop, used):
        for row in ALLOWED:
            if (row.file, row.compiler) == (family(file), compiler) and re.search(row.function, loop.function):
                most = used[row]
                used[row] = (max(most[0], len(loop.kept)), max(most[1], len(loop.reloaded)))
                return len(loop.kept) <= row.kept and len(loop.reloaded) <= row.reloaded
        return False

    def report(self, file, compiler, loops):
        general = [len(loop.general) for loop in loops if loop.general]
        if general:
            print(f"{file} ({compiler}): {len(general)} of {len(loops)} loops have pointers or counters on the stack, "
                  f"at most {max(general)} accesses in one")


if __name__ == "__main__":
    unittest.main()
