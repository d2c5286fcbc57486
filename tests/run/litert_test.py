"""litert_test.py VENV: in the parity table of a run every .tflite file stands with LiteRT's answers, which agree with the trained
model's, where PAW_PYTHON names a Python that has LiteRT; elsewhere the row says why not. Exit code 77 (skipped) when LiteRT cannot
be had; VENV keeps it.
"""
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from pinned import SKIPPED, install  # noqa: E402
from runs import Place  # noqa: E402

VENV = Path(sys.argv[1])


class LiteRT(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Place()

    @classmethod
    def tearDownClass(cls):
        cls.place.close()

    def rows(self, run, python):
        """Of a run with that Python: {file: row of LiteRT}, and our own rows of these files."""
        self.place.environment["PAW_PYTHON"] = str(python)
        flags = ("--net", "pawnet", "--size", "64", "--epochs", "6")
        parity = self.place.run(self.place.root / run, settings=flags)["stages"]["predict"]["result"]["parity"]
        return [{row["file"]: row for row in parity if row["engine"] == engine and row["file"].endswith(".tflite")}
                for engine in ("LiteRT", "pawprint")]

    def test_it_answers_as_we_do(self):
        theirs, ours = self.rows("with", VENV / "bin/python")
        self.assertEqual(list(theirs), ["exports/model.tflite", "exports/model_small.tflite"])
        for file, row in theirs.items():
            self.assertEqual(row["note"], "2.3.0", row)
            self.assertEqual(row["images"], ours[file]["images"])
            self.assertGreater(row["images"], 0)
        exact = theirs["exports/model.tflite"]
        self.assertEqual(exact["agreement"], 1)
        self.assertLess(exact["max_abs_diff"], 1e-4)
        # Both are compared with the trained model: what LiteRT adds to what rounding costs is a step of the scores or two.
        small, own = theirs["exports/model_small.tflite"], ours["exports/model_small.tflite"]
        self.assertLess(abs(small["max_abs_diff"] - own["max_abs_diff"]), 2 / 256)

    def test_without_it_the_row_says_so(self):
        theirs, _ = self.rows("without", "/nowhere/python")
        for row in theirs.values():
            self.assertEqual((row["images"], row["agreement"], row["max_abs_diff"]), (0, None, None))
            self.assertIn("not run", row["note"])


if __name__ == "__main__":
    if not install(HERE.parent / "interop_int8/requirements.txt", VENV):
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1])
