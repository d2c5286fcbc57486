"""What this machine is, its multiply-add peak, and what else ran on it meanwhile."""
import json
import os
import resource
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


def kind():
    text = subprocess.run(["lscpu"], capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"}).stdout
    fields = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    fields = {key.strip(): value.strip() for key, value in fields.items()}
    flags = fields.get("Flags", "").split()
    tiers = [name for flag, name in (("avx2", "AVX2"), ("fma", "FMA"), ("avx512f", "AVX-512"), ("avx512_vnni", "VNNI"),
                                     ("avx512_bf16", "BF16")) if flag in flags]
    model = f"{fields.get('Model name', 'unknown')} (family {fields.get('CPU family')}, model {fields.get('Model')})"
    caches = ", ".join(f"{level} {fields[level + ' cache']}" for level in ("L1d", "L2", "L3") if level + " cache" in fields)
    return f"{model}, {os.cpu_count()} CPUs, {' '.join(tiers)}, {caches}"


def peaks(build):
    """GMAC/s by threads, measured by our own register loop."""
    program = build / "bench/paw_peak_bench"
    if not program.exists():
        raise SystemExit(f"[bench] {program} is not there: setup/build release -DPAW_TESTS=ON paw_peak_bench")
    done = subprocess.run([program, "10"], capture_output=True, text=True, check=True)
    return {int(threads): value for threads, value in json.loads(done.stdout)["peak_gmac_s"].items()}


def best(first, second):
    return {threads: max(value, second[threads]) for threads, value in first.items()}


def describe(measured):
    values = ", ".join(f"{value:.1f} on {threads} thread{'s' if threads > 1 else ''}" for threads, value in measured.items())
    return (f"Machine: {kind()}. Float32 multiply-add peak, measured before and after (the better): {values} GMAC/s.")


@dataclass
class Usage:
    """Seconds: of the clock, of all CPUs busy, of all CPUs stolen by the host, of CPU time of this process and its ended
    children."""
    seconds: float
    busy: float
    stolen: float
    own: float


def usage():
    ticks = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    user, nice, system, _, _, irq, softirq, steal = ticks[:8]
    own = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    rate = os.sysconf("SC_CLK_TCK")
    return Usage(time.monotonic(), (user + nice + system + irq + softirq) / rate, steal / rate,
                 sum(u.ru_utime + u.ru_stime for u in own))


def disturbance(before, after, cpus):
    """Shares of the CPUs that other processes used and that the host took."""
    whole = (after.seconds - before.seconds) * cpus
    others = (after.busy - before.busy) - (after.own - before.own)
    return round(max(0.0, others) / whole, 3), round((after.stolen - before.stolen) / whole, 3)


def told(before, after):
    others, stolen = disturbance(before, after, os.cpu_count())
    return f"Meanwhile other processes used {others:.1%} of the CPUs, and the host took {stolen:.1%}."
