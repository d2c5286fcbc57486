"""How far results are apart, in steps of the result."""
import numpy as np


def flat(results):
    return np.concatenate([a.ravel().astype(np.float64) for result in results for a in result])


def steps(a, b):
    """(how many numbers differ, the largest difference, numbers in all)."""
    a, b = flat(a), flat(b)
    if a.shape != b.shape:
        raise ValueError(f"{a.size} and {b.size} results")
    return int((a != b).sum()), float(np.abs(a - b).max()), a.size


def self_check():
    """A wrong number must be seen."""
    a = [[np.array([1, 2, 3], np.int8)]]
    b = [[np.array([1, 2, 5], np.int8)]]
    assert steps(a, a) == (0, 0.0, 3) and steps(a, b) == (1, 2.0, 3)
