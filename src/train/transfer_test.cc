#include "train/transfer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "nets/nets.h"
#include "ops/ops.h"
#include "reference/interpreter.h"
#include "train/trainer.h"

namespace paw::transfer_test {

Model small_net() { return *build_net("pawnet", {.size = 32, .classes = 5}); }

RefTensor image_of(const Graph& graph) {
  RefTensor image{graph.type(graph.inputs[0]).shape, {}};
  Random random(2);
  image.data.resize(static_cast<std::size_t>(image.shape.elements()));
  for (double& v : image.data) v = static_cast<float>(random.uniform(-1, 1));
  return image;
}

std::vector<double> first_output(const Graph& graph, const RefTensor& input) {
  const auto out = interpret(graph, std::span(&input, 1));
  EXPECT_TRUE(out);
  return out ? (*out)[0].data : std::vector<double>{};
}

TEST(Transfer, NewClassifierOnFeaturesIsTheWholeNet) {
  const Model net = small_net();
  const auto features = feature_graph(net);
  ASSERT_TRUE(features) << features.error().text();
  const std::int64_t count = features->type(features->outputs[0]).shape[1];
  const auto head = classifier(count, 2, 0.2, 7);
  ASSERT_TRUE(head) << head.error().text();
  const auto whole = with_classifier(net, *head);
  ASSERT_TRUE(whole) << whole.error().text();
  EXPECT_TRUE(verify(*whole));
  EXPECT_EQ(std::ranges::count(whole->graph.nodes, &op::dropout, &Node::op), 1);  // for training it as a whole
  const RefTensor image = image_of(net.graph);
  const std::vector<double> f = first_output(*features, image), scores = first_output(whole->graph, image);
  const RefTensor values{{1, count}, f};
  const std::vector<double> expected = first_output(head->graph, values);
  ASSERT_EQ(scores.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_NEAR(scores[i], expected[i], 1e-5);
}

TEST(Transfer, TheSameSeedTheSameWeights) {
  EXPECT_TRUE(equal(*classifier(10, 3, 0, 1), *classifier(10, 3, 0, 1)));
  EXPECT_FALSE(equal(*classifier(10, 3, 0, 1), *classifier(10, 3, 0, 2)));
}

TEST(Transfer, AModelWithoutFeaturesIsRefused) {
  Model net = small_net();
  net.graph[net.graph.find("features")].name = "other";
  for (const Error& error : {feature_graph(net).error(), with_classifier(net, *classifier(4, 2, 0, 1)).error()}) {
    EXPECT_EQ(error.code, ErrorCode::kUnsupported);
  }
}

// Two clouds of features: what a frozen backbone gives.
class Clouds final : public ExampleSource {
 public:
  std::int64_t size() const override { return 64; }
  Status read(std::int64_t index, std::int64_t, std::span<float> input, std::span<float> target) const override {
    Random random(9, static_cast<std::uint64_t>(index));
    target[0] = index % 2 == 0 ? 1 : 0;
    target[1] = 1 - target[0];
    for (float& v : input) v = static_cast<float>(random.normal() + (index % 2 == 0 ? 0.5 : -0.5));
    return {};
  }
};

TEST(Transfer, AClassifierIsTrainedLikeAnyNet) {
  TrainSettings settings{.epochs = 20, .batch = 32, .seed = 1, .threads = 1, .learning_rate = 0.02, .warm_up = 0};
  settings.step.optimizer = AdamAttrs{};
  auto trainer = Trainer::create(*classifier(16, 2, 0.1, 1), settings, 64);
  ASSERT_TRUE(trainer) << trainer.error().text();
  double accuracy = 0;
  for (int i = 0; i < 20; ++i) accuracy = trainer->run_epoch(Clouds())->accuracy;
  EXPECT_GT(accuracy, 0.95);
}

}  // namespace paw::transfer_test
