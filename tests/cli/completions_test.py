"""completions_test.py PAW: what zsh and fish, run for real, offer at the end of a line. bash: cli_test.cc.

A shell that is not installed is skipped, and said.
"""
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

PAW = Path(sys.argv[1]).resolve()
# Lines, and all that is offered. Folders are told with a slash by fish, without one by zsh.
OFFERED = {
    "paw tr": ["train"],
    "paw d": ["data", "demo", "diff", "dump"],
    "./paw insp": ["inspect"],
    "paw --v": ["--version"],
    "paw data ": ["check", "draw"],
    "paw data dr": ["draw"],
    "paw help ev": ["eval"],
    "paw help data ch": ["check"],
    "paw help --completions ": ["bash", "fish", "zsh"],
    "paw train --cl": ["--class-weights"],
    "paw train photos --geometry ": ["crop", "fit", "stretch"],
    "paw train photos --net pawn": ["pawnet"],
    "paw train p": ["photos"],
    "paw train photos -o r": ["run"],
    "paw train photos --epochs ": [],
    "paw train photos --backbone e": ["efficientnet-lite0"],
    "paw train photos --backbone m": ["model.paw"],
    "paw data draw --co": ["--count"],
    "paw eval m": ["model.paw"],
    "paw eval model.paw --split t": ["test", "train"],
    "paw predict model.paw photos/": ["a b.png"],
    "paw optimize model.paw --recipe auto --target ios1": ["ios13", "ios15", "ios16", "ios17", "ios18"],
    "paw optimize model.paw --recipe in": ["int8"],
}
# In zsh a completion cannot be asked for but by an interactive shell: compadd, which gets the words that are offered, prints
# those that fit.
ZSH = r"""
PROMPT= RPROMPT=
stty -echo
autoload -Uz compinit
compinit -u -D
%s
compadd() {
  case "${@[1,(i)(-|--)]}" in (*-[AOD]*) builtin compadd "$@"; return ;; esac
  local -a fitting
  builtin compadd -A fitting "$@"
  (( $#fitting )) && print -l -- "<"$^fitting">"
  builtin compadd "$@"
}
offered() { _main_complete; print "<END>"; compstate[insert]=; compstate[list]= }
zle -C offered complete-word offered
bindkey '^I' offered
print "<READY>"
"""


class Shell(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="paw-completions-")
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        (self.folder / "work/photos").mkdir(parents=True)
        (self.folder / "work/run").mkdir()
        (self.folder / "work/photos/a b.png").touch()
        (self.folder / "work/model.paw").touch()
        self.environment = {"HOME": str(self.folder), "PATH": os.environ["PATH"], "TERM": "dumb", "LC_ALL": "C.UTF-8"}

    def script(self, shell, name):
        done = subprocess.run([PAW, "help", "--completions", shell], capture_output=True, text=True, check=True)
        path = self.folder / name
        path.write_text(done.stdout)
        return path


@unittest.skipUnless(shutil.which("fish"), "fish is not installed")
class Fish(Shell):
    def test_offers(self):
        script = self.script("fish", "paw.fish")
        for line, expected in OFFERED.items():
            with self.subTest(line=line):
                done = subprocess.run(["fish", "--no-config", "-c", f"source {script}; complete -C $argv[1]", line], env=self.environment,
                                      cwd=self.folder / "work", capture_output=True, text=True, check=False, timeout=60)
                self.assertEqual(done.stderr, "")
                words = [word.split("\t")[0].rstrip("/").removeprefix("photos/") for word in done.stdout.splitlines()]
                self.assertEqual(sorted(words), expected)
                if line == "paw tr":
                    self.assertEqual(done.stdout, "train\tlearn from a folder of photos\n")


@unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
class Zsh(Shell):
    def start(self, load):
        (self.folder / "setup.zsh").write_text(ZSH % load)
        pid, self.terminal = pty.fork()
        if pid == 0:
            os.chdir(self.folder / "work")
            os.execvpe("zsh", ["zsh", "-f", "-i"], self.environment)
        self.addCleanup(os.waitpid, pid, 0)
        self.addCleanup(os.close, self.terminal)
        os.write(self.terminal, f"source {self.folder}/setup.zsh\n".encode())
        self.read_to("<READY>\r\n")

    def read_to(self, mark):
        text, end = "", time.monotonic() + 60
        while mark not in text:
            self.assertLess(time.monotonic(), end, f"zsh says no {mark!r}: {text}")
            if select.select([self.terminal], [], [], 1)[0]:
                text += os.read(self.terminal, 65536).decode(errors="replace")
        return text

    def offered(self, line):
        os.write(self.terminal, line.encode() + b"\t")
        shown = self.read_to("<END>")
        os.write(self.terminal, b"\x15")  # forget the line
        return sorted(set(re.findall(r"<([^<>\r\n]+)>", shown)) - {"END"})

    def test_offers(self):
        self.start(f"source {self.script('zsh', 'sourced')}")
        for line, expected in OFFERED.items():
            with self.subTest(line=line):
                self.assertEqual(self.offered(line), expected)

    def test_a_file_of_fpath_does_as_well(self):
        self.script("zsh", "_paw")
        self.start(f"fpath=({self.folder} $fpath); compinit -u -D")
        self.assertEqual(self.offered("paw tr"), ["train"])
        self.assertEqual(self.offered("paw eval model.paw --split t"), ["test", "train"])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v", *sys.argv[2:]])
