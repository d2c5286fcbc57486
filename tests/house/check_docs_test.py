"""tools/check_docs misses no folder without a README and no dead link."""

import unittest

from house import TreeTest, load_tool

check_docs = load_tool("check_docs")


class CheckDocs(TreeTest):
    def setUp(self):
        super().setUp()
        for folder in ("src", "src/ir", "docs"):
            self.write(f"{folder}/README.md", f"# {folder}\nWhat it owns.\n")
        self.write("src/ir/graph.cc", "")
        self.write("README.md", "[map](src/README.md), [site](https://example.org), `[x](nowhere)` [part](docs/README.md#p)\n")

    def test_sound_tree(self):
        self.assertEqual(check_docs.check(self.root), [])

    def test_missing_readme(self):
        self.write("src/ops/deep/add.cc", "")
        self.assertEqual(check_docs.check(self.root), ["src/ops/: no README.md", "src/ops/deep/: no README.md"])

    def test_inside_of_a_template_needs_none(self):
        for folder in ("src/apps", "src/apps/templates"):
            self.write(f"{folder}/README.md", "What it owns.\n")
        self.write("src/apps/templates/android/app/build.gradle.kts", "")
        self.assertEqual(check_docs.check(self.root), ["src/apps/templates/android/: no README.md"])

    def test_long_readme(self):
        self.write("src/ir/README.md", "line\n" * 16)
        self.assertEqual(check_docs.check(self.root), ["src/ir/README.md:16: 16 lines; at most 15"])

    def test_empty_readme(self):
        self.write("src/ir/README.md", "\n")
        self.assertEqual(check_docs.check(self.root), ["src/ir/README.md:1: is empty"])

    def test_dead_link(self):
        self.write("docs/page.md", "```\n[no](link)\n```\n\nSee [that](../src/that.md).\n")
        self.assertEqual(check_docs.check(self.root), ["docs/page.md:5: link to '../src/that.md', which does not exist"])


if __name__ == "__main__":
    unittest.main()
