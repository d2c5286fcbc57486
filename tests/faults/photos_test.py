"""Photos as people have them: bad files among good ones, folders that are no data set, names of all kinds. The whole job gives the
right counts, or an error that says what is wrong."""
import os
import random
import shutil
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from runs import ONE_EPOCH, Place  # noqa: E402


class Photos(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.folder = self.place.root / "folder"
        self.run_folder = self.place.root / "run"

    def tearDown(self):
        self.place.close()

    def photo(self, i):
        return self.place.photos / (f"cat/cat_{i // 2:04}.png" if i % 2 == 0 else f"dog/dog_{i // 2:04}.png")

    def put(self, path, i):
        path = os.fsencode(self.folder) + b"/" + path
        os.makedirs(os.path.dirname(path), exist_ok=True)
        shutil.copy(self.photo(i), path)

    def refused(self):
        error = self.place.run(self.run_folder, photos=self.folder, code=3)["error"]
        self.assertEqual(error["code"], "bad_data")
        self.assertFalse(self.run_folder.exists(), "nothing is left of a run that did not begin")
        return error

    def test_two_hundred_bad_files_are_left_out_and_counted(self):
        shutil.copytree(self.place.photos, self.folder)
        whole, noise = self.photo(0).read_bytes(), random.Random(1)
        for i in range(200):
            # Each is different from the others: no copies of one another.
            name = self.folder / ("cat" if i % 2 else "dog") / f"bad_{i}"
            match i % 4:
                case 0: name.with_suffix(".png").write_bytes(whole[:40 + i])
                case 1: name.with_suffix(".jpg").write_bytes(noise.randbytes(500 + i))
                case 2: name.with_suffix(".png").write_text(f"<html>not found: {i}</html>")
                case 3: name.with_suffix(".jpg").write_bytes(b"\xff\xd8\xff\xe0" + noise.randbytes(300 + i))
        result = self.place.run(self.run_folder, photos=self.folder)["stages"]["train"]["result"]
        check = result["check"]
        self.assertEqual((check["files"], check["used"], check["left_out"]), (260, 60, 200))
        self.assertEqual(len([v for v in check["verdicts"] if "/bad_" in v["path"]]), 200)
        self.assertEqual(result["shape"], [60, 64, 64, 3])

    def test_one_class(self):
        for i in range(20):
            self.put(b"cat/%d.png" % i, 2 * i)
        self.assertIn("class", self.refused()["message"])

    def test_photos_of_one_class_beside_a_folder_of_folders(self):
        for i in range(20):
            self.put(b"cat/%d.png" % i, 2 * i)
            self.put(b"others/dog/%d.png" % i, 2 * i + 1)
        self.assertIn("one class alone, cat", self.refused()["message"])

    def test_no_photos(self):
        (self.folder / "cat").mkdir(parents=True)
        (self.folder / "dog").mkdir()
        self.refused()

    def test_no_folder(self):
        error = self.place.run(self.run_folder, photos=self.folder, code=6)["error"]
        self.assertIn(str(self.folder), error["where"] + error["message"])

    def test_three_photos(self):
        for i in range(3):
            self.put(b"%s/%d.png" % ((b"cat", b"dog")[i % 2], i), i)
        self.refused()

    def test_one_photo_of_each_class(self):
        for i in range(2):
            self.put(b"%s/%d.png" % ((b"cat", b"dog")[i], i), i)
        self.refused()

    def test_two_hundred_classes(self):
        self.place.call("data", "draw", "-o", self.place.root / "many", "--count", 2000, "--size", 32)
        pictures = sorted((self.place.root / "many").rglob("*.png"))
        for i, picture in enumerate(pictures):
            target = self.folder / f"class{i % 200:03}" / f"{i}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(picture, target)
        # What cannot be learned is no error; a small file that is worse than the allowed drop is refused, not written.
        record = self.place.run(self.run_folder, photos=self.folder, settings=ONE_EPOCH)
        self.assertEqual(len(record["stages"]["train"]["result"]["labels"]), 200)
        self.assertEqual(record["stages"]["predict"]["state"], "done")

    def test_names_of_all_kinds(self):
        names = [b"with space", b"it's", b'"quoted"', b"new\nline", b"\xff\xfe not utf-8", "Grüße".encode(), b"-o", b"a,b;c", b"%s", b"$HOME"]
        for i in range(60):
            self.put(b"%s/%s %d.png" % ((b"black cat", b"dog")[i % 2], names[i % len(names)], i), i)
        record = self.place.run(self.run_folder, photos=self.folder)
        # A name that is not UTF-8 could not be told in the manifest again: said, and left out.
        check = record["stages"]["train"]["result"]["check"]
        self.assertEqual((check["files"], check["used"]), (60, 54))
        self.assertEqual({v["reason"] for v in check["verdicts"] if "not utf-8" in v["path"]}, {"the name is not UTF-8 text"})
        self.assertEqual(record["stages"]["train"]["result"]["labels"], ["black cat", "dog"])
        self.assertEqual(record["stages"]["predict"]["state"], "done")
        # All of them are known again.
        again = self.place.run(self.run_folder, "--resume", photos=self.folder)
        self.assertEqual(again, record)

    def test_a_class_whose_name_is_not_utf8(self):
        for i in range(60):
            self.put(b"%s/%d.png" % ((b"c\xe4t", b"dog")[i % 2], i), i)
        self.assertIn("1 class", self.refused()["message"])


if __name__ == "__main__":
    unittest.main()
