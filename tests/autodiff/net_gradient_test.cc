// Gradients of whole nets against central differences along random directions over all parameters.
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "nets/blocks.h"
#include "ops/ops.h"
#include "reference/interpreter.h"
#include "train/autodiff.h"
#include "train/training_form.h"

namespace paw::net_gradient_test {

// Steps are small enough that no activation crosses a kink of ReLU6 between the two evaluations (where the comparison
// would be wrong, not the gradient), and large enough that rounding stays near 1e-8.
constexpr double kBlockStep = 1e-7;
// pawnet ends at 1 x 1 pixels here: batch norm over two values is strongly curved and needs a finer step.
constexpr double kNetStep = 1e-8;
constexpr double kTolerance = 1e-6;

double loss_at(const TrainingForm& form, const std::vector<RefTensor>& feeds) {
  const auto result = interpret(form.graph, feeds);
  EXPECT_TRUE(result) << result.error().text();
  return (*result)[0].data[0];
}

// Image, target rows, then parameters moved away from the special points where nets start (scale 1, offset 0).
std::vector<RefTensor> random_feeds(const TrainingForm& form) {
  Random random(7);
  std::vector<RefTensor> feeds;
  const bool dropout = form.graph.inputs.size() > 2 + form.weights.size();
  for (std::size_t i = 0; i < 2; ++i) {
    const Shape& shape = form.graph.type(form.graph.inputs[i]).shape;
    feeds.push_back({shape, std::vector<double>(static_cast<std::size_t>(shape.elements()))});
  }
  for (double& pixel : feeds[0].data) pixel = random.uniform(-1, 1);
  const auto classes = static_cast<std::size_t>(feeds[1].shape[1]);
  for (std::size_t row = 0; row < feeds[1].data.size(); row += classes) feeds[1].data[row + random.below(classes)] = 1;
  if (dropout) feeds.push_back({Shape{2}, {1, 2}});
  for (const Tensor& weights : form.weights) {
    feeds.push_back(to_ref(weights));
    for (double& w : feeds.back().data) w += random.uniform(-0.1, 0.1);
  }
  return feeds;
}

void expect_gradients(const Result<Model>& model, double step, int directions, bool freeze_statistics = false) {
  ASSERT_TRUE(model) << model.error().text();
  const auto form = training_form(*model, {.dtype = DType::kF64, .freeze_statistics = freeze_statistics});
  ASSERT_TRUE(form) << form.error().text();
  const std::vector<RefTensor> feeds = random_feeds(*form);
  Graph graph = form->graph;
  auto grads = autodiff(graph, form->loss, form->parameters);
  ASSERT_TRUE(grads) << grads.error().text();
  graph.outputs = *grads;
  const auto gradients = interpret(graph, feeds);
  ASSERT_TRUE(gradients) << gradients.error().text();

  Random random(8);
  const std::size_t first = feeds.size() - gradients->size();
  for (int k = 0; k < directions; ++k) {
    std::vector<RefTensor> up = feeds, down = feeds;
    double slope = 0;
    for (std::size_t p = 0; p < gradients->size(); ++p) {
      for (std::size_t i = 0; i < (*gradients)[p].data.size(); ++i) {
        const double d = random.uniform(-1, 1);
        slope += (*gradients)[p].data[i] * d;
        up[p + first].data[i] += step * d;
        down[p + first].data[i] -= step * d;
      }
    }
    const double measured = (loss_at(*form, up) - loss_at(*form, down)) / (2 * step);
    EXPECT_GT(std::abs(slope), 1e-3) << "a direction that tells nothing";
    EXPECT_NEAR(slope, measured, kTolerance * std::abs(measured));
  }
}

constexpr NetOptions kSmall{.size = 12, .classes = 3, .batch = 2};

TEST(NetGradient, Pawnet) { expect_gradients(build_net("pawnet", {.size = 32, .batch = 2}), kNetStep, 3); }

TEST(NetGradient, InvertedResidualBlock) {
  NetBuilder net(*find_net("mobilenet_v2"), kSmall);
  const ValueId stem = net.conv_bn_act(net.image(), "stem", {6, 3, 2}, &op::relu6);
  const ValueId block = net.inverted_residual(stem, "block", {.expanded = 18, .filters = 6});
  expect_gradients(net.finish(net.global_mean(block), 0.2), kBlockStep, 5);
}

TEST(NetGradient, StridedInvertedResidualBlock) {
  NetBuilder net(*find_net("mobilenet_v2"), kSmall);
  const ValueId stem = net.conv_bn_act(net.image(), "stem", {6, 3, 1}, &op::relu6);
  const ValueId block = net.inverted_residual(stem, "block", {.expanded = 18, .filters = 8, .stride = 2});
  expect_gradients(net.finish(net.global_mean(block), 0), kBlockStep, 5);
}

TEST(NetGradient, SqueezeExciteBlock) {
  NetBuilder net(*find_net("mobilenet_v3_small"), kSmall);
  const ValueId stem = net.conv_bn_act(net.image(), "stem", {8, 3, 2}, &op::hard_swish);
  const ValueId block = net.squeeze_excite(stem, "se", 4);
  expect_gradients(net.finish(net.global_mean(block), 0), kBlockStep, 5);
}

// Running statistics as if the net had been trained: no mean 0, no variance 1.
Model with_statistics(Model model) {
  Random random(11);
  for (const Node& node : model.graph.nodes) {
    if (node.op != &op::batch_norm) continue;
    for (const auto& [input, lo, hi] : {std::tuple(3u, -0.3, 0.3), std::tuple(4u, 0.5, 2.0)}) {
      Value& value = model.graph[node.inputs[input]];
      std::vector<double> drawn(static_cast<std::size_t>(value.type.shape.elements()));
      for (double& v : drawn) v = random.uniform(lo, hi);
      value.constant = tensor_from_real(value.type, drawn).data;
    }
  }
  return model;
}

TEST(NetGradient, WithFrozenStatistics) {
  const auto model = build_net("pawnet", {.size = 32, .batch = 2});
  ASSERT_TRUE(model);
  expect_gradients(with_statistics(*model), kBlockStep, 3, true);
}

}  // namespace paw::net_gradient_test
