#include "pipeline/fine_tune.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/random.h"
#include "host/sha256.h"
#include "optimize/palettize/palettize.h"
#include "optimize/prune/magnitude.h"
#include "optimize/simulate.h"
#include "pipeline/color_model_testing.h"
#include "pipeline/optimize_photos.h"
#include "train/novelty.h"

namespace paw::fine_tune_test {

using testing::HasSubstr;

class FineTuneTest : public ColorModelTest {
 protected:
  void SetUp() override {
    ColorModelTest::SetUp();
    for (std::uint64_t i = 0; i < 100; ++i) {
      const auto shade = [i](std::uint64_t c) { return static_cast<std::uint8_t>(random_bits(1, i, c) % 256); };
      files_.emplace_back(write(flat_picture(shade(0), shade(1), shade(2)), "photos/" + std::to_string(i) + ".png"));
    }
  }
  using ColorModelTest::write;

  Result<FineTuner> tuner(const Model& teacher, std::size_t learning = 70, FineTuneSettings settings = {}) {
    const auto middle = files_.begin() + static_cast<std::ptrdiff_t>(learning);
    return FineTuner::create(teacher, {files_.begin(), middle}, {middle, files_.end()}, settings, progress_);
  }

  // The teacher with other weights.
  static Model student(const Model& teacher) {
    Model model = teacher;
    const float weights[] = {3, 2, 0, 1, 5, -1, 2, 0, 4};
    model.graph[model.graph.find("weights")].constant = Tensor::f32({3, 3}, weights).data;
    return model;
  }
  static std::vector<float> weights(const Model& model) {
    const Tensor tensor = model.graph.tensor(model.graph.find("weights"));
    return {tensor.as<float>().begin(), tensor.as<float>().end()};
  }

  std::vector<std::filesystem::path> files_;
  Progress progress_{ProgressStyle::kSilent};
};

TEST_F(FineTuneTest, TheStudentGetsNearerToTheTeacher) {
  const Model teacher = color_model(6);
  auto made = tuner(teacher);
  ASSERT_TRUE(made) << made.error().text();
  const auto tuned = made->tune(student(teacher));
  ASSERT_TRUE(tuned) << tuned.error().text();
  const TrainHistory& history = made->history();
  ASSERT_EQ(history.rows.size(), static_cast<std::size_t>(epochs_for({}, Student::kShrunk)));
  EXPECT_LT(history.rows.back().val_loss, history.rows.front().val_loss);
  EXPECT_GT(history.best.epoch, 0);
  EXPECT_NE(weights(*tuned), weights(student(teacher)));
  EXPECT_EQ(tuned->labels, teacher.labels);
}

// Zeros and the values of a palette, trained by gradient as they are stored.
TEST_F(FineTuneTest, WhatIsStoredSmallLearnsToo) {
  const Model teacher = color_model(6);
  auto made = tuner(teacher);
  ASSERT_TRUE(made) << made.error().text();
  for (const bool palette : {false, true}) {
    Model small = student(teacher);
    ASSERT_TRUE(palette ? palettize(small.graph, 2) : prune_magnitude(small.graph, {.percent = 40}));
    Model simulated = small;
    simulated.graph = *simulate(small.graph, small.graph);
    const auto tuned = made->tune(simulated, Student::kSimulated, 3);
    ASSERT_TRUE(tuned) << tuned.error().text();
    ASSERT_EQ(made->history().rows.size(), 3U);
    EXPECT_LT(made->history().rows.back().val_loss, made->history().rows.front().val_loss);
    Graph stored = small.graph;
    ASSERT_TRUE(take_trained(stored, tuned->graph));
    EXPECT_FALSE(equal(stored, small.graph)) << "verify() has seen that zeros and values are as few as they were";
  }
}

TEST_F(FineTuneTest, SameSeedSameBytesForAnyNumberOfThreads) {
  const Model teacher = color_model(6);
  std::vector<float> seen[3];
  for (int i = 0; i < 3; ++i) {
    auto made = tuner(teacher, 70, {.epochs = 2, .seed = i == 2 ? 1 : 0, .threads = i == 1 ? 2 : 1});
    ASSERT_TRUE(made);
    const auto tuned = made->tune(student(teacher));
    ASSERT_TRUE(tuned);
    seen[i] = weights(*tuned);
  }
  EXPECT_EQ(seen[0], seen[1]);
  EXPECT_NE(seen[0], seen[2]);
}

TEST_F(FineTuneTest, WhatCannotGetNearerStaysAsItWas) {
  const Model teacher = color_model(6);
  auto made = tuner(teacher, 70, {.epochs = 1});
  ASSERT_TRUE(made);
  const auto tuned = made->tune(teacher);
  ASSERT_TRUE(tuned);
  EXPECT_EQ(weights(*tuned), weights(teacher));
}

TEST_F(FineTuneTest, AStudentOfNoNumbersHasDiverged) {
  const Model teacher = color_model(6);
  auto made = tuner(teacher);
  ASSERT_TRUE(made);
  Model broken = teacher;
  const std::vector<float> infinite(9, std::numeric_limits<float>::infinity());
  broken.graph[broken.graph.find("weights")].constant = Tensor::f32({3, 3}, infinite).data;
  const auto tuned = made->tune(broken);
  ASSERT_FALSE(tuned);
  EXPECT_EQ(tuned.error().code, ErrorCode::kDiverged);
  EXPECT_THAT(tuned.error().text(), HasSubstr("epoch 1, step 1"));
}

TEST_F(FineTuneTest, PhotosThatCannotBeDecodedDoNotCount) {
  for (std::size_t i = 0; i < 10; ++i) {
    ASSERT_TRUE(write_file(files_[i].string(), std::string_view("\x89PNG\r\n\x1a\n broken")));
  }
  const auto made = tuner(color_model(6));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kBadData);
  EXPECT_THAT(made.error().text(), HasSubstr("60 photos to learn from and 30"));
}

