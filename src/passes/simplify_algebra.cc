// Drops nodes that return an operand unchanged, and merges what adds up. squeeze, expand_dims and reductions over axes
// of extent 1 become reshape, so that the other passes meet one way to say it. Exact, with these exceptions:
//   x + 0, x - 0   -0 becomes 0 in the first form and stays -0 in the second
//   (x * a) * b    x * (a * b): one rounding less; left alone when a * b overflows or vanishes
//   max_pool 1x1   NaN is kept instead of skipped
// Dropout without a seed goes: not for graphs that training will still mark (see the train pipeline).
//
// before: neutral operands
//   graph g(%x: f32[2,3]) -> (%y) {
//     %zero = const fill 0 : f32[3]
//     %0 = add(%zero, %x) : f32[2,3]
//     %1 = sub(%0, %zero) : f32[2,3]
//     %one = const fill 1 : f32[]
//     %2 = mul(%1, %one) : f32[2,3]
//     %3 = div(%2, %one) : f32[2,3]
//     %4 = neg(%3) : f32[2,3]
//     %5 = neg(%4) : f32[2,3]
//     %y = exp(%5) : f32[2,3]
//   }
// after:
//   graph g(%x: f32[2,3]) -> (%y) {
//     %y = exp(%x) : f32[2,3]
//   }
//
// before: an operand that gives the result its shape is not neutral
//   graph g(%x: f32[1,3]) -> (%y) {
//     %zero = const fill 0 : f32[2,3]
//     %y = add(%x, %zero) : f32[2,3]
//   }
// after:
//   graph g(%x: f32[1,3]) -> (%y) {
//     %zero = const fill 0 : f32[2,3]
//     %y = add(%x, %zero) : f32[2,3]
//   }
//
// before: moves that move nothing
//   graph g(%x: f32[1,2,2,3]) -> (%y) {
//     %0 = reshape(%x) {shape=[1,2,2,3]} : f32[1,2,2,3]
//     %1 = slice(%0) {begin=[0,0,0,0], end=[1,2,2,3], stride=[1,1,1,1]} : f32[1,2,2,3]
//     %2 = pad(%1) {before=[0,0,0,0], after=[0,0,0,0]} : f32[1,2,2,3]
//     %3 = concat(%2) : f32[1,2,2,3]
//     %4 = transpose(%3) {perm=[0,1,2,3]} : f32[1,2,2,3]
//     %5 = cast(%4) : f32[1,2,2,3]
//     %6 = dropout(%5) {rate=0.2} : f32[1,2,2,3]
//     %7 = max_pool(%6) {kernel=[1,1], stride=[1,1]} : f32[1,2,2,3]
//     %8 = resize_bilinear(%7) {size=[2,2]} : f32[1,2,2,3]
//     %9 = broadcast_to(%8) {shape=[1,2,2,3]} : f32[1,2,2,3]
//     %y = relu(%9) : f32[1,2,2,3]
//   }
// after:
//   graph g(%x: f32[1,2,2,3]) -> (%y) {
//     %y = relu(%x) : f32[1,2,2,3]
//   }
//
// before: one spelling for changes of shape
//   graph g(%x: f32[2,1,1,3]) -> (%y) {
//     %0 = reduce_mean(%x) {axes=[1,2], keep_dims=true} : f32[2,1,1,3]
//     %1 = squeeze(%0) {axes=[1,2]} : f32[2,3]
//     %2 = exp(%1) : f32[2,3]
//     %y = expand_dims(%2) {axes=[0]} : f32[1,2,3]
//   }
// after:
//   graph g(%x: f32[2,1,1,3]) -> (%y) {
//     %0 = reshape(%x) {shape=[2,3]} : f32[2,3]
//     %1 = exp(%0) : f32[2,3]
//     %y = reshape(%1) {shape=[1,2,3]} : f32[1,2,3]
//   }
//
// before: two scalings
//   graph g(%x: f32[2,2]) -> (%y) {
//     %a = const fill 0.5 : f32[]
//     %0 = mul(%x, %a) : f32[2,2]
//     %b = const dense [2,4] : f32[2]
//     %y = mul(%b, %0) : f32[2,2]
//   }
// after:
//   graph g(%x: f32[2,2]) -> (%y) {
//     %0 = const dense [1,2] : f32[2]
//     %y = mul(%x, %0) : f32[2,2]
//   }
//
// before: quantised and back
//   graph g(%x: i8[4]{scale=0.5, zero_point=3}) -> (%y) {
//     %0 = dequantize(%x) : f32[4]
//     %1 = quantize(%0) : i8[4]{scale=0.5, zero_point=3}
//     %y = dequantize(%1) : f32[4]
//   }
// after:
//   graph g(%x: i8[4]{scale=0.5, zero_point=3}) -> (%y) {
//     %y = dequantize(%x) : f32[4]
//   }
#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/elementwise.h"
#include "ops/moves.h"
#include "ops/ops.h"
#include "ops/pool.h"
#include "ops/shape_ops.h"
#include "passes/passes.h"
#include "passes/rules.h"

