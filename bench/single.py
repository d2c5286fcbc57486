"""Figures that a fresh process gives once: memory, and the time from the file to the first result."""
import json
import statistics
import subprocess

import engines

NET = "mobilenet_v2"
TABLES = ("memory", "start")
PEERS = ("LiteRT", "ONNX Runtime", "OpenVINO")


def ours(given, key):
    """`key` of `paw bench`, once per repeat; or why not."""
    program = given.build / "paw"
    command = engines.inference_command({"net": NET, "threads": 1, "batch": 1}, None)
    values = []
    for _ in range(given.repeats):
        done = subprocess.run([program, *command], capture_output=True, text=True)
        try:
            values.append(json.loads(done.stdout)["models"][0][key])
        except (ValueError, KeyError, IndexError):
            return [], f"`paw bench` has no '{key}'"
    return values, ""


def once(engine, given):
    """A fresh worker per repeat."""
    replies = []
    for _ in range(given.repeats):
        worker = engines.start(engine, "start", given.build)
        replies.append(worker.ask({"once": True, "job": engines.job(engine, {"net": NET, "threads": 1, "batch": 1})}))
        worker.close()
    return replies


def least_and_median(values, digits=1):
    return f"{min(values):.{digits}f} / {statistics.median(values):.{digits}f}"


def memory(given):
    """Ours is what the plan asks for; LiteRT's is what it touches."""
    arena, missing = ours(given, "arena_bytes")
    replies = once("LiteRT", given)
    errors = [reply["error"] for reply in replies if "error" in reply]
    yield "MobileNetV2 at 224, batch 1, 1 thread: memory of activations, MB (least / median of the repeats). Bar: ours at"
    yield "most LiteRT's. LiteRT does not tell; measured is the growth of its process's peak resident memory from after"
    yield "`allocate_tensors` (weights packed) through the first runs: what the activations touch."
    yield ""
    yield "| engine | activations, MB | loading (weights, packed weights), MB |"
    yield "|---|---|---|"
    yield f"| ours (arena of the plan) | {missing or least_and_median([b / 1e6 for b in arena], 2)} | |"
    run, load = ([reply.get(key, 0) / 1e6 for reply in replies] for key in ("run_bytes", "load_bytes"))
    yield f"| LiteRT | {errors[0]} | |" if errors else f"| LiteRT | {least_and_median(run, 2)} | {least_and_median(load, 2)} |"
    if arena and not errors:
        value = min(arena) / 1e6 / min(run)
        yield ""
        yield f"Ours / LiteRT: {value:.2f} (at most 1): {'met' if value <= 1 else 'MISSED'}."


def start(given):
    yield "MobileNetV2, 1 thread, ms from the model's file to the first result (least / median of the repeats, each in a fresh"
    yield "process, the file in the page cache). Bars: ours under 10 ms from a mapped plan, lowering under 50 ms."
    yield ""
    yield "| engine | load | load to first result | lowering |"
    yield "|---|---|---|---|"
    cells = []
    for key, limit in (("load_ms", None), ("first_result_ms", 10), ("lower_ms", 50)):
        values, missing = ours(given, key)
        met = f": {'met' if min(values) < limit else 'MISSED'}" if values and limit else ""
        cells.append(missing or least_and_median(values) + met)
    yield f"| ours | {' | '.join(cells)} |"
    for engine in PEERS:
        replies = once(engine, given)
        errors = [reply["error"] for reply in replies if "error" in reply]
        columns = [errors[0] if errors else least_and_median([r[key] for r in replies]) for key in ("load_ms", "first_result_ms")]
        yield f"| {engine} | {' | '.join(columns)} | |"


def lines(name, given):
    return list({"memory": memory, "start": start}[name](given))
