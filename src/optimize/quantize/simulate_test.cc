#include "optimize/quantize/simulate.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "nets/blocks.h"
#include "ops/ops.h"
#include "optimize/apply_recipe.h"
#include "optimize/quantize/quantise_testing.h"
#include "passes/export_form.h"
#include "reference/interpreter.h"
#include "train/training_form.h"

namespace paw::simulate_test {

// A residual of separable layers between a stem and a classifier.
Graph small_net() {
  NetBuilder net(*find_net("pawnet"), {.size = 16, .classes = 4, .seed = 3});
  ValueId x = net.conv_bn_act(net.image(), "stem", {8, 3, 2}, &op::relu6);
  ValueId y = net.depthwise_bn_act(x, "dw", 3, 1, &op::relu6);
  y = net.conv_bn_act(y, "pw", {8}, &op::hard_swish);
  x = net.add(x, y, "add");
  return export_form(*net.finish(net.global_mean(x), 0))->graph;
}

struct Made {
  Graph floats;
  QuantisedGraph quantised;
  Graph simulation;
  CalibrationSet examples;
};

Made make() {
  Made made{.floats = small_net()};
  made.examples = random_examples(made.floats, 8);
  made.quantised = *quantise(made.floats, made.examples, {});
  const auto simulation = simulate(made.quantised.graph, made.quantised.floats);
  EXPECT_TRUE(simulation) << simulation.error().text();
  made.simulation = *simulation;
  return made;
}

std::vector<double> interpreted(const Graph& graph, const CalibrationSet& set, std::int64_t i) {
  RefTensor x{set.shape, {}};
  for (const float v : set.example(i)) x.data.push_back(v);
  return (*interpret(graph, std::span(&x, 1)))[0].data;
}

// The same numbers as the integers stand for, whatever weights were trained to.
TEST(Simulate, AnswersAsTheIntegersDo) {
  Made made = make();
  ASSERT_TRUE(take_trained(made.quantised.graph, made.simulation));
  Random random(9);
  for (int round = 0; round < 2; ++round) {
    for (std::int64_t i = 0; i < made.examples.size(); ++i) {
      const auto integers = interpreted(made.quantised.graph, made.examples, i);
      const auto simulated = interpreted(made.simulation, made.examples, i);
      ASSERT_EQ(integers.size(), simulated.size());
      for (std::size_t k = 0; k < integers.size(); ++k) EXPECT_NEAR(simulated[k], integers[k], 1e-6) << round;
    }
    // As if trained: every weight and bias a little elsewhere, beyond its range for some.
    for (Value& value : made.simulation.values) {
      if (!value.name.starts_with("trained/")) continue;
      std::vector<float> moved(static_cast<std::size_t>(value.type.shape.elements()));
      const auto old = Tensor{value.type, *value.constant}.as<float>();
      for (std::size_t k = 0; k < moved.size(); ++k) moved[k] = old[k] * static_cast<float>(random.uniform(0.7, 1.2));
      value.constant = Tensor::f32(value.type.shape, moved).data;
    }
    const Graph before = made.quantised.graph;
    ASSERT_TRUE(take_trained(made.quantised.graph, made.simulation));
    EXPECT_FALSE(equal(before, made.quantised.graph)) << "other integers";
  }
}

// The engine multiplies floats in another order than it adds integers: halves may go the other way.
TEST(Simulate, TheEngineDiffersByHalvesAlone) {
  Made made = make();
  ASSERT_TRUE(take_trained(made.quantised.graph, made.simulation));
  EXPECT_LT(mean_difference(made.quantised.graph, made.simulation, made.examples), 0.004);
}

TEST(Simulate, EveryWeightAndBiasIsTrained) {
  const Made made = make();
  Model model;
  model.graph = made.simulation;
  const auto form = training_form(model);
  ASSERT_TRUE(form) << form.error().text();
  Model floats;
  floats.graph = made.floats;
  EXPECT_EQ(form->parameters.size(), training_form(floats)->parameters.size());
  for (const ValueId parameter : form->parameters) EXPECT_TRUE(form->graph[parameter].name.starts_with("trained/"));
}

TEST(Simulate, ARecipeTrainsWhatItRounds) {
  const Graph floats = small_net();
  const CalibrationSet examples = random_examples(floats, 8);
  const Recipe recipe = *parse_recipe("qat_wi8_ai8");
  const auto untrained = apply_recipe(floats, recipe, examples, {});
  ASSERT_FALSE(untrained);
  EXPECT_EQ(untrained.error().code, ErrorCode::kUsage);
  int asked = 0;
  const Retrain doubled = [&](const Graph& graph, Student kind) -> Result<Graph> {
    ++asked;
    EXPECT_EQ(kind, Student::kRounded);
    Graph out = graph;
    for (Value& value : out.values) {
      if (!value.name.starts_with("trained/")) continue;
      std::vector<float> halves;
      for (const float w : Tensor{value.type, *value.constant}.as<float>()) halves.push_back(w / 2);
      value.constant = Tensor::f32(value.type.shape, halves).data;
    }
    return out;
  };
  const auto trained = apply_recipe(floats, recipe, examples, {}, doubled);
  ASSERT_TRUE(trained) << trained.error().text();
  EXPECT_EQ(asked, 1);
  const auto plain = apply_recipe(floats, *parse_recipe("int8"), examples, {});
  double most = 0, most_plain = 0;
  for (const auto& [graph, top] : {std::pair(&trained->graph, &most), std::pair(&plain->graph, &most_plain)}) {
    for (std::size_t i = 0; i < graph->values.size(); ++i) {
      const ValueId id(i);
      if (!graph->is_constant(id) || graph->type(id).dtype != DType::kI8) continue;
      for (const std::int8_t q : graph->tensor(id).as<std::int8_t>()) *top = std::max(*top, std::abs(double{1} * q));
    }
  }
  EXPECT_EQ(most_plain, 127);
  EXPECT_EQ(most, 64) << "at the scales that were measured";
}

}  // namespace paw::simulate_test
