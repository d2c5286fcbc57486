// Chains of relu, relu6, clamp and maximum / minimum with one constant number become one relu, relu6 or clamp; a clamp
// to everything goes. With c(x) = min(max(x, a), b) first and d after it, d(c(x)) is the clamp to [d(a), d(b)] for
// every x, also when the two ranges do not meet, and NaN passes through both forms. Exact but for the sign of zero:
// maximum(-0, 0) is 0, relu(-0) is -0.
//
// before:
//   graph g(%x: f32[4]) -> (%y) {
//     %0 = relu(%x) : f32[4]
//     %six = const fill 6 : f32[]
//     %y = minimum(%six, %0) : f32[4]
//   }
// after:
//   graph g(%x: f32[4]) -> (%y) {
//     %y = relu6(%x) : f32[4]
//   }
//
// before: ranges that do not meet, in both orders
//   graph g(%x: f32[4]) -> (%y, %z) {
//     %0 = clamp(%x) {min=0, max=1} : f32[4]
//     %y = clamp(%0) {min=2, max=3} : f32[4]
//     %1 = clamp(%x) {min=2, max=3} : f32[4]
//     %z = clamp(%1) {min=0, max=1} : f32[4]
//   }
// after:
//   graph g(%x: f32[4]) -> (%y, %z) {
//     %y = clamp(%x) {min=2, max=2} : f32[4]
//     %z = clamp(%x) {min=1, max=1} : f32[4]
//   }
//
// before: canonical names, an open clamp, and a value with another reader
//   graph g(%x: f32[2]) -> (%y, %z) {
//     %0 = clamp(%x) : f32[2]
//     %1 = clamp(%0) {min=0} : f32[2]
//     %y = clamp(%1) {min=-1, max=0.5} : f32[2]
//     %2 = clamp(%x) {min=0} : f32[2]
//     %3 = relu6(%2) : f32[2]
//     %z = add(%2, %3) : f32[2]
//   }
// after:
//   graph g(%x: f32[2]) -> (%y, %z) {
//     %y = clamp(%x) {min=0, max=0.5} : f32[2]
//     %0 = relu(%x) : f32[2]
//     %1 = relu6(%0) : f32[2]
//     %z = add(%0, %1) : f32[2]
//   }
#include <algorithm>
#include <limits>

#include "ops/activation.h"
#include "ops/ops.h"
#include "passes/passes.h"
#include "passes/rules.h"

namespace paw::pass {

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

struct Clamp {
  ValueId x;
  double min = -kInf, max = kInf;

  double operator()(double v) const { return std::clamp(v, min, max); }
};

std::optional<Clamp> minmax_of(const Rewriter& edits, const Node& node) {
  for (const std::size_t side : {std::size_t{1}, std::size_t{0}}) {
    const ValueId x = node.inputs[1 - side];
    const std::optional<double> bound = splat_value(edits, node.inputs[side]);
    // The constant must not be what gives the result its shape.
    if (!bound || !(edits.type(x) == edits.type(node.outputs[0]))) continue;
    return node.op == &op::maximum ? Clamp{x, *bound, kInf} : Clamp{x, -kInf, *bound};
  }
  return std::nullopt;
}

// What `node` clamps to which range, when that is all it does.
std::optional<Clamp> clamp_of(const Rewriter& edits, const Node& node) {
  if (node.op == &op::relu) return Clamp{node.inputs[0], 0, kInf};
  if (node.op == &op::relu6) return Clamp{node.inputs[0], 0, 6};
  if (node.op == &op::clamp) {
    const auto& a = node.attrs.as<ClampAttrs>();
    return Clamp{node.inputs[0], a.min, a.max};
  }
  const bool minmax = node.op == &op::maximum || node.op == &op::minimum;
  return minmax && edits.type(node.outputs[0]).is_real() ? minmax_of(edits, node) : std::nullopt;
}

// Rounding to one type between two clamps changes nothing: it is monotone and idempotent. Rounding to two types does.
bool same_types(const Rewriter& edits, ValueId x, ValueId between, ValueId y) {
  if (!(edits.type(between) == edits.type(y))) return false;
  return edits.type(y).quant == nullptr || edits.type(x) == edits.type(between);
}

const OpDef& kind_of(const Clamp& c) {
  if (c.min != 0) return op::clamp;
  return c.max == kInf ? op::relu : c.max == 6 ? op::relu6 : op::clamp;
}

// `last` ends a chain of `length` clamps that together are `c`.
void replace_with_one(Rewriter& edits, const Node& last, const Clamp& c, std::size_t length) {
  const ValueId y = last.outputs[0];
  if (c.min == -kInf && c.max == kInf && edits.may_replace(y, c.x)) return edits.replace(y, c.x);
  const OpDef& kind = kind_of(c);
  if (length == 1 && last.op == &kind) return;
  Attrs attrs = &kind == &op::clamp ? Attrs(ClampAttrs{c.min, c.max}) : Attrs();
  edits.replace(y, edits.insert(kind, {c.x}, std::move(attrs), last.source, edits.type(y).quant));
}

Result<bool> fuse_once(Graph& graph) {
  Rewriter edits(graph);
  std::vector<std::optional<Clamp>> clamps(graph.nodes.size());  // of the whole chain that ends at each node
  std::vector<std::size_t> length(graph.nodes.size(), 1);
  std::vector<bool> absorbed(graph.nodes.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (is_read(edits, graph.nodes[i])) clamps[i] = clamp_of(edits, graph.nodes[i]);
    if (!clamps[i]) continue;
    const Clamp after = *clamps[i];
    const NodeId before = edits.uses().producer(after.x);
    if (!before.valid() || !clamps[before.index] || !edits.uses().single_use(after.x)) continue;
    const Clamp& first = *clamps[before.index];
    if (!same_types(edits, first.x, after.x, graph.nodes[i].outputs[0])) continue;
    clamps[i] = Clamp{first.x, after(first.min), after(first.max)};
    length[i] = length[before.index] + 1;
    absorbed[before.index] = true;
  }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (clamps[i] && !absorbed[i]) replace_with_one(edits, graph.nodes[i], *clamps[i], length[i]);
  }
  return edits.finish();
}

Result<bool> run_fuse_clamps(Graph& graph, const Target&) { return until_settled(graph, fuse_once); }

}  // namespace

constinit const Pass fuse_clamps{
    .name = "fuse_clamps", .summary = "one relu, relu6 or clamp per chain of clamps", .run = run_fuse_clamps};

}  // namespace paw::pass
