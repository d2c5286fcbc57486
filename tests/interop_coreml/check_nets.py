"""check_nets.py PROGRAM: nets of the size that people have, stored as coremltools does, are read and give what an evaluator says."""
import sys
import tempfile
from pathlib import Path

import foreign_nets
from check_others import problem


def main() -> int:
    bad = count = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for name, model in foreign_nets.programs():
            path = folder / f"{name}.mlpackage"
            model.save(str(path))
            what = problem(sys.argv[1], path, folder, count=2)
            count += 1
            if what:
                bad += 1
                print(f"{path.name}: {what}")
    print(f"{count} files, {bad} wrong")
    return 0 if bad == 0 and count == 12 else 1


if __name__ == "__main__":
    sys.exit(main())
