"""Innermost loops of clang's assembly text for arm64, and the vectors that they move to and from the stack.

Clang says in comments which loop a block belongs to, and which instructions are spills and reloads of its own. Knows no kernel.
"""

import re
from dataclasses import dataclass, field

FUNCTION = re.compile(r"^(\w+):\s+// @")
BLOCK = re.compile(r"^(?:\.L(BB\w+):|// %bb\.)")
INSTRUCTION = re.compile(r"^\t([a-z]\S*)(?:\t([^/]*))?")
MEMBER = re.compile(r"in Loop: Header=(BB\w+)")
VECTOR = re.compile(r"\b(v\d+\.|[qds]\d+\b)")
PACKED = re.compile(r"\bv\d+\.\d")
MULTIPLY_ADD = re.compile(r"(fml[as]|[su]ml[as]l2?|[su]dot)$")


@dataclass
class Loop:
    function: str
    header: str
    body: list = field(default_factory=list)  # of (name, operands)
    kept: list = field(default_factory=list)  # instructions, as text: vectors written to the stack
    reloaded: list = field(default_factory=list)  # and read back

    def multiply_adds(self):
        return sum(bool(MULTIPLY_ADD.match(name) and PACKED.search(operands)) for name, operands in self.body)

    def __str__(self):
        return f"{self.function} {self.header} ({self.multiply_adds()} multiply-adds)"


def innermost_loops(assembly):
    """Those with packed arithmetic that hold no other loop."""
    loops, function, block, current = {}, "", "", None
    for line in assembly.splitlines():
        if match := FUNCTION.match(line):
            function, current = match[1], None
        elif match := BLOCK.match(line):
            block, current = match[1], None
        if "Inner Loop Header" in line:
            current = loops.setdefault(block, Loop(function, block))
        elif match := MEMBER.search(line):
            current = loops.get(match[1])  # None: a loop that holds others
        if current is None or not (match := INSTRUCTION.match(line)):
            continue
        operands = match[2] or ""
        current.body.append((match[1], operands))
        if VECTOR.match(operands):
            if "Folded Spill" in line:
                current.kept.append(line.strip())
            elif "Folded Reload" in line:
                current.reloaded.append(line.strip())
    return [loop for loop in loops.values() if any(PACKED.search(operands) for _, operands in loop.body)]
