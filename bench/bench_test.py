"""The arithmetic and the running of bench/ with engines that are made up."""
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import machine  # noqa: E402
import measure  # noqa: E402
import results  # noqa: E402
import single  # noqa: E402
import tables  # noqa: E402

LIMITS = measure.Limits(0, 1, 0.0)
# Answers with what it was asked; a thread of it spins all the time.
SPINNER = """
import json, sys, threading
def spin():
    while True: pass
threading.Thread(target=spin, daemon=True).start()
for line in sys.stdin:
    request = json.loads(line)
    if request["job"] == "die": sys.exit(3)
    print(json.dumps({"ms": [request["least"], request["job"]["ms"]]}), flush=True)
"""


class Fake:
    def __init__(self, name, replies, log):
        self.name, self.replies, self.log = name, list(replies), log

    def round(self, job, limits):
        self.log.append((self.name, job))
        return self.replies.pop(0)


def figure(*rounds):
    made = measure.Figure()
    for ms in rounds:
        made.add({"ms": ms})
    return made


class Rounds(unittest.TestCase):
    def test_a_figure_is_the_least_minimum_and_the_middle_median(self):
        made = figure([3, 1, 9], [2, 4, 6], [5, 5, 8])
        self.assertEqual((made.least, made.median), (1, 4))

    def test_a_single_error_makes_a_figure_unknown(self):
        made = figure([1])
        made.add({"error": "gone"})
        self.assertFalse(made.known)

    def test_engines_interleave_and_the_order_turns(self):
        log = []
        engines = {name: Fake(name, [{"ms": [1]}] * 9, log) for name in "abc"}
        jobs = {"x": dict.fromkeys("abc", "jx"), "y": dict.fromkeys("ab", "jy")}
        figures = measure.interleave(jobs, engines, LIMITS, repeats=2, rounds=2)
        once = "abc" "bca" "ab" "ba"
        self.assertEqual("".join(name for name, _ in log), once + once)
        self.assertEqual(len(figures["x", "a"].rounds), 4)
        self.assertNotIn(("y", "c"), figures)

    def test_an_engine_that_fails_is_not_asked_again_for_that_job(self):
        log = []
        engines = {"a": Fake("a", [{"error": "no"}], log), "b": Fake("b", [{"ms": [1]}] * 3, log)}
        figures = measure.interleave({"x": {"a": 0, "b": 0}}, engines, LIMITS, repeats=1, rounds=3)
        self.assertEqual([name for name, _ in log].count("a"), 1)
        self.assertEqual(figures["x", "a"].error, "no")
        self.assertTrue(figures["x", "b"].known)


