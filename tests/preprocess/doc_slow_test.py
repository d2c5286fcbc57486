"""docs/preprocess.md is right: its Python gives its golden values, and the pictures and numbers of the program."""
import os
import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from program import Case, pattern, random_case, record, run_program, seeded  # noqa: E402

ROOT = Path(os.environ.get("PAW_SOURCE_DIR") or Path(__file__).resolve().parents[2])
BUILD = Path(os.environ.get("PAW_BUILD_DIR") or ROOT / "build/release")
PAGE = (ROOT / "docs/preprocess.md").read_text()


def blocks(kind):
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def page():
    """The functions of the page."""
    names = {}
    exec("\n".join(blocks("python")), names)
    return names


def planes(photo, width, height):
    return [[[photo[(y * width + x) * 3 + c] for x in range(width)] for y in range(height)] for c in range(3)]


def golden():
    """[(case, picture)]"""
    found = []
    for line in "".join(blocks("golden")).splitlines():
        words, numbers = line.split(":")
        geometry, name, photo, target = words.split()
        geometry, _, short = geometry.partition("-")
        width, height = map(int, photo.split("x"))
        made = record(*map(int, target.split("x")), geometry, int(short or 0), name)
        found.append((Case(width, height, pattern(width, height), made), bytes(map(int, numbers.split()))))
    return found


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.page = page()

    def by_the_page(self, case):
        made = self.page["picture"](planes(case.photo, case.width, case.height), case.width, case.height, case.record)
        return bytes(v for rows in zip(*made) for pixels in zip(*rows) for v in pixels)

    def test_golden_values(self):
        cases = golden()
        self.assertGreater(len(cases), 8)
        program = run_program(BUILD / "tests/paw_preprocess_dump", [case for case, _ in cases])
        for (case, expected), (picture, _) in zip(cases, program):
            with self.subTest(case.name()):
                self.assertEqual(list(self.by_the_page(case)), list(expected))
                self.assertEqual(list(picture), list(expected))

    def test_random_photos(self):
        rng = seeded(1)
        cases = [random_case(rng, 60 if i % 5 == 0 else 14, 24) for i in range(150)]
        for case, (picture, numbers) in zip(cases, run_program(BUILD / "tests/paw_preprocess_dump", cases)):
            with self.subTest(case.name()):
                self.assertEqual(self.by_the_page(case), picture)
                pixels = zip(picture[::3], picture[1::3], picture[2::3])
                expected = tuple(v for pixel in pixels for v in self.page["values"](*pixel, case.record))
                self.assertEqual(expected, numbers)

    def test_golden_floats(self):
        ((lines),) = blocks("values")
        for line in lines.splitlines():
            scale, bias, pixel, expected = line.split()
            made = {"color": "rgb", "scale": [eval(scale)] * 3, "bias": [eval(bias)] * 3}
            self.assertEqual(self.page["values"](*[int(pixel)] * 3, made), [float(expected)] * 3, line)


if __name__ == "__main__":
    unittest.main()
