"""A Core ML file as coremltools sees it: loaded, checked against its own description, and computed on pictures."""
import shutil
from pathlib import Path

import coremltools as ct
import numpy as np
from networks import Network
from programs import Program


def copied(path, folder):
    """Opening a package makes coremltools write its manifest again: it gets a copy."""
    target = Path(folder) / f"copy-of-{Path(path).name}"
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(path, target)
    return target


class Classifier:
    """Calling it with pictures [N,H,W,C] of bytes gives the scores [N,classes]."""

    def __init__(self, path, folder, rounded=True):
        if Path(path).is_dir():
            model = ct.models.MLModel(str(copied(path, folder)), skip_model_load=True)
            self.runs = Program(model, rounded)
        else:
            self.runs = Network(ct.utils.load_spec(str(path)))
        self.description = self.runs.spec.description
        self.check()

    def check(self):
        """What no loader looks at."""
        d = self.description
        assert len(d.input) == 1 and d.input[0].type.WhichOneof("Type") == "imageType", "one image was expected"
        kinds = {o.name: o.type.WhichOneof("Type") for o in d.output}
        assert kinds[d.predictedFeatureName] in ("stringType", "int64Type"), kinds
        assert kinds[d.predictedProbabilitiesName] == "dictionaryType", kinds

    def __call__(self, pictures):
        name = self.description.input[0].name
        order = slice(None, None, -1) if self.description.input[0].type.imageType.colorSpace == 30 else slice(None)
        rows = []
        for picture in pictures:
            planes = picture[..., order].astype(np.float32).transpose(2, 0, 1)[None]
            rows.append(next(iter(self.runs({name: planes}).values())).reshape(-1))
        return np.array(rows)
