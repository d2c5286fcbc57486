#include "pipeline/efficientnet_weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "nets/nets.h"

namespace paw::efficientnet_weights_test {

using testing::ElementsAre;
using testing::HasSubstr;

NamedTensor f32(std::string name, Shape shape, std::vector<float> values) {
  return {std::move(name), Tensor::f32(shape, values)};
}

// The constants of a net with a stem of one filter and a depthwise layer of two channels.
Graph small_graph() {
  Graph graph;
  const auto constant = [&](std::string name, Shape shape) {
    const Tensor zeros = Tensor::zeros({DType::kF32, shape});
    graph.values.push_back({.name = std::move(name), .type = zeros.type, .constant = zeros.data, .encoding = {}});
  };
  graph.values.push_back({.name = "image", .type = {DType::kF32, {1, 8, 8, 3}}, .constant = {}, .encoding = {}});
  constant("stem/weights", {1, 1, 2, 3});
  constant("stem/bn/mean", Shape{1});
  constant("stem/bn/variance", Shape{1});
  constant("block0/dw/weights", {1, 1, 3, 2});
  return graph;
}

std::vector<NamedTensor> small_weights() {
  return {f32("_conv_stem.weight", {1, 3, 1, 2}, {1, 2, 3, 4, 5, 6}),
          f32("_bn0.running_mean", Shape{1}, {-1}),
          f32("_bn0.running_var", Shape{1}, {0.5}),
          {"_bn0.num_batches_tracked", Tensor::zeros({DType::kI64, {}})},
          f32("_blocks.0._depthwise_conv.weight", {2, 1, 1, 3}, {1, 2, 3, 4, 5, 6})};
}

std::string refusal(const std::vector<NamedTensor>& weights) {
  Graph graph = small_graph();
  const Status status = load_efficientnet_weights(graph, weights, "a.pth");
  for (const Value& value : graph.values) {
    if (status || !value.constant) continue;
    EXPECT_EQ(*value.constant, Tensor::zeros(value.type).data) << "changed by a failure";
  }
  return status ? "" : status.error().text();
}

TEST(EfficientnetWeights, KnowTheTensorOfEveryConstant) {
  EXPECT_EQ(efficientnet_tensor("stem/weights"), "_conv_stem.weight");
  EXPECT_EQ(efficientnet_tensor("stem/bn/scale"), "_bn0.weight");
  EXPECT_EQ(efficientnet_tensor("block12/expand/weights"), "_blocks.12._expand_conv.weight");
  EXPECT_EQ(efficientnet_tensor("block12/expand/bn/offset"), "_blocks.12._bn0.bias");
  EXPECT_EQ(efficientnet_tensor("block3/dw/bn/mean"), "_blocks.3._bn1.running_mean");
  EXPECT_EQ(efficientnet_tensor("block3/project/bn/variance"), "_blocks.3._bn2.running_var");
  EXPECT_EQ(efficientnet_tensor("head/bn/mean"), "_bn1.running_mean");
  EXPECT_EQ(efficientnet_tensor("classifier/bias"), "_fc.bias");
  for (const char* other :
       {"", "stem", "stem/other", "stem/bn", "block1/se/weights", "stem/weights/x", "neck/weights"}) {
    EXPECT_EQ(efficientnet_tensor(other), std::nullopt) << other;
  }
  for (const auto& [net, tensors] : std::vector<std::pair<const char*, std::size_t>>{{"efficientnet_lite0", 296 - 49},
                                                                                     {"efficientnet_lite1", 0},
                                                                                     {"efficientnet_lite2", 0},
                                                                                     {"efficientnet_lite3", 0},
                                                                                     {"efficientnet_lite4", 0}}) {
    const auto model = build_net(net, {.weights = NetOptions::Weights::kZero});
    ASSERT_TRUE(model);
    std::set<std::string> names;
    for (const Value& value : model->graph.values) {
      if (!value.constant) continue;
      const auto name = efficientnet_tensor(value.name);
      ASSERT_TRUE(name) << value.name;
      EXPECT_TRUE(names.insert(*name).second) << *name << " is of two constants";
    }
    if (tensors != 0) {
      EXPECT_EQ(names.size(), tensors);
    }
  }
}

TEST(EfficientnetWeights, ArePutInOurLayout) {
  Graph graph = small_graph();
  const Status status = load_efficientnet_weights(graph, small_weights(), "a.pth");
  ASSERT_TRUE(status) << status.error().text();
  const auto values = [&](const char* name) { return stored_values(graph.tensor(graph.find(name))); };
  EXPECT_THAT(values("stem/weights"), ElementsAre(1, 3, 5, 2, 4, 6));       // [1,1,2,3] of [1,3,1,2]
  EXPECT_THAT(values("block0/dw/weights"), ElementsAre(1, 4, 2, 5, 3, 6));  // [1,1,3,2] of [2,1,1,3]
  EXPECT_THAT(values("stem/bn/mean"), ElementsAre(-1));
  EXPECT_THAT(values("stem/bn/variance"), ElementsAre(0.5));
}

TEST(EfficientnetWeights, HalfPrecisionIsExact) {
  std::vector<NamedTensor> weights = small_weights();
  weights[1].tensor = tensor_from_stored({DType::kF16, Shape{1}}, std::vector<double>{-1.5});
  EXPECT_EQ(refusal(weights), "");
  weights[1].tensor = tensor_from_stored({DType::kF64, Shape{1}}, std::vector<double>{-1.5});
  EXPECT_THAT(refusal(weights), HasSubstr("[a.pth: tensor '_bn0.running_mean'] is f64[1], expected f32[1]"));
}

TEST(EfficientnetWeights, AreUsedOnceAndCompletely) {
  EXPECT_EQ(refusal(small_weights()), "");
  for (std::size_t i = 0; i < small_weights().size(); ++i) {
    std::vector<NamedTensor> weights = small_weights();
    const std::string name = weights[i].name;
    weights.erase(weights.begin() + static_cast<std::ptrdiff_t>(i));
    if (name.ends_with("num_batches_tracked")) {  // files of PyTorch 0.3 have none
      EXPECT_EQ(refusal(weights), "");
    } else {
      EXPECT_THAT(refusal(weights), HasSubstr("[a.pth: tensor '" + name + "'] is missing"));
    }
  }
  for (const char* name : {"_conv_head.weight", "_bn1.num_batches_tracked", "x\n"}) {
    std::vector<NamedTensor> weights = small_weights();
    weights.push_back(f32(name, Shape{1}, {1}));
    EXPECT_THAT(refusal(weights), HasSubstr("belongs to no layer of this net")) << name;
  }
}

TEST(EfficientnetWeights, RefusesShapesAndNumbersThatCannotBe) {
  std::vector<NamedTensor> weights = small_weights();
  weights[0] = f32("_conv_stem.weight", {1, 2, 3, 1}, {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(refusal(weights), HasSubstr("'_conv_stem.weight'] is f32[1,2,3,1], expected f32[1,3,1,2]"));
  weights = small_weights();
  weights[1] = f32("_bn0.running_mean", Shape{1}, {std::numeric_limits<float>::quiet_NaN()});
  EXPECT_THAT(refusal(weights), HasSubstr("'_bn0.running_mean'] holds a number that is not finite"));
  weights = small_weights();
  weights[2] = f32("_bn0.running_var", Shape{1}, {-0.5f});
  EXPECT_THAT(refusal(weights), HasSubstr("'_bn0.running_var'] holds a negative variance"));
}

}  // namespace paw::efficientnet_weights_test
