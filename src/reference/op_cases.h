// Turns an OpCase into values and a one-node graph that can be run, printed, differentiated and saved.
#pragma once

#include <string>
#include <vector>

#include "ir/op_def.h"

namespace paw {

// Depends on the names only, so that a new op or case changes no other case's numbers.
std::uint64_t case_seed(const OpDef& op, const OpCase& c);

// "conv2d/same_stride2": how messages and test names call a case.
std::string case_name(const OpDef& op, const OpCase& c);

// "x", "bias", "xs2" for the third input of a variadic port.
std::string operand_name(const OpDef& op, std::size_t index);

// Real values of every input, rounded to its type; no elements where the input is absent.
std::vector<RefTensor> case_values(const OpDef& op, const OpCase& c);

enum class Operands : std::uint8_t { kInputs, kConstants };

struct CaseGraph {
  Graph graph;                    // one node; the graph's outputs are the op's
  std::vector<ValueId> operands;  // per op input; invalid: absent
  std::vector<RefTensor> feeds;   // one per graph input
};
// Error: the op refuses its own case.
Result<CaseGraph> case_graph(const OpDef& op, const OpCase& c, Operands operands = Operands::kInputs);

// Outputs on the case's values. With `round`, as stored; without, floats stay doubles.
Result<std::vector<RefTensor>> run_case(const OpDef& op, const OpCase& c, bool round);

// The same case in double precision: f32 operands become f64.
OpCase widened(OpCase c);

// The case with every float operand as per-tensor i8 (its values rounded to that), and the output's scale declared from
// the range of the float result unless the op rules it. Ops that share scales get one for all operands. Error: the op
// or the case has no such form; the message is the op's.
Result<OpCase> int8_case(const OpDef& op, const OpCase& c);

// The graph of int8_case() as files have it: weights of layers are constants, their bias is i32 at the product of both
// scales.
Result<CaseGraph> int8_graph(const OpDef& op, const OpCase& c);

}  // namespace paw
