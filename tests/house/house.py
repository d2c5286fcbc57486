"""What the tests of the house share: where things are, small trees in a temporary folder, running a tool."""

import importlib.machinery
import importlib.util
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(os.environ.get("PAW_SOURCE_DIR") or Path(__file__).resolve().parents[2])


def load_tool(name):
    """A script of tools/ as a module: a call costs less than a process."""
    sys.dont_write_bytecode = True
    loader = importlib.machinery.SourceFileLoader(name, str(ROOT / "tools" / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    sys.modules[name] = module
    loader.exec_module(module)
    return module


class TreeTest(unittest.TestCase):
    """self.root is an empty folder, whose name has a space."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="paw test ")
        self.addCleanup(holder.cleanup)
        self.root = Path(holder.name).resolve()

    def write(self, name, text, mode=None):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        if mode:
            path.chmod(mode)
        return path

    def run_command(self, *command, timeout=60, **options):
        """(exit code, stdout, stderr); `timeout` in seconds"""
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL, timeout=timeout, **options)
        return done.returncode, done.stdout, done.stderr
