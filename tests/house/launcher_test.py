"""./paw: builds when it must and only then, keeps arguments and folder as they are, says why when it cannot."""

import json
import os
import shutil
import subprocess
import unittest

from house import ROOT, TreeTest

# Stands for setup/build: makes a program that prints its folder and arguments.
BUILD = """#!/bin/sh
echo "$@" >>"$(dirname "$0")/../builds"
[ ! -e "$(dirname "$0")/../broken" ] || { echo "error: x" >&2; exit 6; }
out=$(dirname "$0")/../build/release
cat >"$out/paw.$$" <<'END'
#!/bin/sh
pwd
for a in "$@"; do echo "<$a>"; done
exit 5
END
chmod +x "$out/paw.$$"
mv "$out/paw.$$" "$out/paw"
"""


class Launcher(TreeTest):
    def setUp(self):
        super().setUp()
        shutil.copy(ROOT / "paw", self.root / "paw")
        self.write("setup/install", '#!/bin/sh\n[ ! -e "$(dirname "$0")/../missing" ] || exit 6\n', 0o755)
        self.write("setup/build", BUILD, 0o755)
        self.write("src/main.cc", "int main() {}\n")
        self.write("CMakeLists.txt", "")
        self.elsewhere = self.root / "other place"
        self.elsewhere.mkdir()

    def paw(self, *arguments):
        return self.run_command(self.root / "paw", *arguments, cwd=self.elsewhere)

    def builds(self):
        path = self.root / "builds"
        return path.read_text().splitlines() if path.exists() else []

    def age_sources(self):
        """As if everything had been written a minute ago."""
        for path in [self.root / "src", *(self.root / "src").rglob("*"), self.root / "CMakeLists.txt"]:
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 60))

    def test_builds_once_and_hands_over(self):
        code, out, err = self.paw("predict", "a b.paw", "", "*")
        self.assertEqual((code, out), (5, f"{self.elsewhere}\n<predict>\n<a b.paw>\n<>\n<*>\n"))
        self.assertRegex(err, r"^\[paw\] building the program once.*\n$")
        self.age_sources()
        self.assertEqual(self.paw("inspect"), (5, f"{self.elsewhere}\n<inspect>\n", ""))
        self.assertEqual(self.builds(), ["release -DPAW_TESTS=OFF paw"])

    def test_builds_again_after_a_change(self):
        self.paw()
        self.age_sources()
        self.paw()
        self.assertEqual(len(self.builds()), 1)
        self.write("src/new.cc", "")
        self.assertIn("building what changed", self.paw()[2])
        self.age_sources()
        (self.root / "src/new.cc").unlink()
        self.paw()
        self.assertEqual(len(self.builds()), 3, "a file that goes is a change too")

    def test_keeps_a_configuration_with_tests(self):
        self.write("build/release/CMakeCache.txt", "")
        self.paw()
        self.assertEqual(self.builds(), ["release paw"])

    def test_litert_of_the_tests_is_named_unless_another_is(self):
        self.paw()
        self.write("build/release/paw", '#!/bin/sh\necho "<$PAW_PYTHON>"\n', 0o755)
        self.age_sources()
        self.assertEqual(self.paw()[1], "<>\n")
        self.write("build/venv_litert/bin/python", "", 0o755)
        self.assertEqual(self.paw()[1], f"<{self.root}/build/venv_litert/bin/python>\n")
        os.environ["PAW_PYTHON"] = "/other"
        self.addCleanup(os.environ.pop, "PAW_PYTHON")
        self.assertEqual(self.paw()[1], "</other>\n")

    def test_through_a_link(self):
        (self.elsewhere / "paw").symlink_to(self.root / "paw")
        self.assertEqual(self.run_command("./paw", "x", cwd=self.elsewhere)[1], f"{self.elsewhere}\n<x>\n")

    def test_json_and_quiet(self):
        _, out, err = self.paw("inspect", "--json")
        self.assertEqual(out, f"{self.elsewhere}\n<inspect>\n<--json>\n")
        notes = [json.loads(line)["note"] for line in err.splitlines()]
        self.assertEqual(len(notes), 1)
        self.assertTrue(notes[0].startswith("setup: building"), notes)
        self.write("src/new.cc", "")
        self.assertEqual(self.paw("inspect", "--quiet")[2], "")

    def test_broken_build_is_tried_again(self):
        self.write("broken", "")
        code, out, err = self.paw("inspect", "--json")
        self.assertEqual(code, 6)
        error = json.loads(out)["error"]
        self.assertEqual((error["code"], error["exit"], error["where"]), ("io", 6, "setup"))
        self.assertIn("error: x", err)
        (self.root / "broken").unlink()
        self.assertEqual(self.paw()[0], 5)

    def test_a_broken_change_does_not_run_the_old_program(self):
        self.paw()
        self.write("src/new.cc", "")
        self.write("broken", "")
        self.assertEqual(self.paw()[:2], (6, ""))

    def test_fetches_the_backbone_beside_a_build(self):
        self.write("setup/backbone", '#!/bin/sh\necho "[setup] fetched \\"it\\"" >&2\necho x >>"$(dirname "$0")/../fetches"\n', 0o755)
        self.assertEqual(self.paw()[2].splitlines()[1:], ["[paw] fetched it"])
        self.age_sources()
        self.assertEqual(self.paw()[2], "")
        self.assertEqual((self.root / "fetches").read_text(), "x\n", "a built program fetches nothing")
        self.write("src/new.cc", "")
        notes = [json.loads(line)["note"] for line in self.paw("--json")[2].splitlines()]
        self.assertEqual(notes[1:], ["setup: fetched it"])

    def test_goes_on_without_the_backbone(self):
        self.write("setup/backbone", "#!/bin/sh\necho '[setup] no network; try again with setup/backbone' >&2\nexit 6\n", 0o755)
        code, out, err = self.paw("x")
        self.assertEqual((code, out), (5, f"{self.elsewhere}\n<x>\n"))
        self.assertIn("[paw] no network; try again with setup/backbone\n", err)

    def test_missing_packages(self):
        self.write("missing", "")
        code, out, err = self.paw()
        self.assertEqual((code, out, self.builds()), (6, "", []))
        self.assertIn("system packages are missing; see setup/packages.txt", err)

    def test_many_at_once(self):
        running = [subprocess.Popen([self.root / "paw", str(i)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
                   for i in range(4)]
        for i, process in enumerate(running):
            out, _ = process.communicate(timeout=60)
            self.assertEqual((process.returncode, out.splitlines()[-1]), (5, f"<{i}>"))


if __name__ == "__main__":
    unittest.main()
