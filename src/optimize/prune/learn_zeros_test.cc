#include "optimize/prune/learn_zeros.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "optimize/apply_recipe.h"
#include "optimize/prune/magnitude.h"
#include "optimize/quantize/layers.h"
#include "optimize/quantize/quantise_testing.h"

namespace paw::learn_zeros_test {

std::vector<bool> kept(const SparsityPattern& pattern, const std::vector<double>& scores, const Shape& shape) {
  return kept_weights(pattern, scores, shape).value();
}

TEST(SparsityPattern, TheLeastGo) {
  const std::vector<double> scores = {5, 1, 4, 8, 2, 7, 3, 6};
  using Mask = std::vector<bool>;
  EXPECT_EQ(kept({.percent = 50}, scores, {2, 4}), (Mask{1, 0, 0, 1, 0, 1, 0, 1}));
  EXPECT_EQ(kept({.percent = 30}, scores, {2, 4}), (Mask{1, 0, 1, 1, 0, 1, 1, 1})) << "two of eight, rounded down";
  EXPECT_EQ(kept({.percent = 50, .block = 2}, scores, {2, 4}), (Mask{0, 0, 1, 1, 0, 0, 1, 1})) << "6, 12, 9, 9";
  EXPECT_EQ(kept({.two_of_four = true}, scores, {2, 4}), (Mask{1, 0, 0, 1, 0, 1, 0, 1}));
  EXPECT_FALSE(kept_weights({.percent = 50, .block = 3}, scores, {2, 4}));
  EXPECT_FALSE(kept_weights({.two_of_four = true}, std::vector<double>(6), {2, 3}));
}

// Rows of very different sizes, as folding of a batch norm leaves them.
Graph uneven_net() {
  GraphBuilder b("uneven");
  Random random(3);
  const auto numbers = [&](Shape shape) {
    std::vector<float> v(static_cast<std::size_t>(shape.elements()));
    for (std::size_t i = 0; i < v.size(); ++i) {
      const std::size_t row = i * static_cast<std::size_t>(shape[0]) / v.size();
      v[i] = static_cast<float>(random.uniform(-1, 1)) * (row % 2 == 0 ? 1.0F : 0.05F);
    }
    return b.constant(Tensor::f32(shape, v));
  };
  ValueId x = b.input("x", {DType::kF32, {1, 6, 6, 4}});
  x = b.call(op::relu, {b.call(op::conv2d, {x, numbers({32, 3, 3, 4}), numbers(Shape{32})})});
  b.output(b.call(op::conv2d, {x, numbers({8, 1, 1, 32}), numbers(Shape{8})}));
  return *b.finish();
}

std::vector<std::size_t> zeros_of_rows(const Graph& graph, std::size_t layer) {
  const Tensor weights = graph.tensor(graph[layers_of(graph)[layer]].inputs[1]);
  const auto values = weights.as<float>();
  std::vector<std::size_t> zeros(static_cast<std::size_t>(weights.type.shape[0]));
  for (std::size_t i = 0; i < values.size(); ++i) zeros[i * zeros.size() / values.size()] += values[i] == 0 ? 1U : 0U;
  return zeros;
}

TEST(LearnZeros, WhatIsLeftMakesUpForThem) {
  const Graph graph = uneven_net();
  const CalibrationSet examples = alike_examples(graph, 60), others = alike_examples(graph, 20, 8);
  for (const SparsityPattern& pattern : {SparsityPattern{.percent = 60}, SparsityPattern{.percent = 60, .block = 4},
                                         SparsityPattern{.two_of_four = true}}) {
    Graph smallest = graph;
    ASSERT_TRUE(prune_magnitude(smallest, pattern));
    Graph learned = smallest;
    const auto done = learn_zeros(learned, graph, pattern, examples, {}, {});
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_LT(mean_difference(graph, learned, others), 0.5 * mean_difference(graph, smallest, others));
    for (std::size_t layer = 0; layer < 2; ++layer) {
      const auto before = zeros_of_rows(smallest, layer), after = zeros_of_rows(learned, layer);
      EXPECT_EQ(std::accumulate(before.begin(), before.end(), std::size_t{0}),
                std::accumulate(after.begin(), after.end(), std::size_t{0}));
    }
  }
}

TEST(LearnZeros, SmallRowsAreNotTheOnesThatGo) {
  Graph graph = uneven_net();
  ASSERT_TRUE(prune_magnitude(graph, {.percent = 50}));
  for (const std::size_t zeros : zeros_of_rows(graph, 0)) {
    EXPECT_GT(zeros, 8U);
    EXPECT_LT(zeros, 28U) << "of 36";
  }
}

TEST(LearnZeros, DoNotDependOnTheThreads) {
  const Graph graph = uneven_net();
  const CalibrationSet examples = random_examples(graph, 20);
  const Recipe recipe = *parse_recipe("sparse70");
  const auto one = apply_recipe(graph, recipe, examples, {.threads = 1});
  const auto three = apply_recipe(graph, recipe, examples, {.threads = 3});
  ASSERT_TRUE(one && three);
  EXPECT_TRUE(equal(one->graph, three->graph));
}

}  // namespace paw::learn_zeros_test
