// Prints every case of every op as JSON: attributes, inputs and the reference outputs (floats not rounded).
//   {"cases":[{"op","case","attrs":{...},"inputs":[null|T...],"outputs":[T...]}]}
//   T = {"name","dtype","shape":[...],"values":[...],"quant":null|{"scale":[...],"zero_point":[...],"axis"}}
// Values of quantised tensors are the stored integers.
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "op_cases/attr_visitors.h"
#include "ops/ops.h"
#include "reference/interpreter.h"
#include "reference/op_cases.h"

namespace paw {
namespace {

std::string number(double value) {
  std::array<char, 40> text{};
  char* end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  const std::string plain(text.data(), end);
  return std::isfinite(value) ? plain : "\"" + plain + "\"";
}

template <class T>
std::string list(const T& values) {
  std::string out = "[";
  for (const auto& v : values) out += (out.size() > 1 ? "," : "") + number(static_cast<double>(v));
  return out + "]";
}

std::string tensor_json(const std::string& name, const TensorType& type, const RefTensor& tensor) {
  const std::vector<double> values = type.quant ? stored_values(from_ref(type, tensor)) : tensor.data;
  std::string out = R"({"name":")" + name + R"(","dtype":")" + std::string(paw::name(type.dtype)) + R"(","shape":)" +
                    list(type.shape.extents()) + R"(,"values":)" + list(values) + R"(,"quant":)";
  if (!type.quant) return out + "null}";
  return out + R"({"scale":)" + list(type.quant->scale) + R"(,"zero_point":)" + list(type.quant->zero_point) +
         R"(,"axis":)" + std::to_string(type.quant->axis) + "}}";
}

Result<std::string> case_json(const OpDef& op, const OpCase& c) {
  PAW_ASSIGN_OR_RETURN(const CaseGraph made, case_graph(op, c));
  PAW_ASSIGN_OR_RETURN(const std::vector<RefTensor> outputs, run_case(op, c, false));
  std::string out = R"({"op":")" + std::string(op.name) + R"(","case":")" + c.name + R"(","attrs":)" +
                    attrs_json(made.graph.nodes[0].attrs) + R"(,"inputs":[)";
  const std::vector<RefTensor> values = case_values(op, c);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += ",";
    out += c.inputs[i].absent ? "null" : tensor_json(operand_name(op, i), c.inputs[i].type, values[i]);
  }
  out += R"(],"outputs":[)";
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (i > 0) out += ",";
    out += tensor_json(std::string(op.outputs[i].name), made.graph.type(made.graph.outputs[i]), outputs[i]);
  }
  return out + "]}";
}

int dump() {
  std::string separator = "{\"cases\":[\n";
  for (const OpDef* op : all_ops()) {
    for (const OpCase& c : op->cases()) {
      const auto json = case_json(*op, c);
      if (!json) {
        std::fprintf(stderr, "%s: %s\n", case_name(*op, c).c_str(), json.error().text().c_str());
        return 1;
      }
      std::printf("%s%s", separator.c_str(), json->c_str());
      separator = ",\n";
    }
  }
  std::puts("\n]}");
  return 0;
}

}  // namespace
}  // namespace paw

int main() { return paw::dump(); }
