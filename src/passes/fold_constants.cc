// Computes nodes that read constants only, with the reference arithmetic. Left as they are: training steps, dropout
// that draws a mask, decompression of stored weights (dequantize, widening casts: folding would undo the compression),
// results that would make the model much larger, and work that would take seconds.
//
// before:
//   graph g(%x: f32[1,4]) -> (%y) {
//     %w = const dense [1,2,3,4] : f32[4]
//     %0 = const fill 2 : f32[]
//     %1 = mul(%w, %0) : f32[4]
//     %2 = reshape(%1) {shape=[1,4]} : f32[1,4]
//     %y = add(%x, %2) : f32[1,4]
//   }
// after:
//   graph g(%x: f32[1,4]) -> (%y) {
//     %0 = const dense [2,4,6,8] : f32[1,4]
//     %y = add(%x, %0) : f32[1,4]
//   }
//
// before: a result that is a graph output, and integers
//   graph g() -> (%n) {
//     %a = const dense [1,-2,3] : i64[3]
//     %b = const fill 4 : i64[3]
//     %n = mul(%a, %b) : i64[3]
//   }
// after:
//   graph g() -> (%n) {
//     %n = const dense [4,-8,12] : i64[3]
//   }
//
// before: compressed weights stay compressed
//   graph g(%x: f32[1,2]) -> (%y) {
//     %w = const dense [1,2,3,4] : f16[2,2]
//     %0 = cast(%w) : f32[2,2]
//     %y = matmul(%x, %0) : f32[1,2]
//   }
// after:
//   graph g(%x: f32[1,2]) -> (%y) {
//     %w = const dense [1,2,3,4] : f16[2,2]
//     %0 = cast(%w) : f32[2,2]
//     %y = matmul(%x, %0) : f32[1,2]
//   }
#include <algorithm>
#include <cmath>

#include "ops/ops.h"
#include "passes/passes.h"
#include "passes/rules.h"
#include "reference/interpreter.h"

namespace paw::pass {

namespace {

constexpr std::size_t kAlwaysSmall = std::size_t{64} << 10;   // bytes of a result that may grow by any factor
constexpr std::size_t kMaxGrowth = 4;                         // otherwise: result bytes per byte of input
constexpr std::size_t kGrowthBudget = std::size_t{16} << 20;  // bytes by which one run may enlarge a model
constexpr std::int64_t kMaxWork = std::int64_t{1} << 26;      // scalar operations per node, below a second
constexpr double kExactIntegers = 9007199254740992.0;         // 2^53: what the reference holds exactly

struct Inputs {
  std::vector<ValueId> ids;
  std::vector<const TensorType*> types;
  std::size_t bytes = 0;
};

class Folder {
 public:
  explicit Folder(Graph& graph) : edits_(graph) {}

  Result<bool> run() {
    for (const Node& node : edits_.graph().nodes) {
      if (is_read(edits_, node)) PAW_RETURN_IF_ERROR(fold(node));
    }
    return edits_.finish();
  }

 private:
  Status fold(const Node& node) {
    const std::optional<Inputs> inputs = constant_inputs(node);
    if (!inputs || !computable(node, *inputs) || !fits(node, *inputs)) return {};
    if (node.op == &op::reshape || node.op == &op::squeeze || node.op == &op::expand_dims) {
      edits_.replace(node.outputs[0],
                     edits_.constant({edits_.type(node.outputs[0]), edits_.tensor(inputs->ids[0]).data}));
      return {};
    }
    return evaluate(node, *inputs);
  }

  // None unless there is an input and all are constants.
  std::optional<Inputs> constant_inputs(const Node& node) const {
    Inputs inputs;
    for (const ValueId input : node.inputs) {
      const ValueId id = edits_.resolve(input);
      if (id.valid() && !edits_.is_constant(id)) return std::nullopt;
      inputs.ids.push_back(id);
      inputs.types.push_back(id.valid() ? &edits_.type(id) : nullptr);
      if (id.valid()) inputs.bytes += edits_.type(id).bytes();
    }
    return inputs.bytes > 0 ? std::optional(std::move(inputs)) : std::nullopt;
  }

  bool computable(const Node& node, const Inputs& inputs) const {
    if (node.op->has(kTrainOnly) || node.op == &op::dequantize) return false;
    if (node.op == &op::dropout && inputs.ids.size() > 1 && inputs.ids[1].valid()) return false;
    const DType from = inputs.types[0] ? inputs.types[0]->dtype : DType::kF32;
    const DType to = edits_.type(node.outputs[0]).dtype;
    return !(node.op == &op::cast && is_float(from) && is_float(to) && bits(to) > bits(from));
  }

  // Size and work within limits. Spends the growth budget.
  bool fits(const Node& node, const Inputs& inputs) {
    std::size_t bytes = 0;
    std::vector<TensorType> outputs;
    for (const ValueId output : node.outputs) {
      bytes += edits_.type(output).bytes();
      outputs.push_back(edits_.type(output));
    }
    if (bytes > std::max(kAlwaysSmall, inputs.bytes * kMaxGrowth)) return false;
    if (node.op->cost != nullptr) {
      const Cost cost = node.op->cost({*node.op, node.attrs, inputs.types, node.source}, outputs);
      if (cost.macs > kMaxWork || cost.ops > kMaxWork) return false;
    }
    const std::size_t growth = bytes > inputs.bytes ? bytes - inputs.bytes : 0;
    if (growth > kGrowthBudget - grown_) return false;
    grown_ += growth;
    return true;
  }

  static bool exact(const TensorType& type, const RefTensor& tensor) {
    if (type.dtype != DType::kI64 && type.dtype != DType::kU64) return true;
    return std::ranges::all_of(tensor.data, [](double v) { return std::abs(v) < kExactIntegers; });
  }

  Status evaluate(const Node& node, const Inputs& inputs) {
    std::vector<RefTensor> values(inputs.ids.size());
    std::vector<const RefTensor*> pointers(inputs.ids.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!inputs.ids[i].valid()) continue;
      values[i] = to_ref(edits_.tensor(inputs.ids[i]));
      pointers[i] = &values[i];
      if (!exact(*inputs.types[i], values[i])) return {};
    }
    std::vector<TensorType> types;
    for (const ValueId output : node.outputs) types.push_back(edits_.type(output));
    PAW_ASSIGN_OR_RETURN(const std::vector<RefTensor> results,
                         evaluate_node({*node.op, node.attrs, inputs.types, node.source}, pointers, types));
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (!exact(types[i], results[i])) return {};
    }
    for (std::size_t i = 0; i < results.size(); ++i) {
      edits_.replace(node.outputs[i], edits_.constant(from_ref(types[i], results[i])));
    }
    return {};
  }

  Rewriter edits_;
  std::size_t grown_ = 0;
};

Result<bool> run_fold_constants(Graph& graph, const Target&) { return Folder(graph).run(); }

}  // namespace

constinit const Pass fold_constants{
    .name = "fold_constants", .summary = "compute nodes that read constants only", .run = run_fold_constants};

}  // namespace paw::pass
