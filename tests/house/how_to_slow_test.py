"""The how-to pages, executed."""

import json
import os
import sys
import unittest

from page import PageTest, edited

LAYERS = ("kernels", "runtime", "lower")  # that a kernel takes part in


class AddAnOpAndItsKernel(PageTest):
    """The second page goes on where the first one ends: one tree, one build."""

    def test_pages(self):
        _, edits = self.apply("how-to-add-an-op.md")
        self.assertEqual([file for file, _ in edits], ["src/ops/ops.inc", "tests/oracle/numpy_ops.py"],
                         "an op costs two lines outside its files")
        self.op_is_tested()
        files, edits = self.apply("how-to-add-a-kernel.md")
        self.assertEqual([file for file, _ in edits],
                         ["src/kernels/kernels.h", "src/kernels/kernels.inc", "docs/numerics.md", "src/runtime/steps.inc",
                          "src/lower/lowerings.inc", "tests/spills/kernels_slow_test.py"],
                         "a kernel costs six lines outside its files")
        for layer in LAYERS:
            self.keep_only_tests(f"src/{layer}", files)
        self.kernel_is_tested()
        self.engine_is_compared()
        self.loops_are_looked_at()
        self.mistakes_are_noticed()

    def op_is_tested(self):
        build = self.build("paw_ops_generated_test")
        code, tests, out = self.run_tests(build / "tests/generated_ops/paw_ops_generated_test",
                                          "Generated.*/softplus:Generated.*/softplus/*")
        self.assertEqual(code, 0, out)
        # Two of the op, at least six for each of the five cases.
        self.assertGreaterEqual(len(tests), 2 + 6 * 5, tests)
        self.assertIn("Gradient/softplus/steep", tests)
        # The table's generator needs every format, which takes minutes; `op_support` runs it on the tree itself.
        self.assertEqual(self.run_command("ninja", "-C", build, "-t", "query", "paw_op_support")[0], 0)

    def layers_that_fail(self):
        build = self.build(*(f"paw_{layer}_test" for layer in LAYERS))
        failing = set()
        for layer in LAYERS:
            code, tests, out = self.run_tests(build / f"src/{layer}/paw_{layer}_test", "*oftplus*")
            self.assertGreaterEqual(len(tests), 2, out)
            if code != 0:
                failing.add(layer)
        return failing

    def kernel_is_tested(self):
        self.assertEqual(self.layers_that_fail(), set())
        bench = self.build("paw_softplus_bench") / "bench/paw_softplus_bench"
        code, out, err = self.run_command(bench, "--benchmark_min_time=0.001", "--benchmark_filter=32768")
        self.assertEqual(code, 0, err)
        self.assertIn("softplus/32768", out)

    def engine_is_compared(self):
        """The op's own cases, which the engine refused before."""
        build = self.build("paw_ops_generated_test")
        code, tests, out = self.run_tests(build / "tests/generated_ops/paw_ops_generated_test", "Generated.Plan/softplus/*")
        self.assertEqual((code, len(tests)), (0, 5), out)

    def loops_are_looked_at(self):
        environment = {"PAW_SOURCE_DIR": str(self.root), "PAW_BUILD_DIR": str(self.root / "build/release")}
        # Compiles every kernel twice where ccache does not know them.
        code, out, err = self.run_command(sys.executable, self.root / "tests/spills/kernels_slow_test.py", "Kernels",
                                          env={**os.environ, **environment}, timeout=900)
        self.assertEqual(code, 0, out + err)

    def mistakes_are_noticed(self):
        """A constant wrong in its sixth digit (kernel, plan) and a comparison less at the trust boundary (step)."""
        for path, old, new in (("kernels/softplus/softplus_body.h", "one = T::set(1.0f)", "one = T::set(1.00001f)"),
                               ("runtime/steps/softplus.cc", "operands.in[0] / sizeof(float) < floats", "false")):
            text = (self.root / "src" / path).read_text()
            self.assertEqual(text.count(old), 1, f"{path}: {old}")
            self.write(f"src/{path}", text.replace(old, new))
        self.assertEqual(self.layers_that_fail(), set(LAYERS))


class AddAVerb(PageTest):
    def test_page(self):
        _, edits = self.apply("how-to-add-a-verb.md")
        self.assertEqual({path for path, _ in edits}, {"src/cli/verbs.inc"})
        paw = self.build("paw") / "paw"
        code, out, _ = self.run_command(paw, "ops", "hard_s")
        self.assertEqual(code, 0)
        self.assertIn("hard_swish: x * clamp(x + 3, 0, 6) / 6\n", out)
        _, out, _ = self.run_command(paw, "ops", "--json")
        self.assertIn("conv2d", [op["name"] for op in json.loads(out)["ops"]])
        code, _, err = self.run_command(paw, "ops", "nothing_like_it")
        self.assertEqual(code, 2)
        self.assertIn("no op has 'nothing_like_it'", err)
        self.assertIn("paw ops", self.run_command(paw, "help", "ops")[1])


class Edits(unittest.TestCase):
    def test_edit(self):
        self.assertEqual(edited("a\nb\nc\n", " a\n-b\n+d\n+e\n"), "a\nd\ne\nc\n")
        for text in ("b\na\n", "a\nb\na\nb\n", "xa\nb\n"):
            with self.assertRaises(AssertionError):
                edited(text, " a\n-b\n")


if __name__ == "__main__":
    unittest.main()