TEST_F(FineTuneTest, SettingsOutOfRangeAreRefused) {
  EXPECT_EQ(check(FineTuneSettings{.epochs = -1}).error().code, ErrorCode::kUsage);
  EXPECT_EQ(check(FineTuneSettings{.seed = -1}).error().code, ErrorCode::kUsage);
}

TEST_F(FineTuneTest, LearnsFromThePhotosOfTheModelAlone) {
  Model model = color_model(6);
  for (std::size_t i = 0; i < files_.size(); ++i) {
    const Split split = i < 70 ? Split::kTrain : i < 90 ? Split::kVal : Split::kTest;
    model.provenance.photos.push_back({sha256(map_file(files_[i])->span()), split});
  }
  std::ranges::sort(model.provenance.photos, {}, &SeenPhoto::sha256);
  const auto chosen = choose_optimize_photos(model, path("photos"), {}, {.learning = true});
  ASSERT_TRUE(chosen) << chosen.error().text();
  const auto split_of = [&](const std::filesystem::path& file) {
    return model.provenance.split_of(sha256(map_file(file)->span()));
  };
  EXPECT_EQ(chosen->learning.size(), 70u);
  EXPECT_EQ(chosen->tuning.size(), 20u);
  for (const auto& file : chosen->learning) EXPECT_EQ(split_of(file), Split::kTrain);
  for (const auto& file : chosen->tuning) EXPECT_EQ(split_of(file), Split::kVal);
  EXPECT_EQ(chosen->evaluation->size(), 10) << "the test photos alone";

  for (SeenPhoto& photo : model.provenance.photos)
    photo.split = photo.split == Split::kVal ? Split::kTrain : photo.split;
  const auto untuned = choose_optimize_photos(model, path("photos"), {}, {.learning = true});
  ASSERT_TRUE(untuned) << untuned.error().text();
  EXPECT_EQ(untuned->learning.size(), 70u);
  EXPECT_EQ(untuned->tuning.size(), kFewestTuning) << "taken out of the 90";
}

TEST_F(FineTuneTest, TooFewPhotosToLearnFrom) {
  Model model = color_model(6);
  model.provenance.photos.push_back({sha256(map_file(files_[0])->span()), Split::kTrain});
  const auto few = choose_optimize_photos(model, path("photos"), {}, {.learning = true});
  ASSERT_FALSE(few);
  EXPECT_EQ(few.error().code, ErrorCode::kBadData);
  EXPECT_THAT(few.error().text(), HasSubstr("it learns from them alone"));
}

TEST_F(FineTuneTest, AModelWithoutHashesNeedsOtherPhotosToBeJudgedBy) {
  const auto none = choose_optimize_photos(color_model(6), path("photos"), {}, {.learning = true});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kUsage);
  std::filesystem::create_directories(path("judges"));
  for (std::size_t i = 90; i < 100; ++i)
    std::filesystem::rename(files_[i], path("judges/" + std::to_string(i) + ".png"));
  const auto chosen = choose_optimize_photos(color_model(6), path("photos"), path("judges"), {.learning = true});
  ASSERT_TRUE(chosen) << chosen.error().text();
  EXPECT_EQ(chosen->learning.size() + chosen->tuning.size(), 90u);
  EXPECT_EQ(chosen->evaluation->size(), 10);
}

}  // namespace paw::fine_tune_test
