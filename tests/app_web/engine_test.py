"""engine_test.py PAW MODELS_PROGRAM TEMPLATE FOLDER: generated web apps under Node.js. Every engine module answers the golden
photos as `paw` does: float to 1e-5, integers exactly; and the TypeScript passes its compiler."""
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FLOAT = 1e-5  # of a probability
MODULES = ("engine.wasm", "engine_relaxed.wasm", "engine_scalar.wasm")


def call(*command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def answers(bundle, app, module):
    return json.loads(call("node", "--experimental-wasm-relaxed-simd", HERE / "engine.mjs", bundle, app, module))


def main():
    paw, program, template, folder = (Path(a).resolve() for a in sys.argv[1:5])
    folder.mkdir(parents=True, exist_ok=True)
    call("tsc", "-p", template)
    bundle = folder / "classifier.mjs"
    call("esbuild", template / "src/classifier.ts", "--bundle", "--format=esm", "--log-level=warning", f"--outfile={bundle}")
    call(program, folder)
    call(paw, "data", "draw", "-o", folder / "drawn", "--count", 16, "--size", 160, "--quiet", "--force")
    call(paw, "optimize", folder / "2.paw", "-o", folder / "int8.tflite", "--recipe", "int8", "--calibrate",
         folder / "drawn", "--max-drop", 1, "--quiet", "--force")
    failed = 0
    # MobileNetV3 has a layer between average and classifier: there is no map of where it looked.
    for model, exact, maps in (("2.paw", False, 8), ("3.paw", False, 8), ("1000.paw", False, 0), ("int8.tflite", True, 8)):
        app = folder / f"app-{model}"
        call(paw, "app", folder / model, "-o", app, "--web", "--name", "</title>\"'&", "--force", "--quiet")
        for module in MODULES if model == "2.paw" or exact else MODULES[:1]:
            got = answers(bundle, app / "web", module)
            good = (got["agree"] == got["photos"] == 8 and got["explained"] == maps and got["imports"] == 0
                    and got["sure"] > 0.3 and got["largest"] <= (0 if exact else FLOAT))
            failed += not good
            print(f"{model} {module}: {got}{'' if good else ' FAILED'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
