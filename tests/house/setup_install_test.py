"""setup/install: nothing to do, installing, trying twice, and every place where it must stop with exit code 6."""

import os
import shutil
import unittest

from house import ROOT, TreeTest

PACKAGES = """
# comment
[build]
alpha     alpha-tool   # why
beta-dev  beta/beta.h
[test]
gamma     gamma-tool
"""
# Knows the packages in the file `installed`.
DPKG_QUERY = """#!/bin/sh
shift 2
for name in "$@"; do grep -qx "$name" "$STATE/installed" && echo "ii  $name"; done
exit 1
"""
# Fails as often as the file `failures` has lines; else installs what it is asked to.
APT_GET = """#!/bin/sh
echo "$@" >>"$STATE/calls"
case "$*" in *" update") exit 0 ;; esac
if [ -s "$STATE/failures" ]; then sed -i 1d "$STATE/failures"; echo "E: no network" >&2; exit 100; fi
for word in "$@"; do case $word in -*|install) ;; *) echo "$word" >>"$STATE/installed" ;; esac; done
"""
TOOLS = ("awk", "sed", "cut", "readlink", "dirname", "mktemp", "grep", "tail", "rm", "sh", "sleep", "ls")


class SetupInstall(TreeTest):
    def setUp(self):
        super().setUp()
        self.write("setup/packages.txt", PACKAGES)
        shutil.copy(ROOT / "setup/install", self.root / "setup/install")
        self.write("state/installed", "")
        self.bin = self.root / "bin"
        self.bin.mkdir()
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool))
        self.tool("id", "#!/bin/sh\necho 0\n")
        self.tool("sleep", "#!/bin/sh\n")

    def tool(self, name, text):
        (self.bin / name).unlink(missing_ok=True)
        self.write(f"bin/{name}", text, 0o755)

    def debian(self, *installed):
        self.tool("dpkg-query", DPKG_QUERY)
        self.tool("apt-get", APT_GET)
        self.write("state/installed", "".join(name + "\n" for name in installed))

    def install(self, what):
        environment = {"PATH": str(self.bin), "STATE": str(self.root / "state"), "TMPDIR": str(self.root)}
        return self.run_command(self.root / "setup/install", what, env=environment)

    def calls(self):
        path = self.root / "state/calls"
        return path.read_text().splitlines() if path.exists() else []

    def test_nothing_missing(self):
        self.debian("alpha", "beta-dev")
        self.assertEqual(self.install("build"), (0, "", ""))
        self.assertEqual(self.calls(), [])

    def test_installs_what_is_missing_only(self):
        self.debian("alpha")
        code, _, err = self.install("test")
        self.assertEqual(code, 0, err)
        self.assertEqual([call.split()[-1] for call in self.calls()], ["update", "gamma"])
        self.assertIn("install --no-install-recommends beta-dev gamma", self.calls()[1])
        self.assertEqual(err, "[setup] installing beta-dev gamma\n")

    def test_a_similar_name_is_another_package(self):
        self.debian("alpha", "beta-dev-extra", "gamma")
        self.install("build")
        self.assertIn("beta-dev", self.calls()[1])

    def test_build_leaves_test_packages_out(self):
        self.debian("alpha", "beta-dev")
        self.assertEqual(self.install("build")[0], 0)
        self.assertEqual(self.install("test")[0], 0)
        self.assertIn("gamma", self.calls()[1])

    def test_tries_once_more(self):
        self.debian("alpha")
        self.write("state/failures", "1\n")
        code, _, err = self.install("build")
        self.assertEqual(code, 0, err)
        self.assertEqual(len(self.calls()), 4)

    def test_gives_up_after_two_tries(self):
        self.debian("alpha")
        self.write("state/failures", "1\n2\n3\n")
        code, _, err = self.install("build")
        self.assertEqual(code, 6)
        self.assertIn("E: no network", err)
        self.assertIn("[setup] missing: beta-dev; apt-get failed", err)

    def test_not_root_and_no_sudo(self):
        self.debian()
        self.tool("id", "#!/bin/sh\necho 1000\n")
        code, _, err = self.install("build")
        self.assertEqual((code, self.calls()), (6, []))
        self.assertIn("as root: apt-get install --no-install-recommends alpha beta-dev", err)

    def test_sudo_when_not_root(self):
        self.debian()
        self.tool("id", "#!/bin/sh\necho 1000\n")
        self.tool("sudo", '#!/bin/sh\necho "sudo $1" >>"$STATE/calls"\nshift 2\nexec "$@"\n')
        code, _, err = self.install("build")
        self.assertEqual(code, 0, err)
        self.assertEqual(self.calls()[0], "sudo -n", "no terminal: nobody can type a password")

    def test_elsewhere_it_lists_and_stops(self):
        self.tool("alpha-tool", "#!/bin/sh\n")
        code, _, err = self.install("build")
        self.assertEqual(code, 6)
        self.assertIn("[setup] missing: beta-dev; install what your system calls these", err)

    def test_usage(self):
        self.assertEqual(self.install("everything")[0], 2)

    def test_the_real_list_is_installed(self):
        self.assertEqual(self.run_command(ROOT / "setup/install", "test", env=dict(os.environ)), (0, "", ""))


if __name__ == "__main__":
    unittest.main()
