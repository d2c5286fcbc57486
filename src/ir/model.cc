#include "ir/model.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "ir/verify.h"

namespace paw {

namespace {

std::unexpected<Error> bad(std::string_view what) { return fail(ErrorCode::kUnsupported, "model", what); }

Status check_photos(const Preprocess& preprocess, const Graph& graph) {
  if (std::string problem = check_preprocess(preprocess); !problem.empty()) return bad("preprocessing: " + problem);
  if (graph.inputs.size() != 1) return bad("takes photos, but has " + std::to_string(graph.inputs.size()) + " inputs");
  const Shape& image = graph.type(graph.inputs[0]).shape;
  const std::int64_t channels = preprocess.color == ColorOrder::kGray ? 1 : 3;
  const Shape expected{image.rank() > 0 ? image[0] : 1, preprocess.height, preprocess.width, channels};
  if (image == expected) return {};
  return bad("input " + image.text() + " does not match the preprocessing, which makes " + expected.text());
}

}  // namespace

std::optional<Split> Provenance::split_of(const std::array<std::uint8_t, 32>& sha256) const {
  const auto found = std::ranges::lower_bound(photos, sha256, {}, &SeenPhoto::sha256);
  if (found == photos.end() || found->sha256 != sha256) return std::nullopt;
  return found->split;
}

Result<Preprocess> photo_preprocess(const Model& model, std::string_view where) {
  if (model.preprocess) return *model.preprocess;
  std::string inputs;
  for (const ValueId input : model.graph.inputs) {
    inputs += (inputs.empty() ? "" : ", ") + model.graph.type(input).text();
  }
  return fail(ErrorCode::kUnsupported, where, "does not take photos: it reads " + inputs,
              "only models with one image input and known preprocessing do");
}

std::span<const std::string_view> enum_names(Split) {
  static constexpr std::string_view kNames[] = {"train", "val", "test"};
  return kNames;
}

Status verify(const Model& model) {
  PAW_RETURN_IF_ERROR(verify(model.graph));
  const Graph& graph = model.graph;
  if (graph.inputs.empty() || graph.outputs.empty()) return bad("needs an input and an output");
  if (model.preprocess) PAW_RETURN_IF_ERROR(check_photos(*model.preprocess, graph));
  const Shape& scores = graph.type(graph.outputs[0]).shape;
  if (!model.labels.empty() &&
      (scores.rank() == 0 || scores.back() != static_cast<std::int64_t>(model.labels.size()))) {
    return bad(std::to_string(model.labels.size()) + " labels for scores " + scores.text());
  }
  if (!std::isfinite(model.temperature) || model.temperature <= 0) return bad("temperature must be positive");
  if (!(model.threshold >= 0 && model.threshold <= 1)) return bad("threshold must be between 0 and 1");
  return {};
}

bool equal(const Model& a, const Model& b) {
  return equal(a.graph, b.graph) && a.preprocess == b.preprocess && a.labels == b.labels &&
         a.temperature == b.temperature && a.threshold == b.threshold && a.provenance == b.provenance &&
         a.calibration == b.calibration && a.opaque == b.opaque;
}

namespace {

// Adds one node; constants already counted are left out.
void add_node(const Graph& graph, NodeId id, std::vector<bool>& counted, ModelTotals& sum) {
  const Node& node = graph[id];
  std::vector<const TensorType*> types;
  for (const ValueId input : node.inputs) {
    types.push_back(input.valid() ? &graph.type(input) : nullptr);
    if (!graph.is_constant(input) || counted[input.index]) continue;
    counted[input.index] = true;
    sum.weight_bytes += static_cast<std::int64_t>(graph.type(input).bytes());
    if (graph.type(input).is_real()) sum.parameters += graph.type(input).shape.elements();
  }
  if (node.op->cost == nullptr) return;
  std::vector<TensorType> outputs;
  for (const ValueId output : node.outputs) outputs.push_back(graph.type(output));
  sum.macs += node.op->cost({*node.op, node.attrs, types, node.source}, outputs).macs;
}

}  // namespace

ModelTotals totals(const Graph& graph) {
  ModelTotals sum;
  std::vector<bool> counted(graph.values.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) add_node(graph, NodeId(i), counted, sum);
  return sum;
}

ModelTotals totals(const Graph& graph, NodeId node) {
  ModelTotals sum;
  std::vector<bool> counted(graph.values.size());
  add_node(graph, node, counted, sum);
  return sum;
}

}  // namespace paw
