"""Innermost loops of a disassembly, and what they move between vector registers and the stack.

Reads what `objdump -d --no-show-raw-insn -C` prints of x86-64 code (AT&T syntax: the last operand is the destination).
Knows no compiler and no kernel.
"""

import re
from dataclasses import dataclass, field

FUNCTION = re.compile(r"^[0-9a-f]+ <(.*)>:$")
INSTRUCTION = re.compile(r"^\s+([0-9a-f]+):\s+(\S.*?)\s*$")
TARGET = re.compile(r"^([0-9a-f]+) <")
PREFIXES = {"notrack", "bnd", "lock", "rep", "repz", "repnz", "data16", "cs"}
ENDS = {"ret", "jmp", "ud2"}  # nothing falls through

VECTOR_REGISTER = re.compile(r"%[xyz]mm\d+")
FMA = re.compile(r"v(fn?m(add|sub)\d+p[sd]|pmaddwd)$")  # also of pairs of integers
ARITHMETIC = re.compile(r"v(fn?m(add|sub)\d+p[sd]|pmaddwd|(add|sub|mul|div|max|min|sqrt|cmp\w*)p[sd])$")  # moves do not count
# A slot of the frame has a fixed place in it. With an index register it is an array that the source asked for.
SLOT = re.compile(r"-?(?:0x[0-9a-f]+)?\(%rsp\)")
SLOT_OR_FRAME = re.compile(r"-?(?:0x[0-9a-f]+)?\(%r[sb]p\)")


@dataclass
class Instruction:
    address: int
    text: str
    name: str = ""
    operands: str = ""
    target: int | None = None  # of a direct jump

    def __post_init__(self):
        words = self.text.split("#")[0].split()
        while words and words[0] in PREFIXES:
            words.pop(0)
        self.name = words[0] if words else ""
        self.operands = " ".join(words[1:])
        match = TARGET.match(self.operands)
        if match and self.jumps:
            self.target = int(match[1], 16)

    @property
    def jumps(self):
        return self.name.startswith("j")

    @property
    def ends_block(self):
        return self.jumps or self.name in ENDS


@dataclass
class Loop:
    """Stack slots by what the loop does to them. `kept`: it writes them, so that a value which the next instructions or
    the next turn need waits for a store and a load. `reloaded`: it only reads them, values that found no register. Each
    is one entry per instruction."""

    function: str
    body: list  # of Instruction, by address
    frame_pointer: bool  # %rbp is one in this function, not a general register
    kept: list = field(init=False)
    reloaded: list = field(init=False)
    general: list = field(init=False)  # the same for general registers, reads and writes alike

    def __post_init__(self):
        slot = SLOT_OR_FRAME if self.frame_pointer else SLOT
        on_stack = [(i, m[0]) for i in self.body if (m := slot.search(i.operands))]
        vector = [(i, s) for i, s in on_stack if VECTOR_REGISTER.search(i.operands)]
        written = {s for i, s in vector if i.operands.endswith(s)}
        self.kept = [i for i, s in vector if s in written]
        self.reloaded = [i for i, s in vector if s not in written]
        self.general = [i for i, _ in on_stack if not VECTOR_REGISTER.search(i.operands)]

    def count(self, pattern):
        return sum(1 for i in self.body if pattern.match(i.name))

    def __str__(self):
        name = re.sub(r"\(.*", "", self.function)
        return f"{name} at {self.body[0].address:#x} ({self.count(FMA)} multiply-adds)"


def functions(disassembly):
    """(name, instructions) of each."""
    found = []
    for line in disassembly.splitlines():
        if match := FUNCTION.match(line):
            found.append((match[1], []))
        elif found and (match := INSTRUCTION.match(line)):
            found[-1][1].append(Instruction(int(match[1], 16), match[2]))
    return [(name, body) for name, body in found if body]


def basic_blocks(instructions):
    """(blocks of instructions, numbers of the successors of each)."""
    at = {i.address: n for n, i in enumerate(instructions)}
    leaders = {0} | {at[i.target] for i in instructions if i.target in at}
    leaders |= {n + 1 for n, i in enumerate(instructions[:-1]) if i.ends_block}
    starts = sorted(leaders)
    number = {start: b for b, start in enumerate(starts)}
    blocks = [instructions[a:b] for a, b in zip(starts, starts[1:] + [len(instructions)])]
    successors = []
    for b, block in enumerate(blocks):
        last, after = block[-1], set()
        if last.target in at:
            after.add(number[at[last.target]])
        if last.name not in ENDS and b + 1 < len(blocks):
            after.add(b + 1)
        successors.append(after)
    return blocks, successors


def reverse_postorder(root, successors):
    order, seen, stack = [], {root}, [(root, iter(successors[root]))]
    while stack:
        block, rest = stack[-1]
        new = next((s for s in rest if s not in seen), None)
        if new is None:
            order.append(block)
            stack.pop()
        else:
            seen.add(new)
            stack.append((new, iter(successors[new])))
    return order[::-1]


def immediate_dominators(root, successors, predecessors):
    """Of every block that `root` reaches (Cooper, Harvey and Kennedy 2001)."""
    order = reverse_postorder(root, successors)
    rank = {block: n for n, block in enumerate(order)}
    dominator = {root: root}

    def common(a, b):
        while a != b:
            while rank[a] > rank[b]:
                a = dominator[a]
            while rank[b] > rank[a]:
                b = dominator[b]
        return a

    changed = True
    while changed:
        changed = False
        for block in order[1:]:
            known = [p for p in predecessors[block] if p in dominator]
            best = known[0]
            for other in known[1:]:
                best = common(best, other)
            changed |= dominator.get(block) != best
            dominator[block] = best
    return dominator


def entries_of(successors, predecessors):
    """Where control may come in from outside: the beginning, and what only jump tables reach."""
    entries, reached = set(), set()
    without = [b for b in range(len(successors)) if b == 0 or not predecessors[b]]
    for block in [*without, *range(len(successors))]:  # the second: a loop that a table enters at its header
        if block not in reached:
            entries.add(block)
            reached.update(reverse_postorder(block, successors))
    return entries


def natural_loops(successors):
    """{header: blocks of the loop}."""
    root = len(successors)
    predecessors = [set() for _ in range(root + 1)]
    for block, after in enumerate(successors):
        for s in after:
            predecessors[s].add(block)
    entries = entries_of(successors, predecessors)
    for b in entries:
        predecessors[b].add(root)
    dominator = immediate_dominators(root, successors + [entries], predecessors)

    def dominates(a, b):
        while b not in (a, root):
            b = dominator[b]
        return a == b

    loops = {}
    for block in range(root):
        for header in successors[block]:
            if not dominates(header, block):
                continue
            body = loops.setdefault(header, {header})
            work = [block]
            while work:
                b = work.pop()
                if b not in body:
                    body.add(b)
                    work += predecessors[b]
    return loops


def innermost_loops(disassembly):
    """Those with packed float arithmetic that hold no other loop."""
    found = []
    for name, instructions in functions(disassembly):
        blocks, successors = basic_blocks(instructions)
        loops = natural_loops(successors)
        frame_pointer = any(i.name == "mov" and i.operands == "%rsp,%rbp" for i in instructions)
        for header, body in loops.items():
            if any(other != header and other in body for other in loops):
                continue
            loop = Loop(name, [i for b in sorted(body) for i in blocks[b]], frame_pointer)
            if loop.count(ARITHMETIC):
                found.append(loop)
    return found
