"""check_package.py APP...: each app's package passes coremltools and says what the app's code takes for granted."""
import json
import sys
from pathlib import Path

import coremltools as ct


def problems(app):
    model = ct.models.MLModel(str(app / "App/Model.mlpackage"), skip_model_load=True)
    spec = model.get_spec()
    info = json.loads((app / "App/Data/model.json").read_text())
    image = spec.description.input[0]
    if (len(spec.description.input), image.name, image.type.WhichOneof("Type")) != (1, "image", "imageType"):
        yield "its input is no image called image"
    if (image.type.imageType.width, image.type.imageType.height) != (info["preprocess"]["width"], info["preprocess"]["height"]):
        yield "its image has another size than the app's record"
    outputs = {feature.name: feature.type for feature in spec.description.output}
    if outputs["classLabel_probs"].WhichOneof("Type") != "dictionaryType":
        yield "its scores are no dictionary"
    if spec.description.predictedProbabilitiesName != "classLabel_probs":
        yield "its scores have another name"
    if ("features" in outputs) != (info["class_weights"] is not None):
        yield "feature map and class weights do not go together"
    if "features" in outputs:
        weights = (app / "App/Data" / info["class_weights"]).read_bytes()
        height, width, depth = (int.from_bytes(weights[i:i + 4], "little") for i in (0, 4, 8))
        if list(outputs["features"].multiArrayType.shape) != [1, depth, height, width]:
            yield "its feature map has another size than the class weights"
        if outputs["features"].multiArrayType.dataType != ct.proto.FeatureTypes_pb2.ArrayFeatureType.FLOAT32:
            yield "its feature map is not float32"
    oldest = f"IPHONEOS_DEPLOYMENT_TARGET = {spec.specificationVersion + 9}.0;"
    if (app / "PhotoApp.xcodeproj/project.pbxproj").read_text().count(oldest) != 2:
        yield f"it wants specification version {spec.specificationVersion}, the project an older iOS"


def main():
    failed = 0
    for app in map(Path, sys.argv[1:]):
        wrong = list(problems(app))
        failed += len(wrong)
        print(f"{app.parent.name}: {'; '.join(wrong) or 'coremltools agrees'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
