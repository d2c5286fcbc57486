// OpDef::gradient through autodiff against central differences, in double precision.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "generated_ops/properties.h"
#include "ir/builder.h"
#include "ops/ops.h"
#include "reference/interpreter.h"
#include "train/autodiff.h"

namespace paw {

namespace {

const InterpretOptions kDoubles{.round_to_type = false, .observe = {}};
// Truncation grows with the step's square, rounding falls with the step: 1e-5 keeps both near 1e-10 here.
constexpr double kStep = 1e-5;

// loss(x) = sum(y * r), y = output number `output` of the case and r random.
class Projection {
 public:
  Projection(const CaseGraph& made, std::size_t output, std::uint64_t seed) : made_(made), output_(output) {
    Random random(seed, 1000 + output);
    const Shape& shape = made.graph.type(made.graph.outputs[output]).shape;
    weights_.resize(static_cast<std::size_t>(shape.elements()));
    for (double& w : weights_) w = static_cast<double>(static_cast<float>(random.uniform(0.25, 1.25)));
    for (std::size_t i = 0; i < weights_.size(); i += 2) weights_[i] = -weights_[i];
  }

  double loss(std::span<const RefTensor> feeds) const {
    const auto outputs = interpret(made_.graph, feeds, kDoubles);
    EXPECT_TRUE(outputs) << outputs.error().text();
    double sum = 0;
    for (std::size_t i = 0; i < weights_.size(); ++i) sum += weights_[i] * (*outputs)[output_].data[i];
    return sum;
  }

  // d loss / d wrt by autodiff.
  Result<std::vector<RefTensor>> gradients(std::span<const ValueId> wrt) const {
    const ValueId y = made_.graph.outputs[output_];
    const TensorType& type = made_.graph.type(y);
    GraphBuilder builder(made_.graph);
    const ValueId r = builder.constant(tensor_from_real({type.dtype, type.shape}, weights_));
    const ValueId loss = builder.call(op::mul, {y, r});
    PAW_ASSIGN_OR_RETURN(Graph graph, builder.finish());
    PAW_ASSIGN_OR_RETURN(graph.outputs, autodiff(graph, loss, wrt));
    return interpret(graph, made_.feeds, kDoubles);
  }

 private:
  const CaseGraph& made_;
  std::size_t output_;
  std::vector<double> weights_;
};

// Compares along `direction` in the space of feed number `feed`.
void expect_slope(const Projection& projection, const CaseGraph& made, std::size_t feed, const RefTensor& gradient,
                  const std::vector<double>& direction) {
  double slope = 0, magnitude = 0;
  std::vector<RefTensor> up = made.feeds, down = made.feeds;
  for (std::size_t i = 0; i < direction.size(); ++i) {
    slope += gradient.data[i] * direction[i];
    magnitude += std::abs(gradient.data[i] * direction[i]);
    up[feed].data[i] += kStep * direction[i];
    down[feed].data[i] -= kStep * direction[i];
  }
  const double high = projection.loss(up), low = projection.loss(down);
  const double measured = (high - low) / (2 * kStep);
  const double tolerance = 1e-6 * (std::abs(measured) + magnitude) + 1e-8 * (1 + std::abs(high));
  EXPECT_NEAR(slope, measured, tolerance);
}

void compare(const Projection& projection, const CaseGraph& made, std::size_t feed, const RefTensor& gradient,
             std::uint64_t seed) {
  Random random(seed, 2000 + feed);
  const std::size_t n = made.feeds[feed].data.size();
  ASSERT_EQ(gradient.data.size(), n);
  for (int k = 0; k < 2; ++k) {
    std::vector<double> direction(n);
    for (double& d : direction) d = random.uniform(-1, 1);
    expect_slope(projection, made, feed, gradient, direction);
  }
  for (int k = 0; k < 3; ++k) {
    std::vector<double> direction(n);
    direction[random.below(n)] = 1;
    expect_slope(projection, made, feed, gradient, direction);
  }
}

// Ops that name float types in their attributes or inputs cannot be widened: those keep f32, computed in doubles.
Result<CaseGraph> widest_graph(const OpDef& op, const OpCase& c) {
  if (auto wide = case_graph(op, widened(c))) return wide;
  return case_graph(op, c);
}

}  // namespace

void check_gradient(const OpDef& op, const OpCase& c) {
  const auto made = widest_graph(op, c);
  ASSERT_TRUE(made) << made.error().text();
  std::vector<ValueId> wrt;
  for (std::size_t i = 0; i < c.inputs.size(); ++i) {
    const CaseInput& in = c.inputs[i];
    if (!in.absent && in.differentiable && is_float(in.type.dtype)) wrt.push_back(made->operands[i]);
  }
  if (wrt.empty()) return;
  const std::uint64_t seed = case_seed(op, c);
  for (std::size_t o = 0; o < made->graph.outputs.size(); ++o) {
    if (!is_float(made->graph.type(made->graph.outputs[o]).dtype)) continue;
    SCOPED_TRACE("output " + std::string(op.outputs[o].name));
    const Projection projection(*made, o, seed);
    const auto gradients = projection.gradients(wrt);
    // Side results, such as new running statistics, may refuse a gradient; they may not give a wrong one.
    const bool may_refuse = op.gradient == nullptr || o > 0;
    if (!gradients && may_refuse) {
      EXPECT_EQ(gradients.error().code, ErrorCode::kUnsupported) << gradients.error().text();
      EXPECT_NE(gradients.error().text().find(op.name), std::string::npos) << gradients.error().text();
      continue;
    }
    ASSERT_TRUE(gradients) << gradients.error().text();
    for (std::size_t k = 0; k < wrt.size(); ++k) {
      SCOPED_TRACE("with respect to " + made->graph.label(wrt[k]));
      const auto feed =
          static_cast<std::size_t>(std::ranges::find(made->graph.inputs, wrt[k]) - made->graph.inputs.begin());
      compare(projection, *made, feed, (*gradients)[k], seed);
    }
  }
}

}  // namespace paw
