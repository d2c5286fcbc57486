// For tests of lowerings: an op with operands of any size.
#pragma once

#include "lower/plan_testing.h"

namespace paw {

// One node of an op's case, all its results outputs, and the case's inputs. Values of floats are floats.
struct OneNode {
  Result<Graph> graph;
  std::vector<RefTensor> inputs;
};

inline OneNode one_node(const OpDef& op, const OpCase& c, Random& random) {
  GraphBuilder b("case");
  std::vector<ValueId> ids;
  std::vector<RefTensor> inputs;
  for (const CaseInput& input : c.inputs) {
    ids.push_back(input.absent ? ValueId{} : b.input("x" + std::to_string(ids.size()), input.type));
    if (input.absent) continue;
    RefTensor t{input.type.shape, input.values};
    if (t.data.empty()) {
      t.data.resize(static_cast<std::size_t>(t.shape.elements()));
      for (double& v : t.data) v = random.uniform(input.lo, input.hi);
    }
    if (input.type.dtype == DType::kF32) {
      for (double& v : t.data) v = static_cast<float>(v);
    }
    inputs.push_back(std::move(t));
  }
  for (const ValueId output : b.call_all(op, ids, c.attrs)) b.output(output);
  return {b.finish(), std::move(inputs)};
}

}  // namespace paw
