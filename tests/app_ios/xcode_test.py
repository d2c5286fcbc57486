"""xcode_test.py PAW MODELS_PROGRAM FOLDER: the generated project, its sources and its model as independent programs see them.

Exit code 77 (skipped) when Node.js or a pinned package is not there and cannot be had."""
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent))
from npm import SKIPPED, installed, missing_tool  # noqa: E402
from phone_models import KINDS, call, make_app, make_models  # noqa: E402
from pinned import install  # noqa: E402


def main():
    paw, program, folder = (Path(a).resolve() for a in sys.argv[1:4])
    if tool := missing_tool("node", "npm"):
        print(f"skipped: {tool} is not installed")
        return SKIPPED
    folder.mkdir(parents=True, exist_ok=True)
    modules = installed(HERE / "package.json", folder / "npm")
    swift, coreml = folder / "venv", ROOT / "build/venv_coreml"  # the latter as tests/interop_coreml
    if modules is None:
        print("skipped: no network: the reader of project files cannot be had")
        return SKIPPED
    if not install(HERE / "requirements.txt", swift) or not install(HERE.parent / "interop_coreml/requirements.txt", coreml):
        return SKIPPED
    make_models(paw, program, folder)
    apps = [make_app(paw, folder / model, folder / f"app-{model}", "ios", "--name", "\"; };'&<") for model in KINDS]
    print(call("node", HERE / "project.mjs", modules, apps[0]).strip())
    print(call(swift / "bin/python", HERE / "parse_swift.py", apps[0]).strip())
    return subprocess.run([coreml / "bin/python", HERE / "check_package.py", *apps]).returncode


if __name__ == "__main__":
    sys.exit(main())
