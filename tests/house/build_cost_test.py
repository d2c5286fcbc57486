"""tools/build_cost adds up what every object costs, under the folder that owns it."""

import sys
import unittest

from house import TreeTest, load_tool


class BuildCost(TreeTest):
    def setUp(self):
        super().setUp()
        self.tool = load_tool("build_cost")

    def test_commands(self):
        for compiler in ("/usr/bin/clang++-19", "/usr/bin/g++-12", "gcc-12", "c++"):
            entry = {"command": f"env A=1 /usr/bin/ccache {compiler} -O1 -o src/ops/x.dir/a.o -c a.cc", "directory": "/b"}
            self.assertEqual(list(self.tool.objects([entry])),
                             [("src/ops/x.dir/a.o", [compiler, "-O1", "-o", "src/ops/x.dir/a.o", "-c", "a.cc"], "/b")])

    def test_folders(self):
        for name, expected in (("src/ops/CMakeFiles/paw_ops.dir/abs.cc.o", ("src/ops", False)),
                               ("src/formats/paw/CMakeFiles/paw_formats_paw_slow_test.dir/paw_formats_paw_slow_test_0.cc.o",
                                ("src/formats/paw", True)),
                               ("src/vision/CMakeFiles/paw_vision.dir/draw/draw.cc.o", ("src/vision", False)),
                               ("tests/cli/CMakeFiles/paw_cli_e2e_test.dir/cli_test.cc.o", ("tests/cli", False))):
            self.assertEqual(self.tool.folder(name), expected)

    def test_table(self):
        lines = list(self.tool.table({"src/a/CMakeFiles/a.dir/1.o": 1.5, "src/a/CMakeFiles/a.dir/2.o": 2,
                                      "src/a/CMakeFiles/a_test.dir/3.o": 4, "src/b/CMakeFiles/b.dir/1.o": 9}))
        self.assertEqual([line.split() for line in lines[1:3]],
                         [["src/b", "1", "9.0", "0", "0.0"], ["src/a", "2", "3.5", "1", "4.0"]])
        self.assertEqual(lines[4].split(), ["9.0", "src/b/CMakeFiles/b.dir/1.o"])
        self.assertEqual(lines[-1], "build_cost: 4 objects, 16 CPU seconds")

    def test_a_compilation(self):
        """The object stays what it was."""
        work = "import sys; sum(range(10**7)); open(sys.argv[2], 'w').write('new'); sys.exit(len(sys.argv) - 3)"
        kept = self.write("a.o", "old")
        command = [sys.executable, "-c", work, "-o", str(kept)]
        self.assertGreater(self.tool.cpu_seconds(command, self.root), 0.01)
        self.assertEqual(kept.read_text(), "old")
        with self.assertRaises(RuntimeError):
            self.tool.cpu_seconds(command + ["fail"], self.root)


if __name__ == "__main__":
    unittest.main()
