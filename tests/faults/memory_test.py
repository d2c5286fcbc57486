"""Ten thousand photos: the whole job stays under 2 GB."""
import resource
import shutil
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from runs import ONE_EPOCH, Place  # noqa: E402

LIMIT = 2_000_000_000


class Memory(unittest.TestCase):
    def test_ten_thousand_photos(self):
        place = Place(count=0)
        try:
            place.call("data", "draw", "-o", place.photos, "--count", 10_000, "--size", 128)
            before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
            record = place.run(place.root / "run", settings=ONE_EPOCH)
            self.assertEqual(record["stages"]["train"]["result"]["check"]["used"], 10_000)
            most = 1024 * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
            print(f"largest memory: {most / 1e9:.2f} GB (drawing {1024 * before / 1e9:.2f} GB)")
            self.assertLess(most, LIMIT)
        finally:
            shutil.rmtree(place.root, ignore_errors=True)


if __name__ == "__main__":
    unittest.main()
