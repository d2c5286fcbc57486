#include "optimize/quantize/scale_groups.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <numeric>

#include "ops/activation.h"
#include "ops/ops.h"
#include "ops/pool.h"
#include "ops/reduce.h"

namespace paw {

namespace {

using GroupParams = std::shared_ptr<const QuantParams>;

bool is_one_of(const Node& node, std::initializer_list<const OpDef*> ops) {
  return std::ranges::find(ops, node.op) != ops.end();
}

bool is_clamp(const Node& node) { return is_one_of(node, {&op::relu, &op::relu6, &op::clamp}); }

// What may take a clamp into itself.
bool takes_clamp(const Node& node) {
  return is_one_of(node, {&op::conv2d, &op::depthwise_conv2d, &op::fully_connected, &op::add, &op::sub, &op::mul});
}

bool shares_scale(const Node& node) { return node.op->has(kSharesInputScale); }

bool last_axis(const Graph& graph, const Node& node) {
  const std::int64_t axis = node.attrs.as<SoftmaxAttrs>().axis;
  return axis == -1 || axis == graph.type(node.inputs[0]).shape.rank() - 1;
}

// Neighbouring axes, extents of 1 aside.
bool reduces_one_run(const Graph& graph, const Node& node) {
  const Shape& x = graph.type(node.inputs[0]).shape;
  const auto& axes = node.attrs.as<ReduceAttrs>().axes;
  int runs = 0;
  bool before = false;
  for (int axis = 0; axis < x.rank(); ++axis) {
    if (x[axis] == 1) continue;
    const bool reduced =
        axes.empty() || std::ranges::any_of(axes, [&](std::int64_t a) { return a == axis || a + x.rank() == axis; });
    if (reduced && !before) ++runs;
    before = reduced;
  }
  return runs <= 1;
}

// Sets of values, joined two by two.
class Sets {
 public:
  explicit Sets(std::size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), std::size_t{0}); }
  std::size_t find(std::size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(std::size_t a, std::size_t b) { parent_[find(a)] = find(b); }

 private:
  std::vector<std::size_t> parent_;
};

// The parameters that the op behind a value sets by definition.
GroupParams fixed_params(const Graph& graph, const Uses& uses, ValueId v, const std::vector<bool>& keep_float,
                         DType dtype = DType::kI8) {
  const NodeId maker = uses.producer(v);
  if (!maker.valid()) return nullptr;
  const Node& node = graph[maker];
  if (!node.op->has(kFixedOutputScale) || !becomes_integer(graph, maker, keep_float)) return nullptr;
  return node.op->fixed_quant(dtype);
}

class Grouper {
 public:
  Grouper(const Graph& graph, const std::vector<bool>& keep_float)
      : graph_(graph),
        keep_float_(keep_float),
        uses_(graph),
        sets_(graph.values.size()),
        hidden_(graph.values.size()) {}

  ScaleGroups run() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (becomes_integer(graph_, NodeId(i), keep_float_)) join(graph_.nodes[i]);
    }
    ScaleGroups out{.group = {}, .hidden = std::move(hidden_)};
    for (std::size_t i = 0; i < graph_.values.size(); ++i) out.group.push_back(sets_.find(i));
    return out;
  }

 private:
  void join(const Node& node) {
    const ValueId y = node.outputs[0];
    if (is_clamp(node)) {
      const NodeId maker = uses_.producer(node.inputs[0]);
      if (!maker.valid() || !becomes_integer(graph_, maker, keep_float_) || !takes_clamp(graph_[maker]) ||
          !uses_.single_use(node.inputs[0]))
        return;
      // What the clamp cuts off is never stored.
      hidden_[node.inputs[0].index] = true;
      sets_.join(node.inputs[0].index, y.index);
    } else if (shares_scale(node)) {
      for (const ValueId x : node.inputs) {
        const bool free = x.valid() && !graph_.is_constant(x) && !fixed_params(graph_, uses_, x, keep_float_);
        if (free) sets_.join(x.index, y.index);
      }
    }
  }

  const Graph& graph_;
  const std::vector<bool>& keep_float_;
  Uses uses_;
  Sets sets_;
  std::vector<bool> hidden_;
};

class Chooser {
 public:
  Chooser(const Graph& graph, const ValueRanges& ranges, const std::vector<bool>& keep_float, DType dtype)
      : dtype_(dtype),
        graph_(graph),
        ranges_(ranges),
        keep_float_(keep_float),
        uses_(graph),
        groups_(scale_groups(graph, keep_float)) {}

