// Forward graph, autodiff and the sgd op in one step graph, run again and again by the interpreter: a net learns.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "nets/blocks.h"
#include "reference/interpreter.h"
#include "train/step_graph.h"

namespace paw::sgd_training_test {

constexpr std::int64_t kBatch = 8, kSize = 8;

Result<Model> tiny_net() {
  NetBuilder net(*find_net("pawnet"), {.size = kSize, .classes = 2, .batch = kBatch});
  ValueId x = net.conv_bn_act(net.image(), "stem", {8, 3, 2}, &op::relu6);
  x = net.depthwise_bn_act(x, "dw", 3, 1, &op::relu6);
  x = net.conv_bn_act(x, "pw", {8}, &op::relu6);
  return net.finish(net.global_mean(x), 0);
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
  const auto step = step_graph(*model);
  ASSERT_TRUE(step) << step.error().text();
  std::vector<RefTensor> feeds;
  for (const ValueId input : step->graph.inputs) {
    const Shape& shape = step->graph.type(input).shape;
    feeds.push_back({shape, std::vector<double>(static_cast<std::size_t>(shape.elements()))});
  }
  for (const StepState& state : step->states) feeds[state.input] = to_ref(state.initial);
  feeds[step->lr].data = {0.1};

  Random random(3);
  std::vector<double> losses;
  for (int i = 0; i < 30; ++i) {
    draw(random, feeds[step->image], feeds[step->target]);
    auto results = interpret(step->graph, feeds);
    ASSERT_TRUE(results) << results.error().text();
    losses.push_back((*results)[0].data[0]);
    for (const StepState& state : step->states) feeds[state.input] = (*results)[state.output];
  }
  EXPECT_NEAR(losses.front(), 0.693, 0.02) << "an untrained net guesses";
  // Each of the last five steps saw new images.
  for (std::size_t i = losses.size() - 5; i < losses.size(); ++i) EXPECT_LT(losses[i], 0.2) << "step " << i;
}

}  // namespace paw::sgd_training_test
