#include "pipeline/train_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace paw::train_settings_test {

using testing::HasSubstr;

TEST(TrainSettings, WhatExcludesEachOtherIsSaid) {
  struct Case {
    TrainPhotosSettings settings;
    const char* says;
  };
  const Case cases[] = {
      {{.epochs = 0}, "--epochs must be 1 to 100000"},
      {{.batch = 5000}, "--batch"},
      {{.fine_tune_epochs = 0}, "--fine-tune-epochs"},
      {{.threads = -1}, "--threads"},
      {{.force = true, .resume = true}, "--force and --resume"},
      {{.net = "pawnet", .backbone = "efficientnet-lite0"}, "--net trains from scratch"},
      {{.net = "pawnet", .fine_tune = true}, "--fine-tune needs a backbone"},
      {{.backbone = "none", .fine_tune = true}, "--fine-tune needs a backbone"},
      {{.learning_rate = -1}, "--learning-rate"},
      {{.geometry = "squash"}, "--geometry must be crop, stretch or fit"},
      {{.class_weights = "some"}, "--class-weights must be none or balanced"},
      {{.net = "pawnet", .mixup = -1}, "--mixup"},
      {{.cutmix = 1}, "--cutmix mixes images"},
      {{.patience = -1}, "--patience"},
      {{.ema = 1}, "--ema"},
      {{.size = 64}, "--size is for training from scratch"},
  };
  for (const Case& c : cases) {
    const Status status = check(c.settings);
    ASSERT_FALSE(status) << c.says;
    EXPECT_EQ(status.error().code, ErrorCode::kUsage);
    EXPECT_THAT(status.error().text(), HasSubstr(c.says));
  }
  EXPECT_TRUE(check({}));
  EXPECT_TRUE(check({.net = "pawnet", .backbone = "none", .size = 64}));
}

TEST(TrainSettings, GoingOnTakesWhatWasLeftOutAndNamesEveryDifference) {
  const TrainPhotosSettings began{.net = "pawnet", .epochs = 30, .size = 64, .seed = 4, .learning_rate = 0.01};
  TrainPhotosSettings plain;
  std::vector<std::string> notes;
  const auto note = [&](const std::string& text) { notes.push_back(text); };
  ASSERT_TRUE(adopt(plain, to_json(began), note));
  EXPECT_EQ(to_json(plain), to_json(began));
  EXPECT_EQ(notes.size(), 5u);
  EXPECT_EQ(plain.learning_rate, 0.01);
  EXPECT_THAT(notes, testing::Contains("going on with --epochs 30"));

  TrainPhotosSettings other{.epochs = 20, .seed = 5};
  const Status refused = adopt(other, to_json(began), note);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kResumeRefused);
  EXPECT_THAT(refused.error().message, HasSubstr("--epochs was 30, now is 20"));
  EXPECT_THAT(refused.error().message, HasSubstr("--seed was 4, now is 5"));
  // A record that was tampered with, or is of another version.
  for (const char* text : {"{}", "[]", R"({"epochs":"many"})"}) {
    TrainPhotosSettings settings;
    EXPECT_FALSE(adopt(settings, Json::parse(text), note)) << text;
  }
}

TEST(TrainSettings, AModelFileIsRecordedByItsName) {
  const auto note = [](const std::string&) {};
  TrainPhotosSettings here{.backbone = "models/a.paw"};
  const TrainPhotosSettings elsewhere{.backbone = "/elsewhere/a.paw"};
  EXPECT_EQ(to_json(here)["backbone"], "a.paw");
  ASSERT_TRUE(adopt(here, to_json(elsewhere), note));
  EXPECT_EQ(here.backbone, "models/a.paw");
  TrainPhotosSettings other{.backbone = "models/b.paw"};
  EXPECT_FALSE(adopt(other, to_json(elsewhere), note));
}

}  // namespace paw::train_settings_test
