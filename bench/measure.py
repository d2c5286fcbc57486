"""Rounds that interleave the engines, and what remains of the times: minimum and median.

An engine is anything with round(job, limits) -> {"ms": [...]} or {"error": text}, and close().
"""
import contextlib
import ctypes
import json
import os
import signal
import statistics
import subprocess
from dataclasses import dataclass, field


@dataclass
class Limits:
    """What one round of one engine is: `warm` runs that do not count, then until both limits are met."""
    warm: int
    least: int
    seconds: float


@dataclass
class Figure:
    """Times of one engine at one job, in milliseconds; a round counts by its minimum and its median."""
    rounds: list = field(default_factory=list)
    error: str = ""

    def add(self, reply):
        if reply.get("error"):
            self.error = reply["error"]
        else:
            ms = reply["ms"]
            self.rounds.append((min(ms), statistics.median(ms)))

    @property
    def known(self):
        return bool(self.rounds) and not self.error

    @property
    def least(self):
        return min(low for low, _ in self.rounds)

    @property
    def median(self):
        return statistics.median(middle for _, middle in self.rounds)


def end_with_parent():
    """Before the program starts: a stopped worker whose runner was killed would stay for ever."""
    pr_set_pdeathsig = 1
    with contextlib.suppress(OSError, AttributeError):  # Linux only
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


class Worker:
    """A peer's process. It is stopped whenever it is not asked: a pool of threads that spins would steal from the next."""

    def __init__(self, command, cwd=None):
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        text=True, bufsize=1, cwd=cwd, env=environment,
                                        preexec_fn=end_with_parent)
        self.process.send_signal(signal.SIGSTOP)

    def ask(self, request):
        self.process.send_signal(signal.SIGCONT)
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            return {"error": f"the worker ended with exit code {self.process.wait()}"}
        self.process.send_signal(signal.SIGSTOP)
        return json.loads(line)

    def round(self, job, limits):
        return self.ask({"job": job, **vars(limits)})

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        with contextlib.suppress(BrokenPipeError):  # what was written to one that had ended
            self.process.stdin.close()


class Program:
    """A program of ours, started for every round. `command(job, limits)` gives its arguments, `times(reply)` the
    milliseconds in what it prints as JSON."""

    def __init__(self, path, command, times):
        self.path, self.command, self.times = path, command, times

    def round(self, job, limits):
        if not self.path.exists():
            return {"error": "not built yet"}
        done = subprocess.run([self.path, *self.command(job, limits)], capture_output=True, text=True)
        if "unknown verb" in done.stdout + done.stderr:
            return {"error": "not built yet"}
        if done.returncode != 0:
            return {"error": f"exit code {done.returncode}: {(done.stdout + done.stderr).strip()[:300]}"}
        try:
            return {"ms": self.times(json.loads(done.stdout))}
        except (ValueError, KeyError, IndexError) as error:
            return {"error": f"unexpected answer ({type(error).__name__}: {error})"}

    def close(self):
        pass


def interleave(jobs, engines, limits, repeats, rounds, tell=lambda text: None):
    """A B C A B C ... for every job, all of it `repeats` times. The order turns from round to round, so that nobody always
    follows the same neighbour. Gives {(job name, engine name): Figure}; jobs: {name: {engine name: job}}."""
    figures = {(name, engine): Figure() for name, per_engine in jobs.items() for engine in per_engine}
    for repeat in range(repeats):
        for name, per_engine in jobs.items():
            tell(f"{name}, repeat {repeat + 1} of {repeats}")
            order = list(per_engine)
            for turn in range(rounds):
                for engine in order[turn % len(order):] + order[:turn % len(order)]:
                    figure = figures[name, engine]
                    if not figure.error:
                        figure.add(engines[engine].round(per_engine[engine], limits))
    return figures
