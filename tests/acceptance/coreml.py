"""coreml.py PACKAGE PICTURES...: the scores that the evaluator of tests/interop_coreml gives with the packages of apps, as JSON
[package][photo][class]."""
import json
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "interop_coreml"))
from other_runtime import Classifier  # noqa: E402


def scores(package, pictures, folder):
    classifier = Classifier(package, folder)
    size = classifier.description.input[0].type.imageType
    return classifier(np.fromfile(pictures, np.uint8).reshape(-1, size.height, size.width, 3)).tolist()


with tempfile.TemporaryDirectory() as scratch:
    print(json.dumps([scores(*pair, scratch) for pair in zip(sys.argv[1::2], sys.argv[2::2])]))
