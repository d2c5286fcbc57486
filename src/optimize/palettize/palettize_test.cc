#include "optimize/palettize/palettize.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "base/random.h"
#include "ir/builder.h"
#include "ir/verify.h"
#include "ops/conv2d.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"
#include "optimize/prune/magnitude.h"

namespace paw::palettize_test {

Tensor random_weights(const Shape& shape, std::uint64_t seed) {
  Random random(seed, 0);
  std::vector<float> values(static_cast<std::size_t>(shape.elements()));
  for (float& v : values) v = static_cast<float>(random.uniform(-1, 1));
  return Tensor::f32(shape, values);
}

// A pointwise convolution, a depthwise one and a small dense layer.
Graph small_net() {
  GraphBuilder builder("net");
  ValueId x = builder.input("x", {DType::kF32, {1, 4, 4, 16}});
  x = builder.call(op::conv2d, {x, builder.constant(random_weights({32, 1, 1, 16}, 1), "wide")}, Conv2dAttrs{});
  x = builder.call(op::depthwise_conv2d, {x, builder.constant(random_weights({1, 3, 3, 32}, 2), "deep")},
                   DepthwiseConv2dAttrs{});
  const std::int64_t width = builder.shape(x).elements();
  x = builder.call(op::reshape, {x}, ShapeAttrs{{1, width}});
  builder.output(builder.call(op::fully_connected, {x, builder.constant(random_weights({1, width}, 3), "dense")}));
  auto graph = builder.finish();
  EXPECT_TRUE(graph) << graph.error().text();
  return std::move(*graph);
}

std::span<const float> weights_of(const Graph& graph, std::size_t node) {
  return graph.tensor(graph.nodes[node].inputs[1]).as<float>();
}

std::size_t distinct(std::span<const float> values) { return std::set<float>(values.begin(), values.end()).size(); }

TEST(PalettizeTest, WeightsTakeFewValuesAndSaySo) {
  Graph graph = small_net();
  const Graph before = graph;
  ASSERT_TRUE(palettize(graph, 3));
  ASSERT_TRUE(verify(graph));
  const Value& wide = graph[graph.nodes[0].inputs[1]];
  ASSERT_TRUE(wide.encoding);
  EXPECT_EQ(wide.encoding->kind, Encoding::Kind::kPalette);
  EXPECT_EQ(wide.encoding->bits, 3);
  EXPECT_EQ(distinct(weights_of(graph, 0)), 8u);
  EXPECT_EQ(graph[graph.nodes[1].inputs[1]].encoding->bits, 6) << "depthwise";
  double worst = 0;
  for (std::size_t i = 0; i < weights_of(graph, 0).size(); ++i) {
    worst = std::max(worst, double{std::abs(weights_of(graph, 0)[i] - weights_of(before, 0)[i])});
  }
  EXPECT_LT(worst, 0.3) << "eight values over [-1, 1]";
}

TEST(PalettizeTest, SmallTensorsStay) {
  Graph graph = small_net();
  ASSERT_TRUE(palettize(graph, 8));
  EXPECT_FALSE(graph[graph.nodes[1].inputs[1]].encoding) << "288 weights gain nothing from 256 values";
}

TEST(PalettizeTest, PrunedWeightsStayZero) {
  Graph graph = small_net();
  ASSERT_TRUE(prune_magnitude(graph, {.percent = 60}));
  const Graph pruned = graph;
  ASSERT_TRUE(palettize(graph, 2));
  ASSERT_TRUE(verify(graph));
  EXPECT_EQ(distinct(weights_of(graph, 0)), 4u);
  std::size_t zeros = 0;
  for (std::size_t i = 0; i < weights_of(graph, 0).size(); ++i) {
    EXPECT_EQ(weights_of(graph, 0)[i] == 0, weights_of(pruned, 0)[i] == 0);
    zeros += weights_of(graph, 0)[i] == 0 ? 1u : 0u;
  }
  EXPECT_EQ(zeros, 512u * 60 / 100);
}

TEST(PalettizeTest, RefusesBitsThatNoPaletteHas) {
  Graph graph = small_net();
  EXPECT_FALSE(palettize(graph, 0));
  EXPECT_FALSE(palettize(graph, 9));
  EXPECT_TRUE(equal(graph, small_net()));
}

TEST(PruneTest, TheSmallestGoAndAreMarked) {
  Graph graph = small_net();
  const Graph before = graph;
  ASSERT_TRUE(prune_magnitude(graph, {.percent = 50}));
  ASSERT_TRUE(verify(graph));
  EXPECT_EQ(graph[graph.nodes[0].inputs[1]].encoding->kind, Encoding::Kind::kSparse);
  EXPECT_FALSE(graph[graph.nodes[1].inputs[1]].encoding) << "depthwise";
  float largest_gone = 0, smallest_left = 2;  // relative to their rows
  for (std::size_t i = 0; i < 512; ++i) {
    float squares = 0;
    for (std::size_t k = 0; k < 16; ++k) squares += std::pow(weights_of(before, 0)[i / 16 * 16 + k], 2.0F);
    const float was = std::abs(weights_of(before, 0)[i]) / std::sqrt(squares);
    if (weights_of(graph, 0)[i] == 0) {
      largest_gone = std::max(largest_gone, was);
    } else {
      EXPECT_EQ(weights_of(graph, 0)[i], weights_of(before, 0)[i]);
      smallest_left = std::min(smallest_left, was);
    }
  }
  EXPECT_LE(largest_gone, smallest_left + 1e-6F);
  EXPECT_FALSE(prune_magnitude(graph, {.percent = 100}));
}

TEST(PruneTest, TwoOfAnyFourStay) {
  Graph graph = small_net();
  ASSERT_TRUE(prune_magnitude(graph, {.two_of_four = true}));
  ASSERT_TRUE(verify(graph));
  EXPECT_EQ(graph[graph.nodes[0].inputs[1]].encoding->group, 4);
  for (std::size_t i = 0; i < 512; i += 4) {
    std::size_t zeros = 0;
    for (std::size_t k = 0; k < 4; ++k) zeros += weights_of(graph, 0)[i + k] == 0 ? 1u : 0u;
    EXPECT_EQ(zeros, 2u);
  }
}

}  // namespace paw::palettize_test
