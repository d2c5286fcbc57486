"""check_ops.py PROGRAM: every integer op in a file of its own, in the engine and in LiteRT with each resolver.

The rounding "float" must equal what LiteRT runs by default (XNNPACK, else its optimised kernels), "fixed" the reference kernels:
to the bit. Each is within one step of every other resolver.
"""
import sys

import numpy as np

import peers
from cases import Random, all_cases
from compare import self_check, steps
from engine import Engine

SEEDS = (0, 1)
CLAIMS = {"float": "xnnpack", "fixed": "reference"}
# Errors of peers: the reference kernel of SUM reads i8 as u8. Its other resolvers do not.
WRONG_PEERS = {("sum/i8", "reference")}
# Results in float32 have no steps.
FLOAT_RESULTS = ("mixed/",)


def samples(model, rng, count=2):
    """Numbers of every kind; all 256 bytes for tables."""
    out = []
    for _ in range(count):
        sample = []
        for shape, dtype in peers.inputs(model):
            if dtype == np.float32:
                sample.append(rng.normal(0, 2, shape).astype(np.float32))
                continue
            limits = np.iinfo(dtype)
            if list(shape) == [1, 256]:
                sample.append(np.arange(limits.min, limits.max + 1).astype(dtype).reshape(shape))
            else:
                sample.append(rng.integers(limits.min, limits.max + 1, shape).astype(dtype))
        out.append(sample)
    return out


def check(name, model, given, engine):
    """What is wrong, and how many numbers the two roundings differ in."""
    theirs = {r: peers.run(model, r, given) for r in peers.RESOLVERS}
    ours = {m: engine.run(model, m, given, theirs["builtin"][0]) for m in CLAIMS}
    problems = []
    for mode, claimed in CLAIMS.items():
        for resolver in theirs:
            if (name, resolver) in WRONG_PEERS:
                if steps(theirs[resolver], theirs["builtin"])[1] <= 1:
                    problems.append(f"{resolver} is right now: it need not be left out")
                continue
            differ, most, count = steps(ours[mode], theirs[resolver])
            allowed = 0 if resolver == claimed else 1
            if most > allowed and not (allowed and name.startswith(FLOAT_RESULTS)):
                problems.append(f"{mode} against {resolver}: {differ} of {count} differ, by up to {most:g}")
        for tier, threads in (("portable", 1), ("avx2", 1), ("best", 3)):
            again = engine.run(model, mode, given, theirs["builtin"][0], tier, threads)
            if steps(again, ours[mode])[0]:
                problems.append(f"{mode}: {tier} with {threads} threads differs from the best tier")
    return problems, steps(ours["float"], ours["fixed"])[0]


def main():
    self_check()
    engine, problems, apart = Engine(sys.argv[1]), [], 0
    cases = all_cases()
    for name, make in cases:
        for seed in SEEDS:
            model = make(Random(seed))
            try:
                found, differ = check(name, model, samples(model, np.random.default_rng(seed)), engine)
            except (RuntimeError, ValueError) as error:
                found, differ = [str(error)], 0
            apart += differ
            problems += [f"{name}, seed {seed}: {problem}" for problem in found]
    if apart == 0:
        problems.append("both roundings gave the same numbers everywhere: one of them was not used")
    for problem in problems:
        print(problem)
    print(f"{len(cases)} files with {len(SEEDS)} seeds: {len(problems)} problems; the roundings differ in {apart} numbers")
    return 1 if problems or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
