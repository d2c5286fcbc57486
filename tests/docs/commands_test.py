"""commands_test.py PAW: what README.md and docs/ tell people to type works, in the order in which it is told."""
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PAW = Path(sys.argv[1]).resolve()
ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PROGRAMS = ("./paw", "paw")
# The same commands on less, so that a test can run them; a flag that the page gives counts for the page.
SMALLER = {
    "demo": {"--count": "60", "--size": "64", "--epochs": "2"},
    "data draw": {"--count": "60", "--size": "64"},
    "train": {"--epochs": "2"},
    # Of a few test photos each is more than a hundredth.
    "optimize": {"--max-drop": "1"},
    "serve": {"--port": "0"},
    "bench": {"--seconds": "0"},
}
ENDLESS = ("serve",)


def fenced(text):
    """The text of a page without fenced blocks: those hold code and output, not what is typed."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def typed(page):
    """Lines of a page's indented blocks that begin with a program, without the remark at their end."""
    for line in fenced(page.read_text()).splitlines():
        if match := re.match(r"    ((?:\S+=\S+ )*)((?:\./|[a-z_]+/)?[a-z_]+)\b(.*)$", line):
            if match[2] in PROGRAMS or match[2].startswith(("./", "setup/", "tools/", "bench/")):
                yield match[1], match[2], re.sub(r"\s+#.*", "", match[3])


def of_paw(words):
    """What stands before a pipe or a file."""
    return words[:next((i for i, word in enumerate(words) if word in ("|", ">")), len(words))]


def verb_of(words):
    """'data draw' is one verb."""
    return " ".join(words[:2]) if words[0] == "data" else words[0]


def smaller(words):
    words = list(words)
    for flag, value in SMALLER.get(verb_of(words), {}).items():
        if flag in words:
            words[words.index(flag) + 1] = value
        else:
            words += [flag, value]
    return words


class Commands(unittest.TestCase):
    def run_page(self, page):
        with tempfile.TemporaryDirectory() as folder:
            for variables, program, rest in typed(page):
                with self.subTest(page=page.name, command=f"{program}{rest}"):
                    if program not in PROGRAMS:
                        self.assertTrue((ROOT / program).is_file(), f"{program} is not there")
                        continue
                    words = of_paw(shlex.split(rest))
                    environment = {**os.environ, **dict(v.split("=", 1) for v in variables.split())}
                    (self.run_until_ready if words[0] in ENDLESS else self.run_to_end)(smaller(words), folder, environment)

    def run_to_end(self, words, folder, environment):
        quiet = [] if words[0] == "help" else ["--quiet"]
        done = subprocess.run([PAW, *words, *quiet], cwd=folder, env=environment, capture_output=True, text=True, check=False,
                              timeout=400)
        self.assertEqual(done.returncode, 0, f"paw {shlex.join(words)}: {done.stdout[-300:]}{done.stderr[-600:]}")

    def run_until_ready(self, words, folder, environment):
        server = subprocess.Popen([PAW, *words], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            self.assertIn("127.0.0.1", server.stdout.readline())
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(20)
            server.stdout.close()

    def test_pages(self):
        for page in PAGES:
            self.run_page(page)

    def test_how_to_has_every_verb(self):
        """A heading names it, and below stand a command and the mistake that is made most."""
        text = subprocess.run([PAW, "help"], capture_output=True, text=True, check=True).stdout
        verbs = re.findall(r"^  ((?:data )?[a-z]+)  ", text, flags=re.MULTILINE)
        self.assertGreater(len(verbs), 15)
        sections = re.split(r"^## ", (ROOT / "docs/how-to.md").read_text(), flags=re.MULTILINE)
        for verb in verbs:
            with self.subTest(verb=verb):
                section = next((s for s in sections if f"`{verb}`" in s.splitlines()[0]), "")
                self.assertRegex(section, rf"(?m)^    \./paw {verb} ")
                self.assertIn("\n**Mistake:** ", section)

    def test_the_pages_hold_commands(self):
        counts = {str(page.relative_to(ROOT)): len(list(typed(page))) for page in PAGES}
        self.assertGreaterEqual(counts["README.md"], 5)
        self.assertGreaterEqual(counts["docs/tutorial.md"], 10)


class Mentions(unittest.TestCase):
    """Commands in sentences and tables."""

    @classmethod
    def setUpClass(cls):
        cls.helps = {}

    def help_of(self, verb):
        if verb not in self.helps:
            done = subprocess.run([PAW, "help", *verb.split()], capture_output=True, text=True, check=False)
            self.helps[verb] = done.stdout if done.returncode == 0 else None
        return self.helps[verb]

    def test_verbs_and_flags_exist(self):
        seen = 0
        # Pages on adding make what they mention; house.how_to executes them.
        for page in (page for page in PAGES if not page.name.startswith("how-to-add")):
            for match in re.finditer(r"`(?:\./)?paw ((?:data )?[a-z]+)\b([^`]*)`", fenced(page.read_text()).replace("\n", " ")):
                verb, rest = match[1], match[2]
                if verb == "help":
                    continue
                with self.subTest(page=page.name, command=match[0]):
                    text = self.help_of(verb)
                    self.assertIsNotNone(text, f"there is no verb {verb}")
                    for flag in re.findall(r"(?<!\S)--[a-z][a-z0-9-]*", rest):
                        self.assertIn(flag, text)
                    seen += 1
        self.assertGreater(seen, 30)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
