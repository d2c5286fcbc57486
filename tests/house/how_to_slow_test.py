"""The how-to pages, executed."""

import json
import unittest

from page import PageTest, edited


class AddAnOp(PageTest):
    page = "how-to-add-an-op.md"

    def test_page(self):
        files = [file for file, _ in self.edits]
        self.assertEqual(files, ["src/ops/ops.inc", "tests/oracle/numpy_ops.py"], "an op costs two lines outside its files")
        self.assert_house_rules()
        binary = self.build("paw_ops_generated_test") / "tests/generated_ops/paw_ops_generated_test"
        report = self.root / "report.json"
        code, out, err = self.run_command(binary, "--gtest_filter=Generated.*/softplus:Generated.*/softplus/*",
                                          f"--gtest_output=json:{report}")
        self.assertEqual(code, 0, out + err)
        tests = [test["name"] for suite in json.loads(report.read_text())["testsuites"] for test in suite["testsuite"]]
        # Two of the op, at least six for each of the five cases.
        self.assertGreaterEqual(len(tests), 2 + 6 * 5, tests)
        self.assertIn("Gradient/softplus/steep", tests)
        _, page, _ = self.run_command(self.build("paw_op_support") / "paw_op_support")
        self.assertIn("softplus", page)


class AddAVerb(PageTest):
    page = "how-to-add-a-verb.md"

    def test_page(self):
        self.assertEqual({path for path, _ in self.edits}, {"src/cli/verbs.cc"})
        self.assert_house_rules()
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
