#include "train/training_form.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "ir/builder.h"
#include "ops/ops.h"
#include "reference/interpreter.h"
#include "train/autodiff.h"

namespace paw::training_form_test {

// Normalises its input by constants that are none of its weights, as an imported net may.
Model normalising_net() {
  GraphBuilder b("normalising");
  const ValueId x = b.input("x", {DType::kF32, {1, 2}});
  const ValueId shift = b.constant(Tensor::f32({1, 2}, std::vector{0.5f, -0.25f}), "shift");
  const ValueId weights = b.constant(Tensor::f32({2, 2}, std::vector{1.0f, 2.0f, -1.0f, 0.5f}), "weights");
  const ValueId bias = b.constant(Tensor::f32({2}, std::vector{0.1f, -0.1f}), "bias");
  const ValueId logits = b.call(op::fully_connected, {b.call(op::sub, {x, shift}), weights, bias});
  b.output(b.call(op::softmax, {logits}));
  Model model;
  model.graph = *b.finish();
  return model;
}

std::vector<std::vector<double>> run(const Graph& graph, const std::vector<double>& target) {
  std::vector<RefTensor> inputs{{{1, 2}, {0.3, 0.7}}, {{1, 2}, target}};
  inputs.push_back({{2, 2}, {1, 2, -1, 0.5}});
  inputs.push_back({{2}, {0.1, -0.1}});
  std::vector<std::vector<double>> out;
  const auto results = interpret(graph, inputs);
  for (const RefTensor& result : *results) out.push_back(result.data);
  return out;
}

TEST(TrainingForm, OnlyWeightsAndBiasesAreTrained) {
  const auto form = training_form(normalising_net());
  ASSERT_TRUE(form) << form.error().text();
  ASSERT_EQ(form->parameters.size(), 2u);
  EXPECT_EQ(form->graph[form->parameters[0]].name, "weights");
  EXPECT_EQ(form->graph[form->parameters[1]].name, "bias");
  EXPECT_TRUE(form->graph.is_constant(form->graph.find("shift")));
}

// T^2 times the cross-entropy of logits / T; near-equal soft scores give gradients of the size that T = 1 gives.
TEST(TrainingForm, TemperatureSoftensTheLossAndKeepsTheSizeOfGradients) {
  const auto loss = [](double temperature, const std::vector<double>& target) {
    const auto form = training_form(normalising_net(), {.dtype = DType::kF64, .temperature = temperature});
    EXPECT_TRUE(form);
    Graph graph = form->graph;
    const auto grads = autodiff(graph, form->loss, form->parameters);
    EXPECT_TRUE(grads);
    graph.outputs = {form->loss, (*grads)[1]};
    return run(graph, target);
  };
  const double z0 = 1 * -0.2 + 2 * 0.95 + 0.1, z1 = -1 * -0.2 + 0.5 * 0.95 - 0.1;
  for (const double t : {1.0, 3.0}) {
    const double p = 1 / (1 + std::exp((z1 - z0) / t));
    const auto result = loss(t, {0.6, 0.4});
    EXPECT_NEAR(result[0][0], -t * t * (0.6 * std::log(p) + 0.4 * std::log(1 - p)), 1e-6);
    EXPECT_NEAR(result[1][0], t * (p - 0.6), 1e-6);
  }
}

// mean |f - h|^2 / |h|^2, f what the dense layer reads.
TEST(TrainingForm, HintsSayWhatFeaturesShouldBe) {
  const auto form = training_form(normalising_net(), {.dtype = DType::kF64, .hint_weight = 3});
  ASSERT_TRUE(form) << form.error().text();
  Graph graph = form->graph;
  graph.outputs = {form->loss};
  std::vector<RefTensor> inputs{{{1, 2}, {0.3, 0.7}}, {{1, 2}, {0, 0}}, {{1, 2}, {0.3, 0.4}}};
  inputs.push_back({{2, 2}, {1, 2, -1, 0.5}});
  inputs.push_back({{2}, {0.1, -0.1}});
  const double missing = (-0.2 - 0.3) * (-0.2 - 0.3) + (0.95 - 0.4) * (0.95 - 0.4);
  EXPECT_NEAR((*interpret(graph, inputs))[0].data[0], 3 * missing / 0.25, 1e-4) << "no probabilities: no cross-entropy";
}

TEST(TrainingForm, AHintNeedsFeatures) {
  GraphBuilder b("bare");
  b.output(b.call(op::softmax, {b.input("x", {DType::kF32, {1, 2}})}));
  Model model;
  model.graph = *b.finish();
  const auto form = training_form(model, {.hint_weight = 1});
  ASSERT_FALSE(form);
  EXPECT_EQ(form.error().code, ErrorCode::kUnsupported);
}

TEST(TrainingForm, RoundedWeightsAreTrainedBehindTheirRounding) {
  GraphBuilder b("rounded");
  const ValueId x = b.input("x", {DType::kF32, {1, 2}});
  const ValueId weights = b.constant(Tensor::f32({2, 2}, std::vector{1.0f, 2.0f, -1.0f, 0.5f}), "weights");
  const ValueId steps = b.call(op::round, {b.call(op::mul, {weights, b.scalar(10)})});
  const ValueId logits = b.call(op::fully_connected, {x, b.call(op::mul, {steps, b.scalar(0.1)}), ValueId{}});
  b.output(b.call(op::softmax, {logits}));
  Model model;
  model.graph = *b.finish();
  const auto form = training_form(model);
  ASSERT_TRUE(form) << form.error().text();
  ASSERT_EQ(form->parameters.size(), 1u);
  EXPECT_EQ(form->graph[form->parameters[0]].name, "weights");
}

}  // namespace paw::training_form_test
