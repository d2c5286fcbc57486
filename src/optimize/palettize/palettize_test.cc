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

// Numbers of each group of channels; `depthwise`: channels are last.
std::vector<std::set<float>> values_of_groups(const Graph& graph, std::size_t node, std::size_t groups) {
  const auto values = weights_of(graph, node);
  const bool last = graph.nodes[node].op == &op::depthwise_conv2d;
  const auto channels = static_cast<std::size_t>(graph.type(graph.nodes[node].inputs[1]).shape[last ? 3 : 0]);
  std::vector<std::set<float>> out(groups);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t channel = last ? i % channels : i / (values.size() / channels);
    out[channel * groups / channels].insert(values[i]);
  }
  return out;
}

TEST(PalettizeTest, GroupsOfChannelsHavePalettesOfTheirOwn) {
  Graph graph = small_net(), whole = graph;
  const Graph before = graph;
  ASSERT_TRUE(palettize(graph, 2, 8));
  ASSERT_TRUE(palettize(whole, 2));
  ASSERT_TRUE(verify(graph));
  EXPECT_EQ(*graph[graph.nodes[0].inputs[1]].encoding, (Encoding{Encoding::Kind::kPalette, 2, 0, 8}));
  for (const auto& values : values_of_groups(graph, 0, 4)) EXPECT_EQ(values.size(), 4u);
  EXPECT_EQ(distinct(weights_of(graph, 0)), 16u);
  const auto error = [&](const Graph& small) {
    double sum = 0;
    for (std::size_t i = 0; i < 512; ++i) sum += std::pow(weights_of(small, 0)[i] - weights_of(before, 0)[i], 2);
    return sum;
  };
  EXPECT_LT(error(graph), error(whole));
  EXPECT_EQ(other_palette_groups(whole, 0), "");
}

// 288 weights of 32 depthwise channels: 64 values for 16 channels take as much as 171 indices of 6 bits.
TEST(PalettizeTest, PalettesOfGroupsNeverTakeMoreThanIndices) {
  Graph graph = small_net();
  ASSERT_TRUE(palettize(graph, 4, 4));
  ASSERT_TRUE(verify(graph));
  EXPECT_EQ(graph[graph.nodes[0].inputs[1]].encoding->group, 4) << "64 weights take 32 bytes, as 16 values do";
  EXPECT_EQ(*graph[graph.nodes[1].inputs[1]].encoding, (Encoding{Encoding::Kind::kPalette, 6, 0, 0})) << "depthwise";
  EXPECT_NE(other_palette_groups(graph, 4).find("in 2 of 3 layers another number of channels than 4"),
            std::string::npos)
      << other_palette_groups(graph, 4) << ": the dense layer has one channel";
  Graph finer = small_net();
  ASSERT_TRUE(palettize(finer, 4, 2));
  EXPECT_EQ(finer[finer.nodes[0].inputs[1]].encoding->group, 4) << "two channels would have too few weights";
}

// Channels along the last axis, and as many as do not divide by the group.
TEST(PalettizeTest, GroupsAreDivisorsOfTheChannels) {
  GraphBuilder builder("net");
  ValueId x = builder.input("x", {DType::kF32, {1, 4, 4, 60}});
  x = builder.call(op::depthwise_conv2d, {x, builder.constant(random_weights({1, 5, 5, 60}, 2))},
                   DepthwiseConv2dAttrs{.padding = Padding::kSame});
  builder.output(builder.call(op::conv2d, {x, builder.constant(random_weights({60, 1, 1, 60}, 1))}, Conv2dAttrs{}));
  Graph graph = *builder.finish();
  ASSERT_TRUE(palettize(graph, 2, 16));
  ASSERT_TRUE(verify(graph));
  EXPECT_EQ(*graph[graph.nodes[0].inputs[1]].encoding, (Encoding{Encoding::Kind::kPalette, 6, 3, 15}));
  for (const auto& values : values_of_groups(graph, 0, 4)) EXPECT_EQ(values.size(), 64u);
  EXPECT_EQ(*graph[graph.nodes[1].inputs[1]].encoding, (Encoding{Encoding::Kind::kPalette, 2, 0, 15}));
  EXPECT_EQ(distinct(weights_of(graph, 1)), 16u);
}

TEST(PalettizeTest, PrunedWeightsStayZeroInGroups) {
  Graph graph = small_net();
  ASSERT_TRUE(prune_magnitude(graph, {.percent = 60}));
  const Graph pruned = graph;
  ASSERT_TRUE(palettize(graph, 2, 8));
  ASSERT_TRUE(verify(graph));
  for (std::size_t i = 0; i < 512; ++i) EXPECT_EQ(weights_of(graph, 0)[i] == 0, weights_of(pruned, 0)[i] == 0);
  EXPECT_EQ(distinct(weights_of(graph, 0)), 13u) << "three of each group, and zero";
}

TEST(PalettizeTest, RefusesBitsThatNoPaletteHas) {
  Graph graph = small_net();
  EXPECT_FALSE(palettize(graph, 0));
  EXPECT_FALSE(palettize(graph, 9));
  EXPECT_FALSE(palettize(graph, 4, -1));
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

TEST(PruneTest, BlocksGoTogether) {
  Graph graph = small_net();
  const Graph before = graph;
  ASSERT_TRUE(prune_magnitude(graph, {.percent = 50, .block = 4}));
  ASSERT_TRUE(verify(graph));
  EXPECT_EQ(*graph[graph.nodes[0].inputs[1]].encoding, (Encoding{.kind = Encoding::Kind::kSparse}));
  EXPECT_FALSE(graph[graph.nodes[1].inputs[1]].encoding) << "depthwise";
  double largest_gone = 0, smallest_left = 4;
  std::size_t gone = 0;
  for (std::size_t i = 0; i < 512; i += 4) {
    double squares = 0;
    std::size_t zeros = 0;
    for (std::size_t k = i; k < i + 4; ++k) {
      squares += std::pow(double{weights_of(before, 0)[k]}, 2);
      zeros += weights_of(graph, 0)[k] == 0 ? 1u : 0u;
    }
    double row = 0;
    for (std::size_t k = 0; k < 16; ++k) row += std::pow(double{weights_of(before, 0)[i / 16 * 16 + k]}, 2);
    squares /= row;
    EXPECT_TRUE(zeros == 0 || zeros == 4) << i;
    gone += zeros;
    if (zeros == 4) {
      largest_gone = std::max(largest_gone, squares);
    } else {
      smallest_left = std::min(smallest_left, squares);
    }
  }
  EXPECT_EQ(gone, 256u);
  EXPECT_LE(largest_gone, smallest_left);
}

TEST(PruneTest, LayersThatAreNoMultipleOfABlockStay) {
  GraphBuilder builder("net");
  const ValueId x = builder.input("x", {DType::kF32, {1, 4, 4, 6}});
  builder.output(builder.call(op::conv2d, {x, builder.constant(random_weights({8, 1, 1, 6}, 1))}, Conv2dAttrs{}));
  const Graph before = *builder.finish();
  Graph graph = before;
  ASSERT_TRUE(prune_magnitude(graph, {.percent = 50, .block = 4}));
  EXPECT_TRUE(equal(graph, before));
  ASSERT_TRUE(prune_magnitude(graph, {.percent = 50, .block = 2}));
  EXPECT_FALSE(equal(graph, before));
  EXPECT_FALSE(prune_magnitude(graph, {.percent = 50, .block = 0}));
  EXPECT_FALSE(prune_magnitude(graph, {.percent = 50, .block = 17}));
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
