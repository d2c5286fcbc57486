"""tools/tidy looks at several files at once and still says whose fault it is."""

import subprocess
import unittest

from house import ROOT, TreeTest, load_tool

FLAGS = ("-std=c++23",)
SOUND = "namespace { int kept_apart(int x) { return x + %d; } }\nint %s() { return kept_apart(1); }\n"


class TidyTest(TreeTest):
    def setUp(self):
        super().setUp()
        self.tidy = load_tool("tidy")
        self.write(".clang-tidy", (ROOT / ".clang-tidy").read_text())

    def objections(self, **files):
        paths = [self.write(f"src/{name}.cc", text) for name, text in files.items()]
        return {path.stem: said for path, said in self.tidy.look_at(self.root, paths, FLAGS)}

    def test_sound_files(self):
        self.assertEqual(self.objections(a="int a() { return 1; }\n", b="int b() { return 2; }\n"), {"a": "", "b": ""})

    def test_culprit_is_named(self):
        said = self.objections(a="int a() { return 1; }\n", b="bool b(int x) { return x == x; }\n")
        self.assertEqual(said["a"], "")
        self.assertIn("src/b.cc:1:", said["b"])
        self.assertIn("misc-redundant-expression", said["b"])

    def test_headers_are_looked_at(self):
        self.write("src/h.h", "#pragma once\nstruct H { H(int); };\n")
        said = self.objections(a=f'#include "{self.root}/src/h.h"\n', b="int b() { return 2; }\n")
        self.assertIn("google-explicit-constructor", said["a"])

    def test_files_that_clash_are_looked_at_one_by_one(self):
        self.assertEqual(self.objections(a=SOUND % (1, "a"), b=SOUND % (2, "b")), {"a": "", "b": ""})

    def test_what_does_not_compile_is_an_objection(self):
        self.assertIn("unknown type name", self.objections(a="strin a();\n")["a"])

    def test_batches(self):
        files = [(self.root / name, flags) for name, flags in
                 (("x/1", "f"), ("y/1", "f"), ("x/2", "f"), ("x/3", "g"), *((f"z/{i}", "f") for i in range(12)))]
        batches = [([str(path.relative_to(self.root)) for path in paths], flags)
                   for paths, flags in self.tidy.batches(files)]
        self.assertEqual(batches[:3], [(["x/1", "x/2"], "f"), (["y/1"], "f"), (["x/3"], "g")])
        self.assertEqual([len(paths) for paths, _ in batches[3:]], [10, 2])

    def test_flags(self):
        command = "env X=1 ccache /usr/bin/clang++-19 -DA -Isrc -O3 -MD -MT a.o -MF a.o.d -o a.o -c /w/src/a.cc"
        self.assertEqual(self.tidy.flags_of(command), ("-DA", "-Isrc", "-O3"))

    def test_what_changed_last_is_looked_at_first(self):
        def git(*arguments):
            subprocess.run(["git", "-C", self.root, "-c", "user.name=a", "-c", "user.email=a@b", *arguments], check=True, capture_output=True)

        files = []
        git("init", "-q")
        for name in ("b", "a", "c"):
            self.write(f"{name}.cc", "int x;")
            files.append((self.root / f"{name}.cc", FLAGS))
            git("add", f"{name}.cc")
            git("commit", "-qm", name)
        self.write("d.cc", "int x;")
        files.append((self.root / "d.cc", FLAGS))
        self.assertEqual([path.stem for path, _ in self.tidy.last_changed_first(self.root, files)], ["d", "c", "a", "b"])


if __name__ == "__main__":
    unittest.main()
