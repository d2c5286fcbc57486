#include "optimize/palettize/learn_palettes.h"

#include <gtest/gtest.h>

#include <set>

#include "ir/verify.h"
#include "optimize/palettize/palettize.h"
#include "optimize/prune/magnitude.h"
#include "optimize/quantize/layers.h"
#include "optimize/quantize/quantise_testing.h"
#include "tensor/half.h"

namespace paw::learn_palettes_test {

// Two layers of many weights.
Graph wide_net() {
  GraphBuilder b("wide");
  Random random(3);
  const auto numbers = [&](Shape shape) {
    std::vector<float> v(static_cast<std::size_t>(shape.elements()));
    for (float& x : v) x = static_cast<float>(random.uniform(-1, 1));
    return b.constant(Tensor::f32(shape, v));
  };
  ValueId x = b.input("x", {DType::kF32, {1, 6, 6, 4}});
  x = b.call(op::relu, {b.call(op::conv2d, {x, numbers({32, 3, 3, 4}), numbers(Shape{32})})});
  b.output(b.call(op::conv2d, {x, numbers({8, 1, 1, 32}), numbers(Shape{8})}));
  return *b.finish();
}

std::set<float> values_of(const Graph& graph, std::size_t layer) {
  const Tensor weights = graph.tensor(graph[layers_of(graph)[layer]].inputs[1]);
  const auto values = weights.as<float>();
  return {values.begin(), values.end()};
}

TEST(LearnPalettes, AnswersAreNearerThanThoseOfTheNearestValues) {
  const Graph graph = wide_net();
  const CalibrationSet examples = alike_examples(graph, 60), others = alike_examples(graph, 20, 8);
  for (const int bits : {2, 3, 4}) {
    Graph nearest = graph;
    ASSERT_TRUE(palettize(nearest, bits));
    Graph learned = nearest;
    const auto done = learn_palettes(learned, graph, examples, {}, {});
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_LT(mean_difference(graph, learned, others), 0.5 * mean_difference(graph, nearest, others)) << bits;
    for (std::size_t layer = 0; layer < 2; ++layer) {
      const std::set<float> values = values_of(learned, layer);
      EXPECT_LE(values.size(), std::size_t{1} << bits);
      for (const float v : values) EXPECT_EQ(half_to_float(double_to_half(double{v})), v) << "not of float16";
    }
  }
}

TEST(LearnPalettes, PalettesOfGroupsAreNearerStill) {
  const Graph graph = wide_net();
  const CalibrationSet examples = alike_examples(graph, 60), others = alike_examples(graph, 20, 8);
  Graph whole = graph, nearest = graph;
  ASSERT_TRUE(palettize(whole, 2));
  ASSERT_TRUE(palettize(nearest, 2, 4));
  Graph learned = nearest;
  ASSERT_TRUE(learn_palettes(whole, graph, examples, {}, {}));
  const auto done = learn_palettes(learned, graph, examples, {}, {});
  ASSERT_TRUE(done) << done.error().text();
  ASSERT_TRUE(verify(learned)) << "four values per group of channels, and no more";
  EXPECT_LT(mean_difference(graph, learned, others), mean_difference(graph, whole, others));
  EXPECT_LT(mean_difference(graph, learned, others), 0.5 * mean_difference(graph, nearest, others));
  EXPECT_GT(values_of(learned, 0).size(), 4u);
  EXPECT_LE(values_of(learned, 0).size(), 4u * 8);
  for (const float v : values_of(learned, 0)) EXPECT_EQ(half_to_float(double_to_half(double{v})), v);
}

// Channels of a depthwise layer are last: the rows of a palette are still its own.
TEST(LearnPalettes, DepthwiseChannelsOfAGroupShareAPalette) {
  GraphBuilder b("deep");
  Random random(4);
  std::vector<float> weights(25 * 48);
  for (float& w : weights) w = static_cast<float>(random.uniform(-1, 1));
  const ValueId x = b.input("x", {DType::kF32, {1, 6, 6, 48}});
  const ValueId bias = b.constant(Tensor::zeros({DType::kF32, Shape{48}}));
  b.output(b.call(op::depthwise_conv2d, {x, b.constant(Tensor::f32({1, 5, 5, 48}, weights)), bias},
                  DepthwiseConv2dAttrs{.padding = Padding::kSame}));
  const Graph graph = *b.finish();
  const CalibrationSet examples = alike_examples(graph, 20), others = alike_examples(graph, 10, 8);
  Graph nearest = graph;
  ASSERT_TRUE(palettize(nearest, 6, 16));
  EXPECT_EQ(*nearest[nearest.nodes[0].inputs[1]].encoding, (Encoding{Encoding::Kind::kPalette, 6, 3, 16}));
  Graph learned = nearest;
  ASSERT_TRUE(learn_palettes(learned, graph, examples, {}, {}));
  ASSERT_TRUE(verify(learned));
  EXPECT_LT(mean_difference(graph, learned, others), 0.9 * mean_difference(graph, nearest, others));
}

TEST(LearnPalettes, DoNotDependOnTheThreads) {
  const Graph graph = wide_net();
  const CalibrationSet examples = random_examples(graph, 20);
  for (const int group : {0, 8}) {
    Graph one = graph;
    ASSERT_TRUE(palettize(one, 3, group));
    Graph three = one;
    ASSERT_TRUE(learn_palettes(one, graph, examples, {.threads = 1}, {}));
    ASSERT_TRUE(learn_palettes(three, graph, examples, {.threads = 3}, {}));
    EXPECT_TRUE(equal(one, three)) << group;
  }
}

// Weights that are zero because they were pruned stay so; only biases follow.
TEST(LearnPalettes, ZerosOfPrunedWeightsStay) {
  Graph pruned = wide_net();
  ASSERT_TRUE(prune_magnitude(pruned, {.percent = 50}));
  Graph small = pruned;
  ASSERT_TRUE(palettize(small, 3));
  const Graph before = small;
  ASSERT_TRUE(learn_palettes(small, pruned, random_examples(pruned, 20), {}, {}));
  ASSERT_TRUE(verify(small));
  for (const NodeId layer : layers_of(small)) {
    EXPECT_TRUE(std::ranges::equal(small.tensor(small[layer].inputs[1]).as<float>(),
                                   before.tensor(before[layer].inputs[1]).as<float>()));
    EXPECT_FALSE(std::ranges::equal(small.tensor(small[layer].inputs[2]).as<float>(),
                                    before.tensor(before[layer].inputs[2]).as<float>()));
  }
}

}  // namespace paw::learn_palettes_test
