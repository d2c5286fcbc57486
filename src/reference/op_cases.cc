#include "reference/op_cases.h"

#include <cmath>

#include "base/random.h"
#include "ir/builder.h"
#include "reference/interpreter.h"

namespace paw {

std::uint64_t case_seed(const OpDef& op, const OpCase& c) {
  std::uint64_t hash = 0xCBF29CE484222325u;  // FNV-1a
  for (const char ch : case_name(op, c)) hash = (hash ^ static_cast<unsigned char>(ch)) * 0x100000001B3u;
  return hash;
}

std::string case_name(const OpDef& op, const OpCase& c) { return std::string(op.name) + "/" + c.name; }

std::string operand_name(const OpDef& op, std::size_t index) {
  const std::size_t last = op.inputs.size() - 1;
  if (index < last || !op.inputs.variadic()) return std::string(op.inputs[index].name);
  return std::string(op.inputs[last].name) + std::to_string(index - last);
}

std::vector<RefTensor> case_values(const OpDef& op, const OpCase& c) {
  std::vector<RefTensor> values;
  for (std::size_t i = 0; i < c.inputs.size(); ++i) {
    const CaseInput& input = c.inputs[i];
    RefTensor tensor{input.type.shape, input.values};
    if (input.absent) {
      values.push_back({});
      continue;
    }
    if (tensor.data.empty()) {
      Random random(case_seed(op, c), i);
      tensor.data.resize(static_cast<std::size_t>(input.type.shape.elements()));
      for (double& v : tensor.data) v = random.uniform(input.lo, input.hi);
    }
    for (std::size_t k = 0; k < tensor.data.size(); ++k) {
      tensor.data[k] = round_to_type(input.type, static_cast<std::int64_t>(k), tensor.data[k]);
    }
    values.push_back(std::move(tensor));
  }
  return values;
}

Result<CaseGraph> case_graph(const OpDef& op, const OpCase& c, Operands operands) {
  CaseGraph result;
  GraphBuilder builder{std::string(op.name)};
  std::vector<RefTensor> values = case_values(op, c);
  for (std::size_t i = 0; i < c.inputs.size(); ++i) {
    const CaseInput& input = c.inputs[i];
    if (input.absent) {
      result.operands.emplace_back();
    } else if (operands == Operands::kConstants) {
      result.operands.push_back(builder.constant(from_ref(input.type, values[i]), operand_name(op, i)));
    } else {
      result.operands.push_back(builder.input(operand_name(op, i), input.type));
      result.feeds.push_back(std::move(values[i]));
    }
  }
  const auto outputs = builder.call_all(op, result.operands, c.attrs, {{}, "case/" + c.name, c.output_quant});
  for (const ValueId output : outputs) builder.output(output);
  PAW_ASSIGN_OR_RETURN(result.graph, builder.finish());
  return result;
}

Result<std::vector<RefTensor>> run_case(const OpDef& op, const OpCase& c, bool round) {
  PAW_ASSIGN_OR_RETURN(const CaseGraph made, case_graph(op, c));
  return interpret(made.graph, made.feeds, {.round_to_type = round, .observe = {}});
}

OpCase widened(OpCase c) {
  for (CaseInput& input : c.inputs) {
    if (input.type.dtype == DType::kF32) input.type.dtype = DType::kF64;
  }
  return c;
}

}  // namespace paw
