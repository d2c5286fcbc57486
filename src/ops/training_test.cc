// The loss against ONNX Runtime 1.32 (SoftmaxCrossEntropyLoss) and NumPy; optimiser steps against the published
// formulas evaluated step by step in Python.
#include "ops/training.h"

#include "ops/golden_testing.h"

namespace paw::training_test {

TEST(CrossEntropy, OneHotAndSoftTargets) {
  const Given logits = f32({2, 3}, {1, 2, 3, 0, -1, 4});
  expect_output(evaluate(op::cross_entropy, {logits, f32({2, 3}, {0, 0, 1, 1, 0, 0})}), 0, {2}, {0.407606, 4.024745},
                1e-6);
  const Given soft = f32({2, 3}, {0, 0, 1, 0.25, 0.25, 0.5});
  expect_output(evaluate(op::cross_entropy, {logits, soft}), 0, {2}, {0.407605964, 2.27474489}, 1e-8);
  expect_output(evaluate(op::cross_entropy, {logits, soft}, CrossEntropyAttrs{0.1}), 0, {2}, {0.507605964, 2.34974489},
                1e-8);
}

// A row times a weight has its loss times the weight, smoothed or not.
TEST(CrossEntropy, IsLinearInTheTarget) {
  const Given logits = f32({2, 3}, {1, 2, 3, 0, -1, 4});
  const Given weighted = f32({2, 3}, {0, 0, 2, 0.125, 0.125, 0.25});
  expect_output(evaluate(op::cross_entropy, {logits, weighted}, CrossEntropyAttrs{0.1}), 0, {2},
                {2 * 0.507605964, 0.5 * 2.34974489}, 1e-8);
}

TEST(CrossEntropy, LargeLogitsStayFinite) {
  expect_output(evaluate(op::cross_entropy, {f32({1, 2}, {1000, 0}), f32({1, 2}, {0, 1})}), 0, {1}, {1000});
  expect_output(evaluate(op::cross_entropy, {f32({1, 2}, {-1000, 0}), f32({1, 2}, {0, 1})}), 0, {1}, {0});
}

struct Step {
  double parameter;
  std::vector<double> state;
};

// One parameter through gradients 0.5, -0.25.
std::vector<Step> run(const OpDef& op, std::size_t states, double lr, const Attrs& attrs) {
  Step now{1.0, std::vector<double>(states)};
  std::vector<Step> steps;
  for (const double gradient : {0.5, -0.25}) {
    std::vector<Given> in = {f32({1}, {now.parameter}), f32({1}, {gradient})};
    for (const double s : now.state) in.push_back(f32({1}, {s}));
    in.push_back(f32({}, {lr}));
    if (op.inputs.size() > in.size()) in.push_back(f32({}, {static_cast<double>(steps.size() + 1)}));
    const auto out = evaluate(op, in, attrs);
    EXPECT_TRUE(out);
    if (!out) return steps;
    now.parameter = (*out)[0].data[0];
    for (std::size_t i = 0; i < states; ++i) now.state[i] = (*out)[1 + i].data[0];
    steps.push_back(now);
  }
  return steps;
}

void expect_steps(const std::vector<Step>& steps, const std::vector<Step>& expected) {
  ASSERT_EQ(steps.size(), expected.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    EXPECT_NEAR(steps[i].parameter, expected[i].parameter, 1e-12);
    EXPECT_THAT(steps[i].state, testing::Pointwise(testing::DoubleNear(1e-12), expected[i].state));
  }
}

TEST(Sgd, MomentumAndWeightDecay) {
  const SgdAttrs attrs{.momentum = 0.9, .weight_decay = 0.1, .nesterov = false};
  expect_steps(run(op::sgd, 1, 0.1, attrs), {{0.94, {0.6}}, {0.9016, {0.384}}});
}

TEST(Sgd, Nesterov) {
  const SgdAttrs attrs{.momentum = 0.9, .weight_decay = 0.1, .nesterov = true};
  expect_steps(run(op::sgd, 1, 0.1, attrs), {{0.886, {0.6}}, {0.868066, {0.3786}}});
}

TEST(Adam, FirstStepIsTheLearningRate) {
  expect_steps(run(op::adam, 2, 0.01, AdamAttrs{}),
               {{0.9900000002, {0.05, 0.00025}}, {0.9873366298707846, {0.02, 0.00031225}}});
}

TEST(Adam, WeightDecayJoinsTheGradient) {
  expect_steps(
      run(op::adam, 2, 0.01, AdamAttrs{.weight_decay = 0.1}),
      {{0.9900000001666667, {0.06, 0.00036}}, {0.9853191993058599, {0.03890000000166666, 0.000382440999994967}}});
}

TEST(Adamw, WeightDecayShrinksTheParameter) {
  expect_steps(run(op::adamw, 2, 0.01, AdamAttrs{.weight_decay = 0.1}),
               {{0.9890000002, {0.05, 0.00025}}, {0.9853476298705847, {0.02, 0.00031225}}});
}

TEST(Training, Refusals) {
  const TensorType p{DType::kF32, {2, 3}}, scalar{DType::kF32, {}}, other{DType::kF32, {3, 2}};
  expect_refused(op::cross_entropy, {p, other}, CrossEntropyAttrs{}, "expected target as f32[2,3]");
  expect_refused(op::cross_entropy, {p, p}, CrossEntropyAttrs{1.0}, "label_smoothing");
  expect_refused(op::sgd, {p, p, other, scalar}, SgdAttrs{}, "expected velocity as f32[2,3]");
  expect_refused(op::sgd, {p, p, p, p}, SgdAttrs{}, "expected lr as f32[]");
  expect_refused(op::sgd, {p, p, p, scalar}, SgdAttrs{.momentum = 1}, "momentum");
  expect_refused(op::adam, {p, p, p, p, scalar, scalar}, AdamAttrs{.beta1 = 1}, "beta1");
  expect_refused(op::adamw, {p, p, p, p, scalar, scalar}, AdamAttrs{.epsilon = 0}, "epsilon");
}

}  // namespace paw::training_test
