"""Executes a how-to page: its fenced blocks become files and edits in a copy of the tree, which is then built.

```LANGUAGE file=PATH       the block is a new file
```diff edit=PATH           ' ' and '-' lines occur once in the file, together; ' ' and '+' lines take their place
"""

import json
import re
import shutil
import subprocess
import sys

from house import ROOT, TreeTest

sys.path.insert(0, str(ROOT / "tools"))
from cpp_text import tracked_files  # noqa: E402


def blocks(page):
    """(kind, path, body) of each block that the page wants applied, in order."""
    for match in re.finditer(r"^```\w+ (file|edit)=(\S+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        yield match[1], match[2], match[3]


def edited(text, body):
    lines = body.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line[0] in " -")
    new = "".join(line[1:] for line in lines if line[0] in " +")
    places = [match.start() for match in re.finditer("^" + re.escape(old), text, re.MULTILINE)]
    if len(places) != 1:
        raise AssertionError(f"these lines occur {len(places)} times instead of once:\n{old}")
    return text[:places[0]] + new + text[places[0] + len(old):]


class PageTest(TreeTest):
    """self.root is a copy of the tree; pages are applied to it one after the other."""

    def setUp(self):
        super().setUp()
        for name in tracked_files(ROOT):
            target = self.root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)

    def apply(self, page):
        """(new files, lines that changed in old files as (path, line)) of a page; one that needs another goes on its tree."""
        files, edits = [], []
        for kind, path, body in blocks((ROOT / "docs" / page).read_text()):
            if kind == "file":
                self.assertFalse((self.root / path).exists(), f"{path} exists already")
                self.write(path, body)
                files.append(path)
            else:
                self.write(path, edited((self.root / path).read_text(), body))
                edits += [(path, line) for line in body.splitlines() if line[0] in "+-"]
        self.assert_house_rules(files)
        return files, edits

    def keep_only_tests(self, folder, kept):
        """A header that a page extends would have every test that includes it compiled anew."""
        for path in (self.root / folder).rglob("*_test.cc"):
            if str(path.relative_to(self.root)) not in kept:
                path.unlink()

    def build(self, *targets):
        # Same preset, same folder below the root: ccache knows every object that the page leaves as it was.
        done = subprocess.run([self.root / "setup/build", "release", "-DPAW_TESTS=ON", *targets], capture_output=True,
                              text=True, check=False, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.root / "build/release"

    def run_tests(self, binary, pattern):
        """(exit code, names of the tests that ran, output) of a GoogleTest binary."""
        report = self.root / "report.json"
        report.unlink(missing_ok=True)
        code, out, err = self.run_command(binary, f"--gtest_filter={pattern}", f"--gtest_output=json:{report}")
        suites = json.loads(report.read_text())["testsuites"] if report.exists() else []
        return code, [test["name"] for suite in suites for test in suite["testsuite"]], out + err

    def assert_house_rules(self, files):
        """The page's code is as it asks readers to write."""
        for name in files:
            if name.endswith((".h", ".cc")):
                done = self.run_command("clang-format-19", "--dry-run", "-Werror", self.root / name)
                self.assertEqual(done[0], 0, done[2])
        for tool in ("check_layers", "check_docs"):
            done = self.run_command(self.root / "tools" / tool, self.root)
            self.assertEqual(done[0], 0, done[1])
