// Whole trainings of a small net on the engine: it learns, goes on after a stop with the same bits, and says when it
// diverges.
#include "train/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "nets/blocks.h"
#include "train/evaluate.h"
#include "train/stripes_testing.h"

namespace paw::trainer_test {

using testing::HasSubstr;

using testing_stripes::kSize;
using testing_stripes::Stripes;

Model tiny_net() {
  NetBuilder net(*find_net("pawnet"), {.size = kSize, .classes = 2});
  ValueId x = net.conv_bn_act(net.image(), "stem", {8, 3, 2}, &op::relu6);
  x = net.depthwise_bn_act(x, "dw", 3, 1, &op::relu6);
  x = net.conv_bn_act(x, "pw", {8}, &op::relu6);
  return *net.finish(net.global_mean(x), 0.1);
}

TrainSettings settings(int threads = 1) {
  TrainSettings s{.epochs = 10, .batch = 8, .seed = 5, .threads = threads, .learning_rate = 0.1, .warm_up = 0.5};
  s.step.statistics_momentum = 0.8;
  return s;
}

Trainer make(const TrainSettings& s, std::int64_t examples) {
  auto trainer = Trainer::create(tiny_net(), s, examples);
  EXPECT_TRUE(trainer) << trainer.error().text();
  return std::move(*trainer);
}

std::vector<EpochSummary> run_epochs(Trainer& trainer, const ExampleSource& source, int epochs) {
  std::vector<EpochSummary> all;
  for (int i = 0; i < epochs; ++i) {
    const auto summary = trainer.run_epoch(source);
    EXPECT_TRUE(summary) << summary.error().text();
    if (summary) all.push_back(*summary);
  }
  return all;
}

void expect_learns(const TrainSettings& s, bool averaged) {
  const Stripes train(60, 1), other(40, 2);  // 60: the last batch is filled up
  Trainer trainer = make(s, train.size());
  const std::vector<EpochSummary> epochs = run_epochs(trainer, train, 10);
  ASSERT_EQ(epochs.size(), 10u);
  EXPECT_EQ(epochs[9].epoch, 10);
  EXPECT_LT(epochs[9].loss, epochs[0].loss);
  EXPECT_GT(epochs[9].accuracy, 0.9);
  EXPECT_LT(epochs[9].learning_rate, epochs[1].learning_rate);
  const auto seen = evaluate(trainer.model(averaged), other, {.batch = 16, .threads = 2});
  ASSERT_TRUE(seen) << seen.error().text();
  EXPECT_GT(seen->accuracy, 0.95);
  EXPECT_EQ(seen->scores.size(), 80u);
  EXPECT_EQ(seen->predicted.size(), 40u);
}

TEST(Trainer, LearnsWithSgd) { expect_learns(settings(), false); }

TEST(Trainer, LearnsWithNesterovDecayClippingSmoothingAndAverage) {
  TrainSettings s = settings();
  s.step.optimizer = SgdAttrs{.momentum = 0.9, .weight_decay = 1e-3, .nesterov = true};
  s.step.label_smoothing = 0.1;
  s.step.clip_norm = 1;
  s.step.ema = 0.8;
  expect_learns(s, true);
}

TEST(Trainer, LearnsWithAdamW) {
  TrainSettings s = settings();
  s.learning_rate = 0.01;
  s.step.optimizer = AdamAttrs{.weight_decay = 0.01};
  expect_learns(s, false);
}

// Every constant of the batch norms: scale, offset, mean and variance are inputs 1 to 4.
std::vector<Tensor> norm_constants(const Model& model, std::size_t input) {
  std::vector<Tensor> constants;
  for (const Node& node : model.graph.nodes) {
    if (node.op == &op::batch_norm) constants.push_back(model.graph.tensor(node.inputs[input]));
  }
  return constants;
}

TEST(Trainer, LearnsWithFrozenStatistics) {
  const Stripes train(60, 1), other(40, 2);
  Trainer first = make(settings(), train.size());
  run_epochs(first, train, 1);
  const Model begun = first.model(false);  // statistics that fit the data, weights that do not yet
  TrainSettings s = settings();
  s.step.freeze_statistics = true;
  auto trainer = Trainer::create(begun, s, train.size());
  ASSERT_TRUE(trainer) << trainer.error().text();
  EXPECT_GT(run_epochs(*trainer, train, 10).back().accuracy, 0.9);
  const Model tuned = trainer->model(false);
  const auto seen = evaluate(tuned, other, {.batch = 16, .threads = 1});
  ASSERT_TRUE(seen);
  EXPECT_GT(seen->accuracy, 0.95);
  for (const std::size_t statistic : {3u, 4u})
    EXPECT_EQ(norm_constants(tuned, statistic), norm_constants(begun, statistic));
  for (const std::size_t trained : {1u, 2u}) EXPECT_NE(norm_constants(tuned, trained), norm_constants(begun, trained));
}

// Of every float of the net, in the order of its values.
std::vector<float> constants_of(const Model& model) {
  std::vector<float> all;
  for (std::uint32_t i = 0; i < model.graph.values.size(); ++i) {
    if (!model.graph.is_constant(ValueId(i))) continue;
    const Tensor tensor = model.graph.tensor(ValueId(i));
    const auto values = tensor.as<float>();
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

TEST(Trainer, TheAveragedModelIsTheRunningAverageOfTheWeights) {
  TrainSettings s = settings();
  s.batch = 24;  // one step an epoch
  s.step.ema = 0.75;
  s.step.freeze_statistics = true;  // they are not averaged
  const Stripes train(24, 1);
  Trainer trainer = make(s, train.size());
  std::vector<float> average = constants_of(trainer.model(false));
  EXPECT_EQ(constants_of(trainer.model(true)), average);
  for (int epoch = 0; epoch < 3; ++epoch) {
    run_epochs(trainer, train, 1);
    const std::vector<float> now = constants_of(trainer.model(false)), seen = constants_of(trainer.model(true));
    ASSERT_EQ(seen.size(), average.size());
    EXPECT_NE(now, seen);
    for (std::size_t i = 0; i < average.size(); ++i) {
      average[i] += 0.25f * (now[i] - average[i]);
      ASSERT_NEAR(seen[i], average[i], 1e-6) << i;
    }
  }
}

// Weights scale the loss of their class, and the gradient with it: SGD at half the rate does the same.
TEST(Trainer, ClassWeightsScaleTheLoss) {
  const Stripes train(24, 1);
  TrainSettings half = settings(), weighted = settings();
  half.step.label_smoothing = weighted.step.label_smoothing = 0.1;
  half.learning_rate /= 2;
  weighted.class_weights = {0.5, 0.5};
  Trainer a = make(half, train.size()), b = make(weighted, train.size());
  const auto plain = run_epochs(a, train, 2), scaled = run_epochs(b, train, 2);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_NEAR(scaled[i].loss, plain[i].loss / 2, 1e-4);
  EXPECT_EQ(scaled[1].accuracy, plain[1].accuracy);
}

TEST(Trainer, AClassOfWeightZeroIsNotLearned) {
  const Stripes train(40, 1);
  TrainSettings s = settings();
  s.class_weights = {0, 2};
  Trainer trainer = make(s, train.size());
  EXPECT_EQ(run_epochs(trainer, train, 4).back().accuracy, 0.5);  // everything looks like class 1
  const auto seen = evaluate(trainer.model(false), train, {.batch = 8, .threads = 1});
  ASSERT_TRUE(seen);
  EXPECT_EQ(std::ranges::count(seen->predicted, 1), 40);
}

TEST(Trainer, AnInfiniteClassWeightIsRefused) {
  TrainSettings s = settings();
  s.class_weights = {1, std::numeric_limits<double>::infinity()};
  const auto trainer = Trainer::create(tiny_net(), s, 30);
  ASSERT_FALSE(trainer);
  EXPECT_EQ(trainer.error().code, ErrorCode::kUsage);
}

TEST(Trainer, LearnsFromMixedExamples) {
  TrainSettings s = settings();
  s.mixing = {.mixup = 0.2, .cutmix = 1};
  const Stripes train(60, 1), other(40, 2);
  Trainer trainer = make(s, train.size());
  run_epochs(trainer, train, 10);
  const auto seen = evaluate(trainer.model(false), other, {.batch = 16, .threads = 1});
  ASSERT_TRUE(seen);
  EXPECT_GT(seen->accuracy, 0.95);
  s.mixing.mixup = -1;
  EXPECT_FALSE(Trainer::create(tiny_net(), s, 30));
}

TEST(Trainer, SameBitsForAnyThreadsAndAfterAStop) {
  const Stripes train(30, 1);
  TrainSettings s = settings(1), two = settings(2);
  s.mixing = two.mixing = {.mixup = 0.2, .cutmix = 1};
  s.class_weights = two.class_weights = {0.75, 1.25};
  Trainer whole = make(s, train.size());
  run_epochs(whole, train, 4);
  Trainer first = make(two, train.size());
  run_epochs(first, train, 2);
  const TrainerState stopped = first.state();
  EXPECT_EQ(stopped.epochs_done, 2);
  Trainer second = make(two, train.size());
  ASSERT_TRUE(second.restore(stopped));
  run_epochs(second, train, 2);
  EXPECT_EQ(second.state().values, whole.state().values);
  EXPECT_TRUE(equal(second.model(false), whole.model(false)));
}

TEST(Trainer, AnotherNetsStateIsRefused) {
  Trainer trainer = make(settings(), 30);
  TrainerState state = trainer.state();
  state.values.pop_back();
  const Status status = trainer.restore(state);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kBadData);
}

TEST(Trainer, AMissingExampleIsToldAndTheEpochCanRunAgain) {
  Stripes train(30, 1);
  Trainer undisturbed = make(settings(), train.size()), trainer = make(settings(), train.size());
  run_epochs(undisturbed, train, 2);
  run_epochs(trainer, train, 1);
  train.missing = 7;
  const auto broken = trainer.run_epoch(train);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, ErrorCode::kIo);
  EXPECT_EQ(broken.error().where, "photo 7");
  train.missing = -1;
  run_epochs(trainer, train, 1);
  EXPECT_EQ(trainer.state().values, undisturbed.state().values);
}

TEST(Trainer, DivergenceNamesEpochStepAndLayer) {
  Stripes train(30, 1);
  Trainer trainer = make(settings(), train.size());
  run_epochs(trainer, train, 1);
  const TrainerState good = trainer.state();
  train.gain = std::numeric_limits<double>::infinity();
  const auto broken = trainer.run_epoch(train);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, ErrorCode::kDiverged);
  EXPECT_EQ(broken.error().where, "epoch 2, step 1");
  EXPECT_THAT(broken.error().message, HasSubstr("%stem"));
  EXPECT_THAT(broken.error().hint, HasSubstr("learning rate"));
  EXPECT_EQ(trainer.state().values, good.values);
}

