// Forward graph, autodiff and the sgd op in one step graph, run again and again by the interpreter: a net learns.
#include <gtest/gtest.h>

#include <algorithm>

#include "autodiff/training_form.h"
#include "base/random.h"
#include "ir/builder.h"
#include "nets/blocks.h"
#include "ops/training.h"
#include "reference/interpreter.h"
#include "train/autodiff.h"

namespace paw {
namespace {

constexpr std::int64_t kBatch = 8, kSize = 8;

Result<Model> tiny_net() {
  NetBuilder net(*find_net("pawnet"), {.size = kSize, .classes = 2, .batch = kBatch});
  ValueId x = net.conv_bn_act(net.image(), "stem", {8, 3, 2}, &op::relu6);
  x = net.depthwise_bn_act(x, "dw", 3, 1, &op::relu6);
  x = net.conv_bn_act(x, "pw", {8}, &op::relu6);
  return net.finish(net.global_mean(x), 0);
}

// One SGD step. Inputs: image, target, parameters, lr, velocities. Outputs: loss, new parameters, new velocities.
Result<Graph> step_graph(TrainingForm form) {
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> grads, autodiff(form.graph, form.loss, form.parameters));
  form.graph.outputs = {form.loss};
  GraphBuilder builder(std::move(form.graph));
  const ValueId lr = builder.input("lr", {DType::kF32, {}});
  std::vector<ValueId> velocities;
  for (std::size_t i = 0; i < grads.size(); ++i) {
    const TensorType type = builder.type(form.parameters[i]);
    const ValueId velocity = builder.input("velocity" + std::to_string(i), type);
    const ValueId operands[] = {form.parameters[i], grads[i], velocity, lr};
    const auto updated = builder.call_all(op::sgd, operands, SgdAttrs{.momentum = 0.9});
    builder.output(updated[0]);
    velocities.push_back(updated[1]);
  }
  for (const ValueId velocity : velocities) builder.output(velocity);
  return builder.finish();
}

// Stripes across (class 0) or along (class 1), with noise: no single pixel tells the class.
void draw(Random& random, RefTensor& images, RefTensor& targets) {
  std::ranges::fill(targets.data, 0.0);
  for (std::int64_t n = 0; n < kBatch; ++n) {
    const std::int64_t label = n % 2;
    const auto phase = static_cast<std::int64_t>(random.below(2));
    targets.data[static_cast<std::size_t>(n * 2 + label)] = 1;
    for (std::int64_t i = 0; i < kSize * kSize; ++i) {
      const std::int64_t along = label == 0 ? i / kSize : i % kSize;
      const double stripe = (along + phase) % 2 == 0 ? 0.7 : -0.7;
      for (std::int64_t c = 0; c < 3; ++c) {
        images.data[static_cast<std::size_t>((n * kSize * kSize + i) * 3 + c)] = stripe + 0.3 * random.normal();
      }
    }
  }
}

TEST(SgdTraining, ASmallNetLearnsStripes) {
  const auto model = tiny_net();
  ASSERT_TRUE(model) << model.error().text();
  auto form = training_form(*model, DType::kF32);
  ASSERT_TRUE(form) << form.error().text();
  std::vector<RefTensor> parameters = form->weights, velocities;
  for (const RefTensor& w : parameters) velocities.push_back({w.shape, std::vector<double>(w.data.size())});
  const auto step = step_graph(std::move(*form));
  ASSERT_TRUE(step) << step.error().text();

  Random random(3);
  std::vector<double> losses;
  for (int i = 0; i < 30; ++i) {
    std::vector<RefTensor> feeds = {
        {Shape{kBatch, kSize, kSize, 3}, std::vector<double>(static_cast<std::size_t>(kBatch * kSize * kSize * 3))},
        {Shape{kBatch, 2}, std::vector<double>(kBatch * 2)}};
    draw(random, feeds[0], feeds[1]);
    feeds.insert(feeds.end(), parameters.begin(), parameters.end());
    feeds.push_back({Shape{}, {0.1}});
    feeds.insert(feeds.end(), velocities.begin(), velocities.end());
    auto results = interpret(*step, feeds);
    ASSERT_TRUE(results) << results.error().text();
    losses.push_back((*results)[0].data[0]);
    const auto middle = results->begin() + 1 + static_cast<std::ptrdiff_t>(parameters.size());
    parameters.assign(results->begin() + 1, middle);
    velocities.assign(middle, results->end());
  }
  EXPECT_NEAR(losses.front(), 0.693, 0.02) << "an untrained net guesses";
  // Each of the last five steps saw new images.
  for (std::size_t i = losses.size() - 5; i < losses.size(); ++i) EXPECT_LT(losses[i], 0.2) << "step " << i;
}

}  // namespace
}  // namespace paw