class Workers(unittest.TestCase):
    def setUp(self):
        self.worker = measure.Worker([sys.executable, "-c", SPINNER])
        self.addCleanup(self.worker.close)

    def cpu_seconds(self):
        fields = Path(f"/proc/{self.worker.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def test_it_answers_round_after_round(self):
        for ms in (7, 8):
            self.assertEqual(self.worker.round({"ms": ms}, LIMITS), {"ms": [1, ms]})

    def test_one_that_is_not_asked_uses_no_cpu_though_it_spins(self):
        self.worker.round({"ms": 1}, LIMITS)
        time.sleep(0.05)  # the stop arrives
        before = self.cpu_seconds()
        time.sleep(0.3)
        self.assertEqual(self.cpu_seconds(), before)

    def test_one_that_ends_is_an_error(self):
        self.assertIn("exit code 3", self.worker.round("die", LIMITS)["error"])
        self.assertIn("error", self.worker.round({"ms": 1}, LIMITS))


    def test_a_killed_runner_leaves_no_stopped_worker(self):
        runner = ("import sys, os, measure; w = measure.Worker([sys.executable, '-c', 'input()']);"
                  "print(w.process.pid, flush=True); os.kill(os.getpid(), 9)")
        done = subprocess.run([sys.executable, "-c", runner], cwd=Path(__file__).parent, capture_output=True, text=True)
        state, until = Path(f"/proc/{int(done.stdout)}/stat"), time.monotonic() + 5
        while state.exists() and ") Z" not in state.read_text() and time.monotonic() < until:
            time.sleep(0.02)
        self.assertTrue(not state.exists() or ") Z" in state.read_text())


class Programs(unittest.TestCase):
    def run_script(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "program"
            path.write_text("#!/bin/sh\n" + text)
            path.chmod(0o755)
            return measure.Program(path, lambda job, limits: [job], lambda reply: reply["ms"]).round("job", LIMITS)

    def test_its_answer_its_failure_and_its_absence(self):
        self.assertEqual(self.run_script("echo '{\"ms\":[2]}'"), {"ms": [2]})
        self.assertIn("exit code 4: broken", self.run_script("echo broken; exit 4")["error"])
        self.assertIn("unexpected", self.run_script("echo '{}'")["error"])
        self.assertEqual(self.run_script("echo \"unknown verb 'bench'\" >&2; exit 2"), {"error": "not built yet"})
        absent = measure.Program(Path("/nonexistent/program"), None, None)
        self.assertEqual(absent.round("job", LIMITS), {"error": "not built yet"})


class Tables(unittest.TestCase):
    def setUp(self):
        self.bar = tables.Bar("PyTorch", ("p", "q"), 1.5)

    def test_times_compare_with_the_best_peer(self):
        row = {"ours": figure([6]), "p": figure([8]), "q": figure([5])}
        self.assertAlmostEqual(tables.ratio(row, self.bar, rate=False), 1.2)
        self.assertAlmostEqual(tables.ratio(row, self.bar, rate=True), 5 / 6)

    def test_a_missing_side_gives_no_ratio(self):
        known, unknown = figure([1]), measure.Figure()
        self.assertIsNone(tables.ratio({"ours": unknown, "p": known, "q": known}, self.bar, False))
        self.assertIsNone(tables.ratio({"ours": known, "p": unknown, "q": unknown}, self.bar, False))
        self.assertEqual(tables.ratio({"ours": known, "p": known, "q": unknown}, self.bar, False), 1)

    def test_the_verdict_turns_round_for_rates(self):
        self.assertIn("met", tables.verdict(1.5, self.bar, False))
        self.assertIn("MISSED", tables.verdict(1.51, self.bar, False))
        self.assertIn("met", tables.verdict(1.5, self.bar, True))
        self.assertIn("MISSED", tables.verdict(1.49, self.bar, True))

    def test_what_is_shown(self):
        table = tables.TABLES["inference"]  # 300.8 MMAC in 8 ms are 37.6 GMAC/s
        self.assertEqual(tables.shown(figure([8, 12, 12]), table, "mobilenet_v2", 50), "8.00 / 12.0 (75%)")
        table = tables.TABLES["training"]  # 32 images in 2 s; 3 x 32 x 300.8 MMAC in it
        self.assertEqual(tables.shown(figure([2000, 3200, 4000]), table, "mobilenet_v2", 57.7536), "16.0 / 10.0 (25%)")
        self.assertEqual(tables.shown(measure.Figure(error="not installed"), table, "resnet18", 50), "not installed")

    def test_every_row_has_as_many_cells_as_the_head(self):
        for table in tables.TABLES.values():
            rows = {(net, t): dict.fromkeys(table.engines, figure([10])) for net in table.nets for t in table.threads}
            lines = list(tables.render(table, rows, dict.fromkeys(table.threads, 50)))
            self.assertEqual({line.count("|") for line in lines}, {len(table.engines) + 4})
            self.assertEqual(len(lines), 2 + len(rows))


class Single(unittest.TestCase):
    def test_memory_per_image_is_what_the_others_add(self):
        small, large = [{"peak_bytes": 50_000_000}], [{"peak_bytes": 146_000_000}]
        self.assertEqual(single.per_image(small, large, 17), [6.0])


class Pages(unittest.TestCase):
    def test_a_part_is_added_and_then_replaced_alone(self):
        page = results.replaced(results.replaced("# R\n", "a", ["one"]), "b", ["two \\1"])
        again = results.replaced(page, "a", ["three"])
        self.assertEqual(again, page.replace("one", "three"))
        self.assertIn("two \\1", again)

    def test_the_load_of_others_is_what_we_did_not_use(self):
        before = machine.Usage(seconds=0, busy=10, stolen=0, own=1)
        after = machine.Usage(seconds=10, busy=25, stolen=1, own=14)
        self.assertEqual(machine.disturbance(before, after, cpus=2), (0.1, 0.05))

    def test_usage_is_counted(self):
        before = machine.usage()
        while time.process_time() < before.own + 0.1:
            json.dumps(list(range(1000)))
        self.assertGreaterEqual(machine.usage().own - before.own, 0.05)


if __name__ == "__main__":
    unittest.main()
