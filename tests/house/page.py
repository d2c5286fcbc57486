"""Executes a how-to page: its fenced blocks become files and edits in a copy of the tree, which is then built.

```LANGUAGE file=PATH       the block is a new file
```diff edit=PATH           ' ' and '-' lines occur once in the file, together; ' ' and '+' lines take their place
"""

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
    """self.root is a copy of the tree with the page applied; self.edits are the lines that it changed in old files."""

    page = ""

    def setUp(self):
        super().setUp()
        for name in tracked_files(ROOT):
            target = self.root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
        self.edits, self.files = [], []
        for kind, path, body in blocks((ROOT / "docs" / self.page).read_text()):
            if kind == "file":
                self.assertFalse((self.root / path).exists(), f"{path} exists already")
                self.write(path, body)
                self.files.append(path)
            else:
                self.write(path, edited((self.root / path).read_text(), body))
                self.edits += [(path, line) for line in body.splitlines() if line[0] in "+-"]

    def build(self, target):
        # Same preset, same folder below the root: ccache knows every object that the page leaves as it was.
        done = subprocess.run([self.root / "setup/build", "release", "-DPAW_TESTS=ON", target], capture_output=True,
                              text=True, check=False, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.root / "build/release"

    def assert_house_rules(self):
        """The page's code is as it asks readers to write."""
        for name in self.files:
            done = self.run_command("clang-format-19", "--dry-run", "-Werror", self.root / name)
            self.assertEqual(done[0], 0, done[2])
        layers = self.run_command(self.root / "tools/check_layers", self.root)
        self.assertEqual(layers[0], 0, layers[1])
