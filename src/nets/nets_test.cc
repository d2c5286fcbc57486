// The nets against the counts of the framework implementations they follow, and what build_net promises and refuses.
#include "nets/nets.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "ir/verify.h"
#include "ops/conv2d.h"
#include "ops/normalization.h"
#include "ops/ops.h"
#include "ops/pool.h"
#include "reference/interpreter.h"

namespace paw::nets_test {

using testing::HasSubstr;

Model build(std::string_view name, const NetOptions& options) {
  Result<Model> model = build_net(name, options);
  EXPECT_TRUE(model.has_value()) << model.error().text();
  return model ? std::move(*model) : Model{};
}

NetOptions zero_weights(NetOptions options = {}) {
  options.weights = NetOptions::Weights::kZero;
  return options;
}

// `parameters`: trainable ones, weights + biases + batch-norm scale and offset, as torch's parameters() and Keras's
// trainable_weights count. `statistics`: batch norm's running means and variances, which Keras's count_params adds.
// `macs`: multiply-accumulates of convolutions and dense layers for one image, from forward shapes.
struct Row {
  std::string_view net;
  std::int64_t size;
  double width;
  std::int64_t classes, parameters, statistics, macs;
  std::string_view source;
};

constexpr std::string_view kKeras = "keras.applications 3.15.1 (jax 0.10.2), weights=None";
constexpr std::string_view kTorchvision = "torchvision 0.14.1, torch 1.13.1, weights=None";
constexpr std::string_view kTimm = "timm 0.9.16 tf_efficientnet_*, torch 1.13.1, pretrained=False";

constexpr Row kTable[] = {
    {"mobilenet_v1", 224, 1.0, 1000, 4231976, 21888, 568740352, kKeras},
    {"mobilenet_v1", 192, 1.0, 1000, 4231976, 21888, 418121728, kKeras},
    {"mobilenet_v1", 224, 0.75, 1000, 2585560, 16416, 325400448, kKeras},
    {"mobilenet_v1", 160, 0.5, 10, 823722, 10944, 76017920, kKeras},
    {"mobilenet_v1", 128, 0.25, 1000, 470072, 5472, 13570048, kKeras},
    {"mobilenet_v1", 200, 0.5, 5, 821157, 10944, 112976448, kKeras},
    {"mobilenet_v1", 50, 0.75, 2, 1818098, 16416, 13888032, kKeras},
    {"mobilenet_v2", 224, 1.0, 1000, 3504872, 34112, 300774272, kKeras},
    {"mobilenet_v2", 224, 1.0, 1000, 3504872, 34112, 300774272, kTorchvision},
    {"mobilenet_v2", 224, 0.5, 1000, 1968680, 18544, 97131840, kKeras},
    {"mobilenet_v2", 224, 0.5, 1000, 1968680, 18544, 97131840, kTorchvision},
    {"mobilenet_v2", 224, 1.3, 1000, 5386792, 44256, 509374560, kKeras},
    {"mobilenet_v2", 224, 1.4, 1000, 6108776, 47936, 582195824, kKeras},
    {"mobilenet_v2", 224, 1.4, 1000, 6108776, 47936, 582195824, kTorchvision},
    {"mobilenet_v2", 192, 0.5, 1000, 1968680, 18544, 71701760, kKeras},
    {"mobilenet_v2", 160, 0.35, 10, 408938, 14080, 29607600, kKeras},
    {"mobilenet_v2", 128, 0.75, 1000, 2636424, 26640, 69129728, kKeras},
    {"mobilenet_v2", 150, 1.0, 5, 2230277, 34112, 146452688, kKeras},
    {"mobilenet_v3_small", 224, 1.0, 1000, 2542856, 12112, 56510400, kKeras},
    {"mobilenet_v3_small", 224, 1.0, 1000, 2542856, 12112, 56510400, kTorchvision},
    {"mobilenet_v3_small", 224, 0.75, 1000, 2041872, 9680, 43399344, kKeras},
    {"mobilenet_v3_small", 192, 1.0, 1000, 2542856, 12112, 42067712, kKeras},
    {"mobilenet_v3_small", 128, 0.75, 10, 1027122, 9680, 14332416, kKeras},
    {"mobilenet_v3_small", 100, 1.25, 7, 2373279, 15328, 23556424, kKeras},
    {"mobilenet_v3_large", 224, 1.0, 1000, 5483032, 24400, 216589760, kKeras},
    {"mobilenet_v3_large", 224, 1.0, 1000, 5483032, 24400, 216589760, kTorchvision},
    {"mobilenet_v3_large", 224, 0.75, 1000, 3993528, 19088, 154560624, kKeras},
    {"mobilenet_v3_large", 192, 1.0, 1000, 5483032, 24400, 160192640, kKeras},
    {"mobilenet_v3_large", 128, 0.75, 10, 2725338, 19088, 51292800, kKeras},
    {"mobilenet_v3_large", 33, 0.5, 7, 1417871, 12608, 4050824, kKeras},
    {"efficientnet_lite0", 224, 1.0, 1000, 4652008, 42016, 385187552, kTimm},
    {"efficientnet_lite0", 192, 1.0, 10, 3383818, 42016, 282067328, kTimm},
    {"efficientnet_lite1", 240, 1.0, 1000, 5416680, 53664, 600185232, kTimm},
    {"efficientnet_lite2", 260, 1.0, 1000, 6092072, 58096, 859736272, kTimm},
    {"efficientnet_lite2", 200, 1.0, 2, 4813634, 58096, 507711056, kTimm},
    {"efficientnet_lite3", 280, 1.0, 1000, 8197096, 76672, 1383321872, kTimm},
    {"efficientnet_lite4", 300, 1.0, 1000, 13006568, 112368, 2553034336, kTimm},
    // Keras counts 7 more statistics: those of the input normalisation layer, which is our preprocessing.
    {"efficientnet_b0", 224, 1.0, 1000, 5288548, 42023 - 7, 385814752, kKeras},
    {"efficientnet_b0", 150, 1.0, 1000, 5288548, 42023 - 7, 191262368, kKeras},
    {"efficientnet_b0", 224, 1.0, 1000, 5288548, 42016, 385814752, kTorchvision},
    {"efficientnet_b0", 160, 1.0, 1000, 5288548, 42016, 197778400, kTimm},
    {"resnet18", 224, 1.0, 1000, 11689512, 9600, 1814073344, kTorchvision},
    {"resnet18", 160, 1.0, 1000, 11689512, 9600, 925798400, kTorchvision},
    {"resnet18", 97, 1.0, 3, 11178051, 9600, 440332992, kTorchvision},
    {"resnet50", 224, 1.0, 1000, 25557032, 53120, 4089184256, kTorchvision},
    {"resnet50", 192, 1.0, 1000, 25557032, 53120, 3004841984, kTorchvision},
    {"resnet50", 225, 1.0, 1000, 25557032, 53120, 4626713792, kTorchvision},
    {"resnet50", 224, 1.0, 10, 23528522, 53120, 4087156736, kTorchvision},
};

// Elements of the running means and variances, which totals() counts as parameters like all constants.
std::int64_t statistics_of(const Graph& graph) {
  std::int64_t sum = 0;
  for (const Node& node : graph.nodes) {
    if (node.op != &op::batch_norm) continue;
    sum += graph.type(node.inputs[3]).shape.elements() + graph.type(node.inputs[4]).shape.elements();
  }
  return sum;
}

TEST(Nets, CountsEqualTheFrameworks) {
  for (const Row& row : kTable) {
    SCOPED_TRACE(
        fmt::format("{} size {} width {} classes {} ({})", row.net, row.size, row.width, row.classes, row.source));
    const Graph graph =
        build(row.net, zero_weights({.size = row.size, .width = row.width, .classes = row.classes})).graph;
    const ModelTotals counted = totals(graph);
    EXPECT_EQ(statistics_of(graph), row.statistics);
    EXPECT_EQ(counted.parameters - statistics_of(graph), row.parameters);
    EXPECT_EQ(counted.macs, row.macs);
  }
}

TEST(Nets, EveryPublishedNetIsInTheTable) {
  for (const NetInfo& net : all_nets()) {
    const bool listed = std::ranges::any_of(kTable, [&](const Row& row) {
      return row.net == net.name && row.size == net.preprocess.width && row.classes == net.classes;
    });
    EXPECT_TRUE(listed || net.name == "pawnet") << net.name;
  }
}

TEST(Nets, PawnetKeepsItsBudget) {
  const ModelTotals counted = totals(build("pawnet", zero_weights()).graph);
  EXPECT_LE(counted.parameters, 1'000'000);
  EXPECT_LE(counted.macs, 80'000'000);
  EXPECT_GT(counted.macs, 1'000'000);
}

TEST(Nets, EveryNetVerifiesAtItsSmallestAndPublishedSize) {
  for (const NetInfo& net : all_nets()) {
    for (const std::int64_t size : {std::int64_t{0}, net.min_size, net.min_size + 5}) {
      SCOPED_TRACE(fmt::format("{} size {}", net.name, size));
      const Model model = build(net.name, zero_weights({.size = size, .classes = 7, .batch = 2}));
      const Status status = verify(model);
      EXPECT_TRUE(status.has_value()) << status.error().text();
      const Graph& graph = model.graph;
      const std::int64_t extent = size == 0 ? net.preprocess.width : size;
      EXPECT_EQ(graph.type(graph.inputs[0]).text(), fmt::format("f32[2,{},{},3]", extent, extent));
      EXPECT_EQ(graph.values[graph.inputs[0].index].name, "image");
      EXPECT_EQ(graph.type(graph.outputs[0]).text(), "f32[2,7]");
      EXPECT_EQ(graph.values[graph.outputs[0].index].name, "probabilities");
      EXPECT_EQ(graph.nodes.back().op, &op::softmax);
      EXPECT_TRUE(graph.find("logits").valid());
      EXPECT_EQ(graph.type(graph.find("features")).shape.rank(), 2);
      EXPECT_EQ(model.preprocess->width, extent);
      EXPECT_EQ(model.provenance.origin, fmt::format("net {}", net.name));
    }
  }
}

TEST(Nets, EveryNodeAndWeightSaysWhereItIs) {
  for (const NetInfo& net : all_nets()) {
    const Graph graph = build(net.name, zero_weights({.size = 64})).graph;
    std::set<std::string> sources;
    for (const Node& node : graph.nodes) {
      EXPECT_FALSE(node.source.empty()) << net.name;
      EXPECT_TRUE(sources.insert(node.source).second) << net.name << ": two nodes at " << node.source;
    }
    for (const Value& value : graph.values) EXPECT_FALSE(value.constant && value.name.empty()) << net.name;
  }
  const Graph v2 = build("mobilenet_v2", zero_weights()).graph;
  EXPECT_EQ(v2.type(v2.find("block3/dw/weights")).text(), "f32[1,3,3,144]");
  EXPECT_EQ(v2.type(v2.find("block3/dw/bn/scale")).text(), "f32[144]");
}

TEST(Nets, Lite0HasTheLayoutOfItsPretrainedWeights) {
  const Graph graph = build("efficientnet_lite0", zero_weights()).graph;
  std::vector<std::string> convolutions;
  for (const Node& node : graph.nodes) {
    if (node.op != &op::conv2d && node.op != &op::depthwise_conv2d) continue;
    convolutions.push_back(fmt::format("{} {}", node.source, graph.type(node.inputs[1]).shape.text()));
  }
  ASSERT_EQ(convolutions.size(), 49u);  // 296 tensors = 49 * (weights + 4 + num_batches_tracked) + 2
  EXPECT_EQ(convolutions[0], "stem [32,3,3,3]");
  EXPECT_EQ(convolutions[1], "block0/dw [1,3,3,32]");
  EXPECT_EQ(convolutions[2], "block0/project [16,1,1,32]");
  EXPECT_EQ(convolutions[3], "block1/expand [96,1,1,16]");
  EXPECT_EQ(convolutions[10], "block3/dw [1,5,5,144]");
  EXPECT_EQ(convolutions[47], "block15/project [320,1,1,1152]");
  EXPECT_EQ(convolutions[48], "head [1280,1,1,320]");
  EXPECT_EQ(graph.type(graph.find("classifier/weights")).text(), "f32[1000,1280]");
}

std::array<std::int64_t, 4> explicit_pads(const Node& node) {
  if (const auto* a = node.attrs.get_if<Conv2dAttrs>(); a && a->padding == Padding::kExplicit) return a->pads;
  if (const auto* a = node.attrs.get_if<DepthwiseConv2dAttrs>(); a && a->padding == Padding::kExplicit) return a->pads;
  if (const auto* a = node.attrs.get_if<PoolAttrs>(); a && a->padding == Padding::kExplicit) return a->pads;
  return {};
}

// "stem[3,3,3,3] ..." of the windows that no SAME describes.
std::string padded_layers(std::string_view net, std::int64_t size) {
  std::string text;
  for (const Node& node : build(net, zero_weights({.size = size})).graph.nodes) {
    const auto pads = explicit_pads(node);
    if (pads != std::array<std::int64_t, 4>{}) text += fmt::format("{}[{}] ", node.source, fmt::join(pads, ","));
  }
  return text;
}

TEST(Nets, PaddingIsThatOfTheSource) {
  EXPECT_EQ(padded_layers("resnet18", 224),
            "stem[3,3,3,3] maxpool[1,1,1,1] layer2/0/conv1[1,1,1,1] layer3/0/conv1[1,1,1,1] layer4/0/conv1[1,1,1,1] ");
  EXPECT_EQ(padded_layers("resnet18", 225), "");  // odd extents down to the last: both paddings are one
  EXPECT_EQ(padded_layers("mobilenet_v1", 224), "");
  EXPECT_EQ(padded_layers("mobilenet_v1", 200), "block6/dw[0,1,0,1] ");  // 25 x 25: Keras pads below and right only
  for (const NetInfo& net : all_nets()) {
    if (net.name.starts_with("resnet") || net.name == "mobilenet_v1") continue;
    EXPECT_EQ(padded_layers(net.name, 101), "") << net.name;
  }
}

TEST(Nets, EpsilonIsThatOfTheSource) {
  for (const NetInfo& net : all_nets()) {
    const double expected = net.name.starts_with("resnet") ? 1e-5 : 1e-3;
    for (const Node& node : build(net.name, zero_weights()).graph.nodes) {
      if (node.op != &op::batch_norm) continue;
      ASSERT_EQ(node.attrs.as<BatchNormAttrs>().epsilon, expected) << net.name;
    }
  }
}

TEST(Nets, PublishedPreprocessing) {
  const Preprocess& lite = find_net("efficientnet_lite0")->preprocess;
  EXPECT_EQ(lite.resize_short, 256);
  EXPECT_EQ(lite.filter, ResizeFilter::kBicubic);
  EXPECT_EQ(255 * lite.scale[0] + lite.bias[0], (255 - 127) / 128.0);
  const Preprocess& resnet = find_net("resnet50")->preprocess;
  EXPECT_NEAR(128 * resnet.scale[1] + resnet.bias[1], (128 / 255.0 - 0.456) / 0.224, 1e-12);
  const Preprocess& v2 = find_net("mobilenet_v2")->preprocess;
  EXPECT_NEAR(255 * v2.scale[2] + v2.bias[2], 1, 1e-12);
  EXPECT_EQ(build("mobilenet_v2", zero_weights({.size = 112})).preprocess->resize_short, 128);
}

// Images of noise; what is checked holds for any image.
RefTensor noise(const Graph& graph) {
  RefTensor image{graph.type(graph.inputs[0]).shape, {}};
  for (std::int64_t i = 0; i < image.shape.elements(); ++i) image.data.push_back(std::sin(0.37 * double(i * i % 1013)));
  return image;
}

TEST(Nets, PawnetGivesProbabilities) {
  const Graph graph = build("pawnet", {.size = 32, .classes = 3, .batch = 2}).graph;
  const RefTensor image = noise(graph);
  const auto out = interpret(graph, std::span(&image, 1));
  ASSERT_TRUE(out.has_value()) << out.error().text();
  const std::vector<double>& p = (*out)[0].data;
  ASSERT_EQ(p.size(), 6u);
  EXPECT_NEAR(p[0] + p[1] + p[2], 1, 1e-6);
  EXPECT_NEAR(p[3] + p[4] + p[5], 1, 1e-6);
  EXPECT_NE(p[0], p[1]);
  EXPECT_NE(p[0], p[3]);  // the images differ, and the weights let that through
}

TEST(Nets, RandomWeightsFollowSeedAndName) {
  const Graph a = build("pawnet", {.seed = 5}).graph;
  EXPECT_TRUE(equal(a, build("pawnet", {.seed = 5}).graph));
  EXPECT_FALSE(equal(a, build("pawnet", {.seed = 6}).graph));
  // A constant depends on its own name and shape, not on the rest of the net.
  const Graph other = build("pawnet", {.size = 64, .classes = 9, .seed = 5}).graph;
  const Graph v2 = build("mobilenet_v1", {.width = 0.5, .seed = 5}).graph;  // stem of 16, too
  EXPECT_EQ(a.tensor(a.find("stem/weights")), other.tensor(other.find("stem/weights")));
  EXPECT_EQ(a.tensor(a.find("stem/weights")), v2.tensor(v2.find("stem/weights")));
}

TEST(Nets, RandomWeightsAreHeNormal) {
  const Graph graph = build("pawnet", {}).graph;
  for (const Node& node : graph.nodes) {
    if (node.op == &op::batch_norm) {
      EXPECT_THAT(graph.tensor(node.inputs[1]).as<float>(), testing::Each(1.0f));
      EXPECT_THAT(graph.tensor(node.inputs[2]).as<float>(), testing::Each(0.0f));
      EXPECT_THAT(graph.tensor(node.inputs[3]).as<float>(), testing::Each(0.0f));
      EXPECT_THAT(graph.tensor(node.inputs[4]).as<float>(), testing::Each(1.0f));
    }
    if (node.op != &op::conv2d) continue;
    const Tensor weights = graph.tensor(node.inputs[1]);
    const Shape& shape = weights.type.shape;
    const auto count = static_cast<double>(shape.elements());
    double sum = 0, squares = 0;
    for (const float w : weights.as<float>()) {
      sum += w;
      squares += double(w) * w;
    }
    const double variance = 2.0 / static_cast<double>(shape[0] * shape[1] * shape[2]);
    EXPECT_NEAR(sum / count, 0, 5 * std::sqrt(variance / count)) << node.source;
    EXPECT_NEAR(squares / count / variance, 1, 5 * std::sqrt(2 / count)) << node.source;
  }
}

void expect_refused(std::string_view net, const NetOptions& options, std::string_view message, std::string_view hint) {
  const Result<Model> model = build_net(net, options);
  ASSERT_FALSE(model.has_value());
  EXPECT_EQ(model.error().code, ErrorCode::kUsage);
  EXPECT_THAT(model.error().message, HasSubstr(message));
  EXPECT_THAT(model.error().hint, HasSubstr(hint));
}

TEST(Nets, RefusesWhatCannotBeBuilt) {
  expect_refused("mobilnetv2", {}, "no built-in net 'mobilnetv2'", "did you mean 'mobilenet_v2'?");
  expect_refused("resnet-50", {}, "no built-in net", "did you mean 'resnet50'?");
  expect_refused("", {}, "no built-in net", "pawnet");
  expect_refused("pawnet", {.size = 31}, "size 31", "choose 32 to 2048");
  expect_refused("pawnet", {.size = -1}, "size -1", "choose 32 to 2048");
  expect_refused("resnet50", {.size = 1 << 20}, "size 1048576", "choose 32 to 2048");
  expect_refused("pawnet", {.classes = 1}, "classes 1", "choose 2 to 65536");
  expect_refused("pawnet", {.classes = -4}, "classes -4", "choose 2 to 65536");
  expect_refused("pawnet", {.batch = 0}, "batch 0", "choose 1 to 4096");
  expect_refused("resnet18", {.width = 0.5}, "has no width multiplier, got 0.5", "leave it at 1");
  expect_refused("mobilenet_v1", {.width = 0}, "width 0", "choose 0.1 to 4");
  expect_refused("mobilenet_v1", {.width = std::nan("")}, "width nan", "choose 0.1 to 4");
  EXPECT_EQ(find_net("mobilenet"), nullptr);
}

TEST(Nets, LargestOptionsStillBuild) {
  const NetOptions largest = zero_weights({.size = kMaxNetSize, .width = kMaxNetWidth, .batch = kMaxNetBatch});
  const Result<Model> model = build_net("mobilenet_v1", largest);
  EXPECT_TRUE(model.has_value()) << model.error().text();
  build("mobilenet_v2", zero_weights({.width = kMinNetWidth}));
  build("mobilenet_v3_small", zero_weights({.size = kMaxNetSize, .width = kMaxNetWidth}));
}

}  // namespace paw::nets_test
