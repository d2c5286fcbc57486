"""tools/ctest_summary counts every way a ctest test can end, and a run without a report as a failure."""

import unittest

from house import ROOT, TreeTest

REPORT = """<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="Linux" tests="5" failures="1" disabled="1" skipped="2">
<testcase name="a.good" status="run"><system-out>fine</system-out></testcase>
<testcase name="a.bad" status="fail"><failure message="Failed"/><system-out>expected 1 &lt; 0</system-out></testcase>
<testcase name="a.skips" status="notrun"><skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>
<system-out>Running main() from gtest_main.cc
[ RUN      ] a.skips
x_test.cc:7: Skipped
no such machine

[  SKIPPED ] a.skips (0 ms)
</system-out></testcase>
<testcase name="a.lost" status="notrun"><skipped message="Unable to find executable"/><system-out/></testcase>
<testcase name="a.off" status="disabled"><system-out/></testcase>
</testsuite>
"""


class CtestSummary(TreeTest):
    def run_summary(self):
        return self.run_command(ROOT / "tools/ctest_summary", self.root / "report.xml", self.root / "log")

    def test_every_end(self):
        self.write("report.xml", REPORT)
        code, out, _ = self.run_summary()
        self.assertEqual((code, out.splitlines()[-1]), (0, "5 1 3 1"))
        self.assertIn("FAILED a.bad", out)
        self.assertIn("expected 1 < 0", out)
        self.assertIn("FAILED a.lost Unable to find executable", out)
        self.assertIn("FAILED a.off disabled", out)
        self.assertIn("SKIPPED a.skips\nx_test.cc:7: Skipped\nno such machine\n", out)

    def test_several_tests_in_one(self):
        case = '<testcase name="{}" status="{}"><system-out>{}</system-out></testcase>'
        ends = "[==========] 9 tests from 1 test suite ran. (3 ms total)\n[  PASSED  ] 6 tests.\n"
        skips = "[  SKIPPED ] 1 test, listed below:\n[  SKIPPED ] a.x\n"
        fails = "[  FAILED  ] 2 tests, listed below:\n[  FAILED  ] a.y\n[  FAILED  ] a.z\n"
        leaks = "[==========] 4 tests from 1 test suite ran. (3 ms total)\n[  PASSED  ] 4 tests.\nLeakSanitizer: 3 bytes"
        self.write("report.xml", "<testsuite>" + case.format("a.good", "run", ends + skips) +
                   case.format("a.bad", "fail", ends + skips + fails) + case.format("a.leaks", "fail", leaks) +
                   case.format("a.crashes", "fail", "[ RUN      ] a.x") + "</testsuite>")
        _, out, _ = self.run_summary()
        self.assertEqual(out.splitlines()[-1], f"{7 + 9 + 5 + 1} {6 + 6 + 4 + 0} {0 + 2 + 1 + 1} {1 + 1 + 0 + 0}")
        self.assertIn("SKIPPED a.good", out)
        for name in ("bad", "leaks", "crashes"):
            self.assertIn(f"FAILED a.{name} fail", out)

    def test_long_output_keeps_both_ends(self):
        output = "\n".join(f"line {n}" for n in range(1000))
        self.write("report.xml", REPORT.replace("expected 1 &lt; 0", output))
        _, out, _ = self.run_summary()
        self.assertIn("\nline 0\n", out)
        self.assertIn("... 880 lines left out ...", out)
        self.assertIn("\nline 999\n", out)

    def test_no_report(self):
        self.write("log", "ctest crashed\n")
        _, out, _ = self.run_summary()
        self.assertEqual(out.splitlines()[-1], "0 0 1 0")
        self.assertIn("ctest crashed", out)

    def test_broken_report(self):
        self.write("report.xml", REPORT[:200])
        self.assertEqual(self.run_summary()[1].splitlines()[-1], "0 0 1 0")

    def test_no_tests(self):
        self.write("log", "Test project x\nNo tests were found!!!\n")
        self.assertEqual(self.run_summary()[1].splitlines()[-1], "0 0 0 0")


if __name__ == "__main__":
    unittest.main()