namespace paw::pass {

namespace {

// The other operand when input `i` is the constant `neutral`.
ValueId other_operand(const Candidate& c, std::size_t i, double neutral) {
  return splat_value(c.edits, c.in(i)) == neutral ? c.in(1 - i) : ValueId{};
}

// Whichever operand is left when the other is neutral.
ValueId beside_neutral(const Candidate& c, double neutral) {
  for (const std::size_t i : {std::size_t{1}, std::size_t{0}}) {
    const ValueId other = other_operand(c, i, neutral);
    if (c.edits.may_replace(c.out(), other)) return other;
  }
  return {};
}

ValueId add_zero(const Candidate& c) { return beside_neutral(c, 0); }
ValueId sub_zero(const Candidate& c) { return other_operand(c, 1, 0); }
ValueId mul_one(const Candidate& c) { return beside_neutral(c, 1); }
ValueId div_one(const Candidate& c) { return other_operand(c, 1, 1); }

// Input 0 of the `op` node that makes this node's only operand; its value holds whatever edits came before.
ValueId below(const Candidate& c, const OpDef& op) {
  const Node* inner = c.producer(0);
  return inner != nullptr && inner->op == &op ? c.edits.resolve(inner->inputs[0]) : ValueId{};
}

// Quantised results saturate in between: floats only.
ValueId neg_neg(const Candidate& c) { return is_float(c.type().dtype) ? below(c, op::neg) : ValueId{}; }

// The input of this op, which may_replace accepts when the type stays the same.
ValueId first_input(const Candidate& c) { return c.in(0); }

ValueId input_without_seed(const Candidate& c) { return c.has(1) ? ValueId{} : c.in(0); }

ValueId only_input(const Candidate& c) { return c.node.inputs.size() == 1 ? c.in(0) : ValueId{}; }

ValueId identity_perm(const Candidate& c) {
  return std::ranges::is_sorted(c.node.attrs.as<TransposeAttrs>().perm) ? c.in(0) : ValueId{};
}

ValueId identity_pool(const Candidate& c) {
  const auto& a = c.node.attrs.as<PoolAttrs>();
  constexpr std::array<std::int64_t, 2> kOne = {1, 1};
  return a.kernel == kOne && a.stride == kOne ? c.in(0) : ValueId{};
}

// Exact while the step is far above the rounding of the float in between.
ValueId quantized_before(const Candidate& c) {
  const DType between = c.type(0).dtype;
  const bool wide = between == DType::kF32 || between == DType::kF64;
  return wide && bits(c.type().dtype) <= 16 ? below(c, op::dequantize) : ValueId{};
}

ValueId as_reshape(const Candidate& c) {
  const TensorType& x = c.type(0);
  const Shape& y = c.type().shape;
  if (x.shape.elements() != y.elements() || x.dtype != c.type().dtype || !has_one_scale(x)) return {};
  if (c.edits.may_replace(c.out(), c.in(0))) return c.in(0);
  return c.edits.insert(op::reshape, {c.in(0)}, ShapeAttrs{{y.extents().begin(), y.extents().end()}}, c.node.source);
}

// The index of the constant operand of a mul of floats.
std::optional<std::size_t> scaling_operand(const Rewriter& edits, const Node& node) {
  if (!is_float(edits.type(node.outputs[0]).dtype)) return std::nullopt;
  for (const std::size_t i : {std::size_t{1}, std::size_t{0}}) {
    if (edits.is_constant(node.inputs[i]) && !edits.is_constant(node.inputs[1 - i])) return i;
  }
  return std::nullopt;
}

double smallest_normal(DType dtype) {
  switch (dtype) {
    case DType::kF16: return 0x1p-14;
    case DType::kF64: return std::numeric_limits<double>::min();
    default: return std::numeric_limits<float>::min();  // f32, bf16
  }
}

// a * b, broadcast; none when an element overflows, or vanishes that should not.
std::optional<Tensor> product(const Tensor& a, const Tensor& b) {
  const std::optional<Shape> shape = broadcast(a.type.shape, b.type.shape);
  if (!shape) return std::nullopt;
  const std::vector<double> x = stored_values(a), y = stored_values(b);
  const std::vector<std::size_t> ix = broadcast_index(a.type.shape, *shape);
  const std::vector<std::size_t> iy = broadcast_index(b.type.shape, *shape);
  std::vector<double> values(ix.size());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = x[ix[i]] * y[iy[i]];
  std::optional<Tensor> result = finite_constant(a.type.dtype, *shape, values);
  if (!result) return std::nullopt;
  const std::vector<double> stored = stored_values(*result);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::abs(stored[i]) < smallest_normal(a.type.dtype) && x[ix[i]] != 0 && y[iy[i]] != 0) return std::nullopt;
  }
  return result;
}

