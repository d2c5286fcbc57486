#include "pipeline/student_classifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nets/blocks.h"
#include "passes/export_form.h"
#include "train/evaluate.h"
#include "train/stripes_testing.h"
#include "train/teacher.h"

namespace paw::student_classifier_test {

using testing_stripes::kSize;
using testing_stripes::Stripes;

Model stripes_net(std::uint64_t seed) {
  NetBuilder net(*find_net("pawnet"), {.size = kSize, .classes = 2, .seed = seed});
  const ValueId x = net.conv_bn_act(net.image(), "stem", {16, 3, 2}, &op::relu6);
  return *net.finish(net.global_mean(x), 0);
}

class StudentClassifierTest : public ::testing::Test {
 protected:
  StudentClassifierTest() {
    TrainSettings settings{.epochs = 10, .batch = 8, .seed = 5, .learning_rate = 0.1, .warm_up = 0.5};
    settings.step.statistics_momentum = 0.8;
    const Stripes photos(60, 1);
    auto trainer = Trainer::create(stripes_net(1), settings, photos.size());
    for (int epoch = 0; epoch < 10; ++epoch) EXPECT_TRUE(trainer->run_epoch(photos));
    model_ = *export_form(trainer->model(false));
    model_.labels = {"across", "along"};
    teacher_.emplace(*Teacher::create(model_));
  }

  // Of the model itself, whose classifier is forgotten: its features answer as well as they did.
  Result<Model> taught(int threads = 1) {
    const TaughtExamples plain(photos_, *teacher_), judge(others_, *teacher_);
    const TrainPhotosEvents events{.note = [](const std::string&) {}, .epoch_done = [](const EpochRow&) {}};
    history_ = {};
    return with_taught_classifier(model_, {plain, plain, judge}, 3, threads, events, history_, progress_);
  }

  Model model_;
  std::optional<Teacher> teacher_;
  Stripes photos_{400, 7}, others_{60, 8};
  TrainHistory history_;
  Progress progress_{ProgressStyle::kSilent};
};

TEST_F(StudentClassifierTest, LearnsWhatTheTeacherSays) {
  const auto student = taught();
  ASSERT_TRUE(student) << student.error().text();
  EXPECT_EQ(student->labels, model_.labels);
  ASSERT_EQ(history_.rows.size(), 10u);
  EXPECT_LT(history_.best.loss, history_.rows[0].val_loss);
  const TaughtExamples judge(others_, *teacher_);
  const auto seen = evaluate(*student, judge, {.batch = 20});
  ASSERT_TRUE(seen) << seen.error().text();
  EXPECT_NEAR(seen->loss, history_.best.loss, 1e-4) << "the features were those of the model that comes out";
  EXPECT_GE(seen->accuracy, 0.9);
}

TEST_F(StudentClassifierTest, ThreadsDoNotChangeTheResult) {
  const auto one = taught(1), two = taught(2);
  ASSERT_TRUE(one && two);
  EXPECT_TRUE(equal(one->graph, two->graph));
}

TEST_F(StudentClassifierTest, AModelWithoutFeaturesIsRefused) {
  model_.graph[model_.graph.find("features")].name = "something";
  EXPECT_EQ(taught().error().code, ErrorCode::kUnsupported);
}

}  // namespace paw::student_classifier_test
