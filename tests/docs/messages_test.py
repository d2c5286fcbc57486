"""messages_test.py PAW: messages that docs/troubleshooting.md explains are those that the program has, and exit codes those that it ends with."""
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PAW = Path(sys.argv[1]).resolve()
ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/troubleshooting.md").read_text()
# Of the flag library: not in our sources, so they are provoked.
OF_FLAGS = {
    "... is required": ["train", "photos"],
    "... not in {...}": ["train", "photos", "-o", "run", "--geometry", "round"],
    "Could not convert: ...": ["train", "photos", "-o", "run", "--epochs", "ten"],
}
# One error of each kind that takes no photos and no time, and what the page has it under.
PROVOKED = [
    (2, "unknown verb '...'", ["trian"]),
    (2, "'...' needs one more word: ...", ["data"]),
    (2, "is a folder, not a photo", ["predict", "model.tflite", "."]),
    (2, "its name does not end in the suffix of a model format", ["convert", "--net", "pawnet", "-o", "model.tfl"]),
    (2, "no platform is named", ["app", "model.tflite", "-o", "apps"]),
    (3, "holds no class folder", ["data", "check", "empty"]),
    (3, "is not the record of a run", ["report", "run"]),
    (4, "is not a model file that is known", ["inspect", "text.txt"]),
    (4, "is a folder, not a model", ["inspect", "."]),
    (6, "exists already", ["convert", "--net", "pawnet", "-o", "model.tflite"]),
    (6, "cannot be read: ...", ["inspect", "missing.paw"]),
    (6, "holds no index.html", ["serve", "."]),
]


def sections():
    """{'2': text, ...} by the numbers of the headings."""
    parts = re.split(r"^## (\d[\d and]*): .*$", PAGE, flags=re.MULTILINE)
    return dict(zip(parts[1::2], (re.split(r"^## ", text, flags=re.MULTILINE)[0] for text in parts[2::2])))


def messages(section):
    """Quoted in the first column of its table."""
    rows = re.findall(r"^\| (.*?) \|", section, flags=re.MULTILINE)
    for row in rows:
        if "code `" in row:
            row = row.replace("`internal`", "")
        if not row.startswith("a photo is"):  # verdicts: docs/photos.md has them
            yield from re.findall(r"`([^`]+)`", row)


def literals():
    """All string literals of the sources, those that are joined as one."""
    text = []
    for path in sorted((ROOT / "src").rglob("*.cc")):
        if not path.name.endswith("_test.cc"):
            source = re.sub(r'"\s*\n\s*"', "", path.read_text())
            text += re.findall(r'"((?:[^"\\\n]|\\.)*)"', source)
    return "\n".join(text).replace("{}", "...").replace('\\"', '"')


class Messages(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="paw-messages-")
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        (self.folder / "text.txt").write_text("no model\n")
        (self.folder / "empty").mkdir()
        (self.folder / "run").mkdir()
        (self.folder / "run/run.json").write_text("{}")
        subprocess.run([PAW, "convert", "--net", "pawnet", "-o", "model.tflite", "--verify", "none", "--quiet"], cwd=self.folder,
                       stdout=subprocess.DEVNULL, check=True)

    def run_paw(self, words):
        done = subprocess.run([PAW, *words], cwd=self.folder, capture_output=True, text=True, check=False, timeout=60)
        return done.returncode, done.stdout + done.stderr

    def assert_says(self, message, text):
        for part in filter(None, (p.strip() for p in re.split(r"\.\.\.", message))):
            self.assertIn(part, text)

    def test_every_exit_code_has_a_section(self):
        self.assertEqual(list(sections()), ["2", "3", "4", "5", "6", "7", "8", "130 and 143"])

    def test_messages_are_in_the_sources(self):
        known = literals()
        seen = 0
        for number, section in sections().items():
            for message in messages(section):
                if message in OF_FLAGS:
                    continue
                seen += 1
                for part in message.split("..."):
                    with self.subTest(section=number, message=message):
                        self.assertTrue(part.strip(" '") in known, f"no message has {part!r}")
        self.assertGreater(seen, 60)

    def test_messages_of_flags(self):
        for message, words in OF_FLAGS.items():
            with self.subTest(message=message):
                code, text = self.run_paw(words)
                self.assertEqual(code, 2)
                self.assert_says(message, text)

    def test_provoked(self):
        by_number = sections()
        for number, message, words in PROVOKED:
            with self.subTest(message=message):
                self.assertIn(f"`{message}`", by_number[str(number)])
                code, text = self.run_paw(words)
                self.assertEqual(code, number, text)
                self.assert_says(message, text)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
