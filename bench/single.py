"""Figures that a fresh process gives once: memory, and the time from the file to the first result."""
import statistics

import engines
from measure import Limits

NET = "mobilenet_v2"
TABLES = ("memory", "start")
PEERS = ("LiteRT", "ONNX Runtime", "OpenVINO")


def ours(given, key, threads=1):
    """`key` of our program's answer, once per repeat; or why not."""
    program = engines.ours("inference", given.build)
    program.times = lambda reply: reply["models"][0][key]
    replies = [program.round({"net": NET, "threads": threads, "batch": 1}, Limits(0, 1, 0.05)) for _ in range(given.repeats)]
    errors = [reply["error"] for reply in replies if "error" in reply]
    return ([], errors[0]) if errors else ([reply["ms"] for reply in replies], "")


def once(engine, given, batch=1, threads=1):
    """A fresh worker per repeat."""
    row, replies = {"net": NET, "threads": threads, "batch": batch}, []
    for _ in range(given.repeats):
        worker = engines.start(engine, "start", given.build)
        replies.append(worker.ask({"once": True, "job": engines.job(engine, row)}))
        worker.close()
    return replies


def least_and_median(values, digits=1):
    return f"{min(values):.{digits}f} / {statistics.median(values):.{digits}f}"


def per_image(small, large, batch):
    """Megabytes that each further image of a batch adds."""
    return [(b["peak_bytes"] - a["peak_bytes"]) / (batch - 1) / 1e6 for a, b in zip(small, large)]


def memory(given):
    """Ours is what the plan asks for; LiteRT's is what each image of a batch adds to the process."""
    batch = 17
    arena, missing = ours(given, "arena_bytes")
    small, large = once("LiteRT", given), once("LiteRT", given, batch)
    errors = [reply["error"] for reply in [*small, *large] if "error" in reply]
    yield "MobileNetV2 at 224, batch 1, 1 thread: memory of activations, MB (least / median of the repeats). LiteRT does not"
    yield f"tell, so its process does: the peak of resident memory at batch {batch} less that at batch 1, over {batch - 1}. Weights,"
    yield "packed weights and code cancel out; what does not grow with the batch is not in it."
    yield ""
    yield "| engine | activations, MB |"
    yield "|---|---|"
    yield f"| ours (arena of the plan) | {missing or least_and_median([b / 1e6 for b in arena], 2)} |"
    added = [] if errors else per_image(small, large, batch)
    yield f"| LiteRT | {errors[0] if errors else least_and_median(added, 2)} |"
    if arena and added:
        value = min(arena) / 1e6 / min(added)
        yield ""
        yield f"Ours / LiteRT: {value:.2f} (at most 1): {'met' if value <= 1 else 'MISSED'}."


def start_of_ours(given, threads):
    cells = []
    for key, limit in (("load_ms", None), ("first_result_ms", 10), ("lower_ms", 50)):
        values, missing = ours(given, key, threads)
        met = f": {'met' if min(values) < limit else 'MISSED'}" if values and limit else ""
        cells.append(missing or least_and_median(values) + met)
    return cells


def start_of_peer(given, engine, threads):
    replies = once(engine, given, threads=threads)
    errors = [reply["error"] for reply in replies if "error" in reply]
    keys = ("load_ms", "first_result_ms")
    return [*(errors[0] if errors else least_and_median([reply[key] for reply in replies]) for key in keys), ""]


def start(given):
    yield "MobileNetV2, ms from the model's file to the first result (least / median of the repeats, each in a fresh process,"
    yield "the file in the page cache). Bars: ours under 10 ms from a mapped plan, lowering under 50 ms."
    yield ""
    yield "| engine | threads | load | load to first result | lowering |"
    yield "|---|---|---|---|---|"
    for threads in (1, 2):
        for engine in ("ours", *PEERS):
            cells = start_of_ours(given, threads) if engine == "ours" else start_of_peer(given, engine, threads)
            yield f"| {engine} | {threads} | {' | '.join(cells)} |"


def lines(name, given):
    return list({"memory": memory, "start": start}[name](given))
