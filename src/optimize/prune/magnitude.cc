#include "optimize/prune/magnitude.h"

#include "ir/rewriter.h"
#include "ops/ops.h"
#include "optimize/quantize/channel_quant.h"

namespace paw {

namespace {

constexpr int kMostBlock = 16;

Status check_pattern(const SparsityPattern& pattern) {
  const auto unsupported = [](const std::string& what, const char* hint) {
    return fail(ErrorCode::kUnsupported, "prune", what, hint);
  };
  if (pattern.two_of_four) return {};
  if (pattern.percent < 1 || pattern.percent > 99) {
    return unsupported(std::to_string(pattern.percent) + " percent", "choose 1 to 99");
  }
  if (pattern.block < 1 || pattern.block > kMostBlock) {
    return unsupported("blocks of " + std::to_string(pattern.block) + " weights", "choose 1 to 16");
  }
  return {};
}

// Squares, of a row's mean square; [rows] along the first axis.
std::vector<double> scores_of(std::span<const float> weights, std::size_t rows) {
  const std::size_t columns = weights.size() / rows;
  std::vector<double> scores;
  for (const float w : weights) scores.push_back(double{w} * double{w});
  for (std::size_t o = 0; o < rows; ++o) {
    const std::span<double> row = std::span(scores).subspan(o * columns, columns);
    double sum = 0;
    for (const double s : row) sum += s;
    for (double& s : row) s = sum > 0 ? s / sum : 0;
  }
  return scores;
}

}  // namespace

Status prune_magnitude(Graph& graph, const SparsityPattern& pattern) {
  PAW_RETURN_IF_ERROR(check_pattern(pattern));
  Rewriter edits(graph);
  std::vector<ValueId> done(graph.values.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (!has_float_weights(graph, node) || node.op == &op::depthwise_conv2d) continue;
    ValueId& pruned = done[node.inputs[1].index];
    if (!pruned.valid()) {
      const Tensor weights = graph.tensor(node.inputs[1]);
      const Shape& shape = weights.type.shape;
      const auto from = weights.as<float>();
      const auto kept = kept_weights(pattern, scores_of(from, static_cast<std::size_t>(shape[0])), shape);
      if (!kept) continue;
      std::vector<float> values(from.begin(), from.end());
      for (std::size_t k = 0; k < values.size(); ++k) values[k] = (*kept)[k] ? values[k] : 0.0F;
      Encoding sparse{.kind = Encoding::Kind::kSparse};
      if (pattern.two_of_four) sparse = {.kind = Encoding::Kind::kSparse, .axis = shape.rank() - 1, .group = 4};
      pruned = edits.constant(Tensor::f32(shape, values), {}, sparse);
    }
    edits.set_input(NodeId(i), 1, pruned);
  }
  const auto finished = edits.finish();
  return finished ? Status{} : std::unexpected(finished.error());
}

}  // namespace paw
