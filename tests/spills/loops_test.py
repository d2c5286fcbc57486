"""loops.py finds the innermost loops of a disassembly, and tells a spill from what only looks like one."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from loops import FMA, Instruction, functions, innermost_loops  # noqa: E402

FMA_ALONE = "vfmadd231ps (%rdi),%ymm1,%ymm0"


def text(*lines, name="f(float*)"):
    """A function of the given instructions, one byte each from 0; a number as operand of a jump is its target."""
    body = []
    for address, line in enumerate(lines):
        words = line.split()
        if words[0].startswith("j") and not words[1].startswith("*"):
            line = f"{words[0]}    {words[1]} <{name}+0x{words[1]}>"
        body.append(f"   {address:x}:\t{line}\n")
    return f"x.o:     file format elf64-x86-64\n\n\nDisassembly of section .text:\n\n0000000000000000 <{name}>:\n" + "".join(body)


class Finding(unittest.TestCase):
    def bodies(self, *lines):
        return [[i.address for i in loop.body] for loop in innermost_loops(text(*lines))]

    def test_one_loop(self):
        self.assertEqual(self.bodies("xor %eax,%eax", FMA_ALONE, "add $0x1,%rax", "jne 1", "ret"), [[1, 2, 3]])

    def test_of_nested_loops_the_inner_one(self):
        self.assertEqual(self.bodies("nop", FMA_ALONE, FMA_ALONE, "jne 2", "jne 1", "ret"), [[2, 3]])

    def test_a_loop_entered_in_its_middle(self):
        self.assertEqual(self.bodies("jmp 2", FMA_ALONE, "cmp %rax,%rcx", "jne 1", "ret"), [[1, 2, 3]])

    def test_a_part_of_the_body_out_of_line(self):
        self.assertEqual(self.bodies("nop", "je 5", FMA_ALONE, "jne 1", "ret", "vaddps %ymm0,%ymm1,%ymm0", "jmp 2"),
                         [[1, 2, 3, 5, 6]])

    def test_a_jump_back_that_is_no_loop(self):
        # Error code behind the function that returns into it: 1 is reached from 0 too, past 2.
        self.assertEqual(self.bodies("je 3", FMA_ALONE, "ret", "jmp 1"), [])

    def test_code_behind_a_jump_table(self):
        self.assertEqual(self.bodies("notrack jmp *%rax", FMA_ALONE, "jne 1", "ret", FMA_ALONE, "jne 4", "ret"),
                         [[1, 2], [4, 5]])

    def test_loops_without_arithmetic_do_not_count(self):
        self.assertEqual(self.bodies("vmovups (%rdi),%ymm0", "vmovups %ymm0,0x8(%rsp)", "jne 0", "ret"), [])
        self.assertEqual(self.bodies("vfmadd231ss (%rdi),%xmm1,%xmm0", "jne 0", "ret"), [])

    def test_functions_and_prefixes(self):
        found = functions(text("nop", "ret") + "\n0000000000000010 <paw::g<int>(long)>:\n  10:\tret\n")
        self.assertEqual([(name, len(body)) for name, body in found], [("f(float*)", 2), ("paw::g<int>(long)", 1)])
        self.assertEqual(Instruction(0, "bnd jmp 12 <f+0x12>").target, 0x12)
        self.assertIsNone(Instruction(0, "call   12 <f+0x12>").target)
        self.assertIsNone(Instruction(0, "vaddps 0x0(%rip),%ymm0,%ymm1        # 12 <f+0x12>").target)

    def test_counts_multiply_adds(self):
        loop, = innermost_loops(text(FMA_ALONE, "vfnmadd213pd %ymm0,%ymm1,%ymm2", "vaddps %ymm0,%ymm1,%ymm2", "jne 0"))
        self.assertEqual(loop.count(FMA), 2)
        self.assertEqual(str(loop), "f at 0x0 (2 multiply-adds)")


class Stack(unittest.TestCase):
    def loop(self, *lines, before="nop"):
        loop, = innermost_loops(text(before, *lines, FMA_ALONE, "jne 1", "ret"))
        return [i.text for i in loop.kept], [i.text for i in loop.reloaded], [i.text for i in loop.general]

    def test_kept(self):
        sum_in_memory = ("vmovaps 0x20(%rsp),%ymm3", "vfmadd231ps %ymm1,%ymm2,%ymm3", "vmovaps %ymm3,0x20(%rsp)")
        self.assertEqual(self.loop(*sum_in_memory), ([sum_in_memory[0], sum_in_memory[2]], [], []))
        self.assertEqual(self.loop("vextractf128 $0x1,%ymm3,(%rsp)")[0], ["vextractf128 $0x1,%ymm3,(%rsp)"])
        self.assertEqual(self.loop("vmovss %xmm3,-0x4(%rsp)")[0], ["vmovss %xmm3,-0x4(%rsp)"], "in the red zone")

    def test_reloaded(self):
        for line in ("vmovaps -0x38(%rsp),%ymm1", "vfmadd213ps 0x8(%rsp),%ymm2,%ymm4", "vbroadcastss 0x8(%rsp),%ymm4",
                     "vcmplt_oqps -0x18(%rsp),%ymm1,%ymm2"):
            self.assertEqual(self.loop(line), ([], [line], []))

    def test_general_registers(self):
        self.assertEqual(self.loop("mov 0x8(%rsp),%rax", "addl $0x1,(%rsp)"),
                         ([], [], ["mov 0x8(%rsp),%rax", "addl $0x1,(%rsp)"]))

    def test_an_array_is_no_slot(self):
        self.assertEqual(self.loop("vmovupd %ymm2,0x50(%rsp,%rsi,8)", "vaddpd (%rsp,%rax,8),%ymm1,%ymm2"), ([], [], []))

    def test_frame_pointer(self):
        line = "vmovaps %ymm1,-0x30(%rbp)"
        self.assertEqual(self.loop(line), ([], [], []), "a general register here")
        self.assertEqual(self.loop(line, before="mov    %rsp,%rbp"), ([line], [], []))

    def test_other_memory(self):
        self.assertEqual(self.loop("vmovaps 0x0(%rip),%ymm1        # 20 <f+0x20>", "vmovaps %ymm1,0x20(%rdi)",
                                   "lea    0x20(%rsp),%rax"), ([], [], ["lea    0x20(%rsp),%rax"]))


if __name__ == "__main__":
    unittest.main()
