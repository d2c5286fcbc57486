"""The engine, as a program."""
import subprocess
import tempfile

import numpy as np


class Engine:
    def __init__(self, program):
        self.program = program

    def run(self, model: bytes, rounding: str, samples, outputs, tier="best", threads=1):
        """Results shaped and typed like `outputs` (of one sample). RuntimeError with what the engine says."""
        with tempfile.NamedTemporaryFile(suffix=".tflite") as file:
            file.write(model)
            file.flush()
            given = b"".join(np.ascontiguousarray(a).tobytes() for sample in samples for a in sample)
            done = subprocess.run([self.program, file.name, rounding, tier, str(threads)], input=given, capture_output=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.decode().strip() or f"exit code {done.returncode}")
        results, at = [], 0
        for _ in samples:
            result = []
            for like in outputs:
                result.append(np.frombuffer(done.stdout, like.dtype, like.size, at).reshape(like.shape))
                at += like.nbytes
            results.append(result)
        if at != len(done.stdout):
            raise RuntimeError(f"{len(done.stdout)} bytes of results, expected {at}")
        return results
