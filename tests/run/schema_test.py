"""schema_test.py FOLDER: run.json of a whole run, of a training and of a failed one against docs/run.schema.json, and that the
schema tells broken ones apart. Exit code 77 (skipped) when the pinned package cannot be had; FOLDER keeps it."""
import copy
import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from pinned import SKIPPED, install  # noqa: E402
from runs import Place  # noqa: E402


def records():
    """[name, record, is it one]"""
    place = Place()
    try:
        run = place.root / "run"
        whole = place.run(run)
        del whole["run"]
        timed = place.call("run", place.photos, "-o", place.root / "timed", "--net", "pawnet", "--size", 64, "--epochs", 1)
        del timed["run"]
        place.call("train", place.photos, "-o", place.root / "trained", "--net", "pawnet", "--size", 64, "--epochs", 1)
        (run / "apps").rename(run / "gone")
        (run / "apps").write_text("in the way")
        place.run(run, "--resume", code=6)
        yield "whole", whole, True
        yield "timed", timed, True
        yield "trained", json.loads((place.root / "trained/run.json").read_text()), True
        yield "failed", json.loads((run / "run.json").read_text()), True
        for name, change in {"hash": lambda r: r["stages"]["train"]["outputs"].update({"model.paw": "0"}),
                             "path": lambda r: r["stages"]["predict"]["result"]["images"][0].update({"path": "/home/me/a.png"}),
                             "stage": lambda r: r["stages"].update({"paint": {}}),
                             "result": lambda r: r["stages"]["tflite"].pop("result"),
                             "host": lambda r: r.update({"host": {"name": "here"}})}.items():
            broken = copy.deepcopy(whole)
            change(broken)
            yield f"broken {name}", broken, False
    finally:
        place.close()


def main():
    folder = Path(sys.argv[1])
    if "PAW_SCHEMA_CHILD" not in os.environ:
        if not install(HERE / "requirements.txt", folder):
            return SKIPPED
        return subprocess.run([folder / "bin/python", *sys.argv], env=dict(os.environ, PAW_SCHEMA_CHILD="1")).returncode
    from jsonschema import Draft202012Validator
    schema = json.loads((HERE.parent.parent / "docs/run.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    validator, failed = Draft202012Validator(schema), 0
    for name, record, good in records():
        problems = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in validator.iter_errors(record)]
        failed += bool(problems) == good
        print(f"{name}: {problems or 'as the schema says'}{' FAILED' if bool(problems) == good else ''}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