// The first error of so many epochs.
Error first_error(const TrainSettings& s, const ExampleSource& source, int epochs) {
  Trainer trainer = make(s, source.size());
  for (int i = 0; i < epochs; ++i) {
    const std::vector<Tensor> before = trainer.state().values;
    const auto epoch = trainer.run_epoch(source);
    if (epoch) continue;
    EXPECT_EQ(trainer.state().values, before);
    return epoch.error();
  }
  ADD_FAILURE() << "nothing diverged";
  return {};
}

TEST(Trainer, AnAbsurdLearningRateIsStoppedWithinTwoSteps) {
  const Stripes train(32, 1);
  TrainSettings s = settings();
  s.warm_up = 0;
  s.learning_rate = 1e9;
  std::vector<decltype(s.step.optimizer)> optimizers = {SgdAttrs{.momentum = 0.9}, SgdAttrs{.momentum = 0.9}};
  optimizers.push_back(AdamAttrs{.weight_decay = 0.01});
  for (std::size_t i = 0; i < optimizers.size(); ++i) {
    s.step.optimizer = optimizers[i];
    s.step.clip_norm = i == 1 ? 1 : 0;
    const Error error = first_error(s, train, 1);
    EXPECT_EQ(error.code, ErrorCode::kDiverged);
    EXPECT_THAT(error.where, testing::AnyOf("epoch 1, step 2", "epoch 1, step 3")) << error.text();
    EXPECT_THAT(error.message, HasSubstr("%")) << error.text();
    EXPECT_THAT(error.hint, HasSubstr("learning rate"));
  }
  s.batch = 32;  // one step an epoch: the second epoch sees what the first has done
  EXPECT_THAT(first_error(s, train, 2).where, "epoch 2, step 1");
  s.learning_rate = 1e39;  // the first step leaves no numbers
  EXPECT_THAT(first_error(s, train, 2).where, "epoch 1, step 1");
}

// Pictures without any variance: batch norm divides by its epsilon alone.
TEST(Trainer, BlackPicturesAndBatchesOfOneLeaveNumbers) {
  class Black final : public ExampleSource {
   public:
    std::int64_t size() const override { return 6; }
    Status read(std::int64_t index, std::int64_t, std::span<float> input, std::span<float> target) const override {
      std::ranges::fill(input, -1.0f);
      target[0] = index % 2 == 0 ? 1 : 0;
      target[1] = 1 - target[0];
      return {};
    }
  };
  for (const bool frozen : {false, true}) {
    TrainSettings s = settings();
    s.step.freeze_statistics = frozen;
    s.batch = 1;
    s.learning_rate = 0.01;
    Trainer black = make(s, 6), stripes = make(s, 20);
    for (const EpochSummary& epoch : run_epochs(black, Black(), 3)) EXPECT_LT(epoch.loss, 2);
    for (const EpochSummary& epoch : run_epochs(stripes, Stripes(20, 1), 3)) EXPECT_LT(epoch.loss, 2);
  }
}

}  // namespace paw::trainer_test
