// Activations that other tools write out get their names back: silu, hard_sigmoid, hard_swish. The same function; one
// rounding less, and 1/6 exactly where the factor was a number close to it. Between floats only: what is quantised
// rounds on the way.
//
// before: x times its sigmoid
//   graph g(%x: f32[2,3]) -> (%y) {
//     %0 = sigmoid(%x) : f32[2,3]
//     %y = mul(%x, %0) : f32[2,3]
//   }
// after:
//   graph g(%x: f32[2,3]) -> (%y) {
//     %y = silu(%x) : f32[2,3]
//   }
//
// before: divided by 6, or multiplied by a sixth
//   graph g(%x: f32[2,3]) -> (%y, %z) {
//     %three = const fill 3 : f32[]
//     %0 = add(%x, %three) : f32[2,3]
//     %1 = relu6(%0) : f32[2,3]
//     %six = const fill 6 : f32[]
//     %y = div(%1, %six) : f32[2,3]
//     %2 = add(%three, %x) : f32[2,3]
//     %3 = clamp(%2) {min=0, max=6} : f32[2,3]
//     %sixth = const fill 0.16666667 : f32[]
//     %z = mul(%sixth, %3) : f32[2,3]
//   }
// after:
//   graph g(%x: f32[2,3]) -> (%y, %z) {
//     %y = hard_sigmoid(%x) : f32[2,3]
//     %z = hard_sigmoid(%x) : f32[2,3]
//   }
//
// before: hard_swish in either order of its factors
//   graph g(%x: f32[4]) -> (%y, %z) {
//     %0 = hard_sigmoid(%x) : f32[4]
//     %y = mul(%0, %x) : f32[4]
//     %three = const fill 3 : f32[]
//     %1 = add(%x, %three) : f32[4]
//     %2 = relu6(%1) : f32[4]
//     %3 = mul(%x, %2) : f32[4]
//     %sixth = const fill 0.16666667 : f32[]
//     %z = mul(%3, %sixth) : f32[4]
//   }
// after:
//   graph g(%x: f32[4]) -> (%y, %z) {
//     %y = hard_swish(%x) : f32[4]
//     %z = hard_swish(%x) : f32[4]
//   }
//
// before: other numbers, and a sigmoid that something else reads, stay
//   graph g(%x: f32[4]) -> (%y, %0) {
//     %0 = sigmoid(%x) : f32[4]
//     %1 = mul(%x, %0) : f32[4]
//     %two = const fill 2 : f32[]
//     %2 = add(%1, %two) : f32[4]
//     %3 = relu6(%2) : f32[4]
//     %sixth = const fill 0.16666667 : f32[]
//     %y = mul(%3, %sixth) : f32[4]
//   }
// after:
//   graph g(%x: f32[4]) -> (%y, %0) {
//     %0 = sigmoid(%x) : f32[4]
//     %1 = mul(%x, %0) : f32[4]
//     %two = const fill 2 : f32[]
//     %2 = add(%1, %two) : f32[4]
//     %3 = relu6(%2) : f32[4]
//     %sixth = const fill 0.16666667 : f32[]
//     %y = mul(%3, %sixth) : f32[4]
//   }
#include <cmath>

#include "ops/activation.h"
#include "ops/ops.h"
#include "passes/passes.h"
#include "passes/rules.h"

namespace paw::pass {

namespace {

constexpr double kTolerance = 1e-6;  // of a sixth as f32 and f16 neighbours write it

// The other operand where input `i` is a constant of about `number`.
ValueId beside(const Candidate& c, const Node& node, double number) {
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    const std::optional<double> value = splat_value(c.edits, c.edits.resolve(node.inputs[i]));
    if (value && std::abs(*value - number) <= kTolerance * number) return c.edits.resolve(node.inputs[1 - i]);
  }
  return {};
}

// The node that makes `value`, when it is of that op and nothing else reads the value.
const Node* alone(const Candidate& c, ValueId value, const OpDef& op) {
  if (!value.valid() || value.index >= c.edits.graph().values.size() || !c.edits.uses().single_use(value))
    return nullptr;
  const NodeId maker = c.edits.uses().producer(value);
  if (!maker.valid() || c.edits.graph()[maker].op != &op) return nullptr;
  return &c.edits.graph()[maker];
}

bool is_relu6(const Node& node) {
  return node.op == &op::relu6 || node.attrs.as<ClampAttrs>() == ClampAttrs{.min = 0, .max = 6};
}

// x where `value` is relu6(x + 3).
ValueId shifted_relu6(const Candidate& c, ValueId value) {
  const Node* relu6 = alone(c, value, op::relu6);
  if (relu6 == nullptr) relu6 = alone(c, value, op::clamp);
  if (relu6 == nullptr || !is_relu6(*relu6)) return {};
  const Node* sum = alone(c, c.edits.resolve(relu6->inputs[0]), op::add);
  return sum == nullptr ? ValueId{} : beside(c, *sum, 3);
}

ValueId named(const Candidate& c, const OpDef& op, ValueId x) {
  if (!x.valid() || !is_float(c.type().dtype) || !(c.edits.type(x) == c.type())) return {};
  return c.edits.insert(op, {x}, {}, c.node.source);
}

ValueId hard_sigmoid_of(const Candidate& c, ValueId sixfold) {
  return named(c, op::hard_sigmoid, shifted_relu6(c, sixfold));
}

ValueId by_factor(const Candidate& c) { return hard_sigmoid_of(c, beside(c, c.node, 1.0 / 6)); }

ValueId by_divisor(const Candidate& c) {
  const std::optional<double> six = splat_value(c.edits, c.in(1));
  return six == 6 ? hard_sigmoid_of(c, c.in(0)) : ValueId{};
}

// x * f(x), in either order.
ValueId times_own(const Candidate& c, const OpDef& gate, const OpDef& product) {
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    const Node* node = alone(c, c.in(i), gate);
    if (node != nullptr && c.edits.resolve(node->inputs[0]) == c.in(1 - i)) return named(c, product, c.in(1 - i));
  }
  return {};
}

ValueId silu(const Candidate& c) { return times_own(c, op::sigmoid, op::silu); }
ValueId hard_swish(const Candidate& c) { return times_own(c, op::hard_sigmoid, op::hard_swish); }

// (x * relu6(x + 3)) * 1/6.
ValueId scaled_last(const Candidate& c) {
  const Node* product = alone(c, beside(c, c.node, 1.0 / 6), op::mul);
  if (product == nullptr) return {};
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    const ValueId x = c.edits.resolve(product->inputs[1 - i]);
    if (shifted_relu6(c, c.edits.resolve(product->inputs[i])) == x) return named(c, op::hard_swish, x);
  }
  return {};
}

constexpr Rule kRules[] = {
    {&op::mul, by_factor}, {&op::mul, silu}, {&op::mul, hard_swish}, {&op::mul, scaled_last}, {&op::div, by_divisor}};

Result<bool> once(Graph& graph) { return apply_rules(graph, kRules); }
Result<bool> run(Graph& graph, const Target&) { return until_settled(graph, once); }

}  // namespace

constinit const Pass name_activations{
    .name = "name_activations", .summary = "silu, hard_sigmoid and hard_swish under their names", .run = run};

}  // namespace paw::pass
