"""setup/build: configures when needed, one builder at a time, quiet unless it fails."""

import os
import subprocess
import unittest

from house import ROOT, TreeTest

CMAKE = """#!/bin/sh
echo "cmake $@" >>"$STATE/calls"
[ ! -e "$STATE/bad_configuration" ] || { echo "CMake Error: no compiler"; exit 1; }
printf 'CMAKE_HOME_DIRECTORY:INTERNAL=%s\\n' "$PWD" >"build/$2/CMakeCache.txt"
: >"build/$2/build.ninja"
"""
NINJA = """#!/bin/sh
echo "begin" >>"$STATE/calls"
echo "[1/1] compiling"
sleep "${SLOW:-0}"
echo "end $3" >>"$STATE/calls"
[ ! -e "$STATE/bad_code" ] || { seq 100; echo "x.cc:1: error: no"; exit 1; }
"""


class SetupBuild(TreeTest):
    def setUp(self):
        super().setUp()
        self.write("setup/build", (ROOT / "setup/build").read_text(), 0o755)
        self.write("bin/cmake", CMAKE, 0o755)
        self.write("bin/ninja", NINJA, 0o755)
        self.write("state/calls", "")
        self.environment = {**os.environ, "STATE": str(self.root / "state"),
                            "PATH": f"{self.root / 'bin'}:{os.environ['PATH']}"}

    def build(self, *arguments):
        return self.run_command(self.root / "setup/build", "release", *arguments, env=self.environment)

    def calls(self):
        lines = (self.root / "state/calls").read_text().splitlines()
        self.write("state/calls", "")
        return lines

    def test_configures_once(self):
        self.assertEqual(self.build("paw"), (0, "", "[build] configuring release\n"))
        self.assertEqual(self.calls(), ["cmake --preset release", "begin", "end paw"])
        self.assertEqual(self.build("paw"), (0, "", ""))
        self.assertEqual(self.calls(), ["begin", "end paw"])

    def test_new_options_configure_again(self):
        self.build("-DPAW_TESTS=OFF", "paw")
        self.calls()
        self.build("-DPAW_TESTS=OFF", "paw")
        self.assertEqual(self.calls(), ["begin", "end paw"])
        self.build("-DPAW_TESTS=ON")
        self.assertEqual(self.calls()[0], "cmake --preset release -DPAW_TESTS=ON")
        self.build("paw")
        self.assertEqual(self.calls(), ["begin", "end paw"], "no options: the cache keeps the last ones")

    def test_moved_checkout(self):
        self.build()
        self.calls()
        self.write("build/release/CMakeCache.txt", "CMAKE_HOME_DIRECTORY:INTERNAL=/old\n")
        self.build()
        self.assertEqual(self.calls()[0], "cmake --preset release")

    def test_changed_presets_configure_again(self):
        self.build()
        self.calls()
        os.utime(self.root / "build/release/build.ninja", (1, 1))
        self.write("CMakePresets.json", "{}")
        self.build()
        self.assertEqual(self.calls()[0], "cmake --preset release")

    def test_failures_show_the_log(self):
        self.write("state/bad_configuration", "")
        code, out, err = self.build()
        self.assertEqual((code, out), (6, ""))
        self.assertIn("CMake Error: no compiler", err)
        self.assertIn("configuring release failed; the whole log is", err)
        (self.root / "state/bad_configuration").unlink()
        self.write("state/bad_code", "")
        code, _, err = self.build()
        self.assertEqual(code, 6)
        self.assertIn("x.cc:1: error: no", err)
        self.assertIn("\n100\n", err)
        self.assertNotIn("\n50\n", err)

    def test_one_builder_at_a_time(self):
        environment = {**self.environment, "SLOW": "0.2"}
        running = [subprocess.Popen([self.root / "setup/build", "release", "paw"], env=environment,
                                    stderr=subprocess.DEVNULL) for _ in range(3)]
        self.assertEqual([process.wait(timeout=60) for process in running], [0, 0, 0])
        self.assertEqual(self.calls(), ["cmake --preset release"] + ["begin", "end paw"] * 3)


if __name__ == "__main__":
    unittest.main()
