#include "train/teacher.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "nets/blocks.h"
#include "passes/export_form.h"
#include "train/evaluate.h"
#include "train/stripes_testing.h"
#include "train/trainer.h"

namespace paw::teacher_test {

using testing_stripes::kSize;
using testing_stripes::Stripes;

Model student_net(std::int64_t width, std::uint64_t seed) {
  NetBuilder net(*find_net("pawnet"), {.size = kSize, .classes = 2, .seed = seed});
  const ValueId x = net.conv_bn_act(net.image(), "stem", {width, 3, 2}, &op::relu6);
  return *net.finish(net.global_mean(x), 0);
}

TrainSettings settings() {
  TrainSettings s{.epochs = 10, .batch = 8, .seed = 5, .learning_rate = 0.1, .warm_up = 0.5};
  s.step.statistics_momentum = 0.8;
  return s;
}

Model trained_teacher() {
  const Stripes photos(60, 1);
  auto trainer = Trainer::create(student_net(8, 1), settings(), photos.size());
  for (int epoch = 0; epoch < 10; ++epoch) EXPECT_TRUE(trainer->run_epoch(photos));
  return *export_form(trainer->model(false));
}

// Says nothing true: what is learned from these examples comes from the teacher.
class Unlabelled final : public ExampleSource {
 public:
  explicit Unlabelled(const ExampleSource& photos) : photos_(photos) {}
  std::int64_t size() const override { return photos_.size(); }
  Status read(std::int64_t index, std::int64_t epoch, std::span<float> input, std::span<float> target) const override {
    EXPECT_TRUE(target.empty()) << "labels are not asked for";
    std::vector<float> label(2);
    return photos_.read(index, epoch, input, label);
  }

 private:
  const ExampleSource& photos_;
};

TEST(Teacher, TargetsAreWhatItSaysOfTheSameInput) {
  const Model model = trained_teacher();
  const auto teacher = Teacher::create(model);
  ASSERT_TRUE(teacher) << teacher.error().text();
  ASSERT_EQ(teacher->classes(), 2);
  const Stripes photos(6, 3);
  const Unlabelled unlabelled(photos);
  const TaughtExamples taught(unlabelled, *teacher), softened(unlabelled, *teacher, 3);
  const auto said = evaluate(model, photos, {.batch = 6});
  ASSERT_TRUE(said);
  std::vector<float> input(kSize * kSize * 3), target(2), soft(2);
  for (std::int64_t i = 0; i < 6; ++i) {
    ASSERT_TRUE(taught.read(i, 0, input, target));
    EXPECT_NEAR(target[1], said->scores[static_cast<std::size_t>(2 * i + 1)], 1e-6);
    ASSERT_TRUE(softened.read(i, 0, input, soft));
    EXPECT_NEAR(std::log(soft[0] / soft[1]), std::log(target[0] / target[1]) / 3, 1e-4);
  }
  ASSERT_TRUE(taught.read(0, 0, input, {})) << "inputs alone";
}

TEST(Teacher, ASmallerNetLearnsFromItAlone) {
  const auto teacher = Teacher::create(trained_teacher());
  ASSERT_TRUE(teacher);
  const Stripes photos(60, 7), others(40, 8);
  const Unlabelled unlabelled(photos);
  for (const double temperature : {1.0, 4.0}) {
    TrainSettings s = settings();
    s.step.temperature = temperature;
    const TaughtExamples taught(unlabelled, *teacher, temperature);
    const Model student = student_net(4, 2);
    auto trainer = Trainer::create(student, s, taught.size());
    ASSERT_TRUE(trainer) << trainer.error().text();
    for (int epoch = 0; epoch < 10; ++epoch) ASSERT_TRUE(trainer->run_epoch(taught));
    EXPECT_LT(evaluate(student, others, {})->accuracy, 0.8);
    EXPECT_GT(evaluate(trainer->model(false), others, {})->accuracy, 0.9) << "temperature " << temperature;
  }
}

TEST(Teacher, HintsStandBehindTheScores) {
  const Model model = trained_teacher();
  const auto teacher = Teacher::create(model);
  ASSERT_TRUE(teacher);
  ASSERT_EQ(teacher->hint_width(), 8);
  const Stripes photos(60, 7);
  const Unlabelled unlabelled(photos);
  const TaughtExamples taught(unlabelled, *teacher);
  std::vector<float> input(kSize * kSize * 3), target(2), both(10);
  ASSERT_TRUE(taught.read(0, 0, input, target) && taught.read(0, 0, input, both));
  EXPECT_EQ(both[0], target[0]);
  EXPECT_GT(std::accumulate(both.begin() + 2, both.end(), 0.0f), 0);
  // A student of the same width gets nearer to the teacher's features by them.
  TrainSettings s = settings();
  s.step.hint_weight = 4;
  auto trainer = Trainer::create(student_net(8, 2), s, taught.size());
  ASSERT_TRUE(trainer) << trainer.error().text();
  const auto first = trainer->run_epoch(taught);
  for (int epoch = 1; epoch < 9; ++epoch) ASSERT_TRUE(trainer->run_epoch(taught));
  const auto last = trainer->run_epoch(taught);
  ASSERT_TRUE(first && last);
  EXPECT_LT(last->loss, first->loss / 2);
}

TEST(Teacher, SameBitsForAnyNumberOfThreads) {
  const auto teacher = Teacher::create(trained_teacher());
  ASSERT_TRUE(teacher);
  const Stripes photos(30, 7);
  const Unlabelled unlabelled(photos);
  const TaughtExamples taught(unlabelled, *teacher);
  std::vector<Tensor> values[2];
  for (int threads = 1; threads <= 2; ++threads) {
    TrainSettings s = settings();
    s.threads = threads;
    auto trainer = Trainer::create(student_net(4, 2), s, taught.size());
    ASSERT_TRUE(trainer && trainer->run_epoch(taught));
    values[threads - 1] = trainer->state().values;
  }
  for (std::size_t i = 0; i < values[0].size(); ++i) {
    EXPECT_TRUE(std::ranges::equal(values[0][i].data.span(), values[1][i].data.span()));
  }
}

TEST(Teacher, RefusesAModelOfIntegers) {
  Model model = trained_teacher();
  model.graph[model.graph.inputs[0]].type.dtype = DType::kU8;
  const auto teacher = Teacher::create(model);
  ASSERT_FALSE(teacher);
  EXPECT_EQ(teacher.error().code, ErrorCode::kUnsupported);
}

}  // namespace paw::teacher_test