  Result<std::vector<GroupParams>> run() {
    std::vector<GroupParams> out(graph_.values.size());
    PAW_RETURN_IF_ERROR(measure());
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      if (!becomes_integer(graph_, NodeId(i), keep_float_)) continue;
      for (const auto* list : {&node.inputs, &node.outputs}) {
        for (const ValueId v : *list) {
          if (!v.valid() || graph_.is_constant(v)) continue;
          PAW_ASSIGN_OR_RETURN(out[v.index], params(v));
        }
      }
    }
    return out;
  }

 private:
  Status measure() {
    of_group_.resize(graph_.values.size());
    for (std::size_t i = 0; i < graph_.values.size(); ++i) {
      if (groups_.hidden[i] || !ranges_[i].seen()) continue;
      if (!std::isfinite(ranges_[i].min) || !std::isfinite(ranges_[i].max)) {
        return fail(ErrorCode::kBadData, graph_.label(ValueId(i)), "its range is not finite");
      }
      of_group_[groups_.group[i]].add(ranges_[i]);
    }
    return {};
  }

  Result<GroupParams> params(ValueId v) {
    if (GroupParams set = fixed_params(graph_, uses_, v, keep_float_, dtype_)) return set;
    // A value that is only moved keeps the scale that its maker fixed.
    const NodeId maker = uses_.producer(v);
    if (maker.valid() && becomes_integer(graph_, maker, keep_float_) && shares_scale(graph_[maker]) &&
        graph_[maker].inputs.size() == 1) {
      if (!graph_.is_constant(graph_[maker].inputs[0])) {
        PAW_ASSIGN_OR_RETURN(GroupParams from, params(graph_[maker].inputs[0]));
        return from;
      }
    }
    const ValueRange& range = of_group_[groups_.group[v.index]];
    if (!range.seen()) {
      return fail(ErrorCode::kUnsupported, graph_.label(v), "no range was measured for it",
                  "measure the ranges on the graph that is quantised");
    }
    return activation_params(dtype_, range.min, range.max);
  }

  DType dtype_;
  const Graph& graph_;
  const ValueRanges& ranges_;
  const std::vector<bool>& keep_float_;
  Uses uses_;
  ScaleGroups groups_;
  std::vector<ValueRange> of_group_;
};

}  // namespace

GroupParams i8_params(float min, float max) {
  const double lo = std::min(min, 0.0f), hi = std::max(max, 0.0f);
  auto scale = static_cast<float>((hi - lo) / 255);
  if (!std::isnormal(scale)) scale = 1;
  const double zero = std::clamp(std::nearbyint(-128 - lo / scale), -128.0, 127.0);
  return per_tensor(scale, static_cast<std::int32_t>(zero));
}

GroupParams i16_params(float min, float max) {
  const auto scale = static_cast<float>(std::max(std::abs(min), std::abs(max)) / highest(DType::kI16));
  return per_tensor(std::isnormal(scale) ? scale : 1, 0);
}

GroupParams activation_params(DType dtype, float min, float max) {
  return dtype == DType::kI16 ? i16_params(min, max) : i8_params(min, max);
}

bool has_int8_form(const Graph& graph, const Node& node) {
  if (node.outputs.empty() || graph.type(node.outputs[0]).dtype != DType::kF32) return false;
  const auto constant = [&](std::size_t i) {
    return i >= node.inputs.size() || !node.inputs[i].valid() || graph.is_constant(node.inputs[i]);
  };
  if (is_one_of(node, {&op::conv2d, &op::depthwise_conv2d, &op::fully_connected})) {
    return constant(1) && constant(2) && graph.type(node.inputs[1]).dtype == DType::kF32;
  }
  if (node.op == &op::avg_pool) return !node.attrs.as<PoolAttrs>().count_padding;
  if (node.op == &op::softmax) return last_axis(graph, node);
  if (node.op == &op::reduce_mean) return reduces_one_run(graph, node);  // LiteRT's 8-bit SUM is wrong (docs/tflite.md)
  return is_one_of(node, {&op::add,
                          &op::sub,
                          &op::mul,
                          &op::maximum,
                          &op::minimum,
                          &op::relu,
                          &op::relu6,
                          &op::clamp,
                          &op::leaky_relu,
                          &op::hard_swish,
                          &op::sigmoid,
                          &op::tanh,
                          &op::max_pool,
                          &op::reshape,
                          &op::squeeze,
                          &op::slice,
                          &op::pad,
                          &op::transpose,
                          &op::expand_dims,
                          &op::concat,
                          &op::resize_nearest,
                          &op::resize_bilinear});
}

std::vector<bool> keep_without_int16_form(const Graph& graph, std::vector<bool> keep_float) {
  keep_float.resize(graph.nodes.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].op == &op::hard_swish) keep_float[i] = true;
  }
  return keep_float;
}

bool becomes_integer(const Graph& graph, NodeId node, const std::vector<bool>& keep_float) {
  return has_int8_form(graph, graph[node]) && (keep_float.empty() || !keep_float[node.index]);
}

ScaleGroups scale_groups(const Graph& graph, const std::vector<bool>& keep_float) {
  return Grouper(graph, keep_float).run();
}

Result<std::vector<GroupParams>> choose_scales(const Graph& graph, const ValueRanges& ranges,
                                               const std::vector<bool>& keep_float, DType dtype) {
  return Chooser(graph, ranges, keep_float, dtype).run();
}

}  // namespace paw