ValueId mul_mul(const Candidate& c) {
  const std::optional<std::size_t> outer = scaling_operand(c.edits, c.node);
  if (!outer) return {};
  const Node* inner_node = c.single_use_input(1 - *outer, op::mul);
  if (inner_node == nullptr) return {};
  const std::optional<std::size_t> inner = scaling_operand(c.edits, *inner_node);
  if (!inner) return {};
  const ValueId a = inner_node->inputs[*inner], b = c.node.inputs[*outer];
  const ValueId x = c.edits.resolve(inner_node->inputs[1 - *inner]);
  // The product must not be larger than what it replaces, nor the result take another shape.
  const std::optional<Shape> shape = broadcast(c.edits.type(a).shape, c.edits.type(b).shape);
  if (!shape || shape->elements() > std::max(c.edits.type(a).shape.elements(), c.edits.type(b).shape.elements()))
    return {};
  const std::optional<Tensor> scale = product(c.edits.tensor(a), c.edits.tensor(b));
  if (!scale) return {};
  return c.edits.insert(op::mul, {x, c.edits.constant(*scale)}, {}, c.node.source);
}

constexpr Rule kAlgebraRules[] = {
    {&op::add, add_zero},
    {&op::sub, sub_zero},
    {&op::mul, mul_one},
    {&op::mul, mul_mul},
    {&op::div, div_one},
    {&op::neg, neg_neg},
    {&op::reshape, first_input},
    {&op::reshape, merge_reshapes},
    {&op::broadcast_to, first_input},
    {&op::slice, first_input},
    {&op::pad, first_input},
    {&op::resize_nearest, first_input},
    {&op::resize_bilinear, first_input},
    {&op::cast, first_input},
    {&op::concat, only_input},
    {&op::transpose, identity_perm},
    {&op::dropout, input_without_seed},
    {&op::max_pool, identity_pool},
    {&op::avg_pool, identity_pool},
    {&op::quantize, quantized_before},
    {&op::squeeze, as_reshape},
    {&op::expand_dims, as_reshape},
    {&op::reduce_mean, as_reshape},
    {&op::reduce_sum, as_reshape},
};

Result<bool> simplify_once(Graph& graph) { return apply_rules(graph, kAlgebraRules); }
Result<bool> run_simplify_algebra(Graph& graph, const Target&) { return until_settled(graph, simplify_once); }

}  // namespace

constinit const Pass simplify_algebra{.name = "simplify_algebra",
                                      .summary = "drop nodes that change nothing, merge scalings",
                                      .run = run_simplify_algebra};

}  // namespace paw::pass
