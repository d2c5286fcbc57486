"""One peer in a process of its own: worker.py ENGINE, requests and answers as JSON, one a line.

{"job": {...}, "warm": n, "least": n, "seconds": s} -> {"ms": [...]}: runs the job until both limits are met. The first
request of a job loads it and runs it once. {"job": {...}, "once": true} -> what ENGINE's once() says. Engines are
engines/ENGINE.py: load(job) gives the function that runs once. The runner stops this process (SIGSTOP) while it is not
asked.
"""
import importlib
import json
import os
import sys
import time


def timed(run, request):
    for _ in range(request["warm"]):
        run()
    ms, end = [], time.perf_counter() + request["seconds"]
    while len(ms) < request["least"] or time.perf_counter() < end:
        start = time.perf_counter()
        run()
        ms.append((time.perf_counter() - start) * 1e3)
    return ms


def answer(engine, loaded, request):
    job = request["job"]
    if request.get("once"):
        return engine.once(job)
    key = json.dumps(job, sort_keys=True)
    if key not in loaded:
        loaded[key] = engine.load(job)
        loaded[key]()  # the first run allocates and compiles
    return {"ms": timed(loaded[key], request)}


def main():
    # Libraries print to stdout: keep it for the answers alone.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    engine, loaded = importlib.import_module("engines." + sys.argv[1]), {}
    for line in sys.stdin:
        try:
            reply = answer(engine, loaded, json.loads(line))
        except Exception as error:  # every engine has its own
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), file=answers)


if __name__ == "__main__":
    main()
