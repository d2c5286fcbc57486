#include "optimize/simulate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "nets/blocks.h"
#include "ops/ops.h"
#include "optimize/apply_recipe.h"
#include "optimize/palettize/palettize.h"
#include "optimize/prune/magnitude.h"
#include "optimize/quantize/layers.h"
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
  const Retrain doubled = [&](const Graph& graph, Student kind, std::int64_t epochs) -> Result<Graph> {
    ++asked;
    EXPECT_EQ(kind, Student::kSimulated);
    EXPECT_EQ(epochs, 0);
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

// Everything that training may move, elsewhere.
void move_trained(Graph& simulation, Random& random) {
  for (Value& value : simulation.values) {
    if (!value.name.starts_with("trained/")) continue;
    std::vector<float> moved;
    for (const float w : Tensor{value.type, *value.constant}.as<float>()) {
      moved.push_back(w * static_cast<float>(random.uniform(0.7, 1.2)));
    }
    value.constant = Tensor::f32(value.type.shape, moved).data;
  }
}

std::size_t parameters_of(const Graph& graph) {
  Model model;
  model.graph = graph;
  const auto form = training_form(model);
  EXPECT_TRUE(form) << form.error().text();
  return form ? form->parameters.size() : 0;
}

// A graph whose weights are stored small, its simulation moved by training, and what is stored then.
struct Retrained {
  Graph small, simulation, stored;
};

Retrained retrained(const Graph& small) {
  Retrained out{.small = small};
  auto simulation = simulate(small, small);
  EXPECT_TRUE(simulation) << simulation.error().text();
  EXPECT_EQ(parameters_of(*simulation), parameters_of(small)) << "every weight and bias is trained";
  Random random(11);
  out.simulation = std::move(*simulation);
  out.stored = small;
  EXPECT_TRUE(take_trained(out.stored, out.simulation));
  move_trained(out.simulation, random);
  const auto taken = take_trained(out.stored, out.simulation);
  EXPECT_TRUE(taken) << taken.error().text();
  EXPECT_FALSE(equal(out.stored, small));
  return out;
}

void expect_same_answers(const Graph& a, const Graph& b, double tolerance) {
  const CalibrationSet examples = random_examples(a, 4);
  for (std::int64_t i = 0; i < examples.size(); ++i) {
    const auto one = interpreted(a, examples, i), other = interpreted(b, examples, i);
    for (std::size_t k = 0; k < one.size(); ++k) EXPECT_NEAR(one[k], other[k], tolerance);
  }
}

TEST(Simulate, ZerosStay) {
  for (const bool blocks : {false, true}) {
    Graph small = small_net();
    ASSERT_TRUE(prune_magnitude(small, blocks ? SparsityPattern{.two_of_four = true} : SparsityPattern{.percent = 60}));
    Graph untrained = small;
    ASSERT_TRUE(take_trained(untrained, *simulate(small, small)));
    EXPECT_TRUE(equal(untrained, small));
    const Retrained out = retrained(small);
    expect_same_answers(out.stored, out.simulation, 1e-12);
    std::size_t zeros = 0;
    for (std::size_t i = 0; i < small.values.size(); ++i) {
      const ValueId id(i);
      if (!small[id].encoding) continue;
      EXPECT_EQ(out.stored[id].encoding, small[id].encoding);
      const Tensor before = small.tensor(id), after = out.stored.tensor(id);
      for (std::size_t k = 0; k < before.as<float>().size(); ++k) {
        EXPECT_EQ(before.as<float>()[k] == 0, after.as<float>()[k] == 0);
        zeros += before.as<float>()[k] == 0 ? 1U : 0U;
      }
    }
    EXPECT_GT(zeros, 40U);
  }
}

TEST(Simulate, WeightsOfOneValueMoveTogether) {
  Graph small = small_net();
  ASSERT_TRUE(prune_magnitude(small, {.percent = 30})) << "zeros are a value of the palette, and stay";
  ASSERT_TRUE(palettize(small, 3));
  const Retrained out = retrained(small);
  expect_same_answers(out.stored, out.simulation, 1e-3);  // values are rounded to float16
  int palettes = 0;
  for (std::size_t i = 0; i < small.values.size(); ++i) {
    const ValueId id(i);
    if (!small[id].encoding) continue;
    ++palettes;
    const Tensor before = small.tensor(id), after = out.stored.tensor(id);
    std::map<float, float> moved;
    for (std::size_t k = 0; k < before.as<float>().size(); ++k) {
      const float was = before.as<float>()[k], is = after.as<float>()[k];
      EXPECT_EQ(moved.try_emplace(was, is).first->second, is);
      EXPECT_EQ(was == 0, is == 0);
    }
    EXPECT_LE(moved.size(), 64U);
  }
  EXPECT_GE(palettes, 2);
}

TEST(Simulate, IntegersKeepZerosToo) {
  Graph floats = small_net();
  ASSERT_TRUE(prune_magnitude(floats, {.two_of_four = true}));
  const CalibrationSet examples = random_examples(floats, 8);
  auto quantised = *quantise(floats, examples, {});
  auto simulation = simulate(quantised.graph, quantised.floats);
  ASSERT_TRUE(simulation) << simulation.error().text();
  Random random(5);
  move_trained(*simulation, random);
  const auto taken = take_trained(quantised.graph, *simulation);
  ASSERT_TRUE(taken) << taken.error().text();
  for (std::int64_t i = 0; i < examples.size(); ++i) {
    const auto integers = interpreted(quantised.graph, examples, i), simulated = interpreted(*simulation, examples, i);
    for (std::size_t k = 0; k < integers.size(); ++k) EXPECT_NEAR(simulated[k], integers[k], 1e-6);
  }
}

double share_of_zeros(const Graph& graph) {
  double zeros = 0, all = 0;
  for (const Value& value : graph.values) {
    if (!value.name.starts_with("trained/") || value.type.shape.rank() != 4 || value.type.shape[0] == 1) continue;
    for (const float w : Tensor{value.type, *value.constant}.as<float>()) {
      zeros += w == 0 ? 1 : 0;
      all += 1;
    }
  }
  return zeros / all;
}

TEST(Simulate, SparsityGrowsWithTraining) {
  const Graph floats = small_net();
  std::vector<double> shares;
  std::vector<std::int64_t> lengths;
  const Retrain as_it_is = [&](const Graph& graph, Student kind, std::int64_t epochs) -> Result<Graph> {
    EXPECT_EQ(kind, Student::kSimulated);
    shares.push_back(share_of_zeros(graph));
    lengths.push_back(epochs);
    return graph;
  };
  const auto pruned = apply_recipe(floats, *parse_recipe("sparse80"), {}, {}, as_it_is);
  ASSERT_TRUE(pruned) << pruned.error().text();
  ASSERT_EQ(shares.size(), 4U);
  const double expected[] = {0.8 * 37 / 64, 0.8 * 56 / 64, 0.8 * 63 / 64, 0.8};
  for (std::size_t t = 0; t < 4; ++t) EXPECT_NEAR(shares[t], expected[t], 0.01) << t;
  EXPECT_EQ(lengths, (std::vector<std::int64_t>{1, 1, 1, 0})) << "one epoch, and at the end what suits it";
  ASSERT_TRUE(apply_recipe(floats, *parse_recipe("sparse2of4"), {}, {}, as_it_is));
  EXPECT_EQ(shares.size(), 5U) << "at once";
  EXPECT_NEAR(shares.back(), 0.5 * 64 / 280, 0.001) << "the stem has three input channels, and stays";
}

}  // namespace paw::simulate_test
