#include "pipeline/trial_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "host/file.h"
#include "pipeline/color_model_testing.h"

namespace paw::trial_log_test {

using testing::HasSubstr;

class TrialLogTest : public ColorModelTest {
 protected:
  const Json about_ = {{"model", "m"}, {"settings", {{"effort", "full"}}}};
  const TriedRecipe row_{.recipe = "sparse50+static_wi8_ai8",
                         .bytes = 123'456'789'012,
                         .macs = 385'000'001,
                         .drop = 0.1 + 0.2,
                         .agreement = 1.0 / 3,
                         .refused = {}};
};

TEST_F(TrialLogTest, RowsAreThereAgain) {
  auto log = TrialLog::open(path("x.auto"), about_, false);
  ASSERT_TRUE(log);
  EXPECT_EQ(log->find(row_.recipe), nullptr);
  ASSERT_TRUE(log->add(row_));
  ASSERT_TRUE(log->add({.recipe = "palette4", .refused = "no \"room\""}));
  const auto again = TrialLog::open(path("x.auto"), about_, true);
  ASSERT_TRUE(again) << again.error().text();
  const TriedRecipe* found = again->find(row_.recipe);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->bytes, row_.bytes);
  EXPECT_EQ(found->macs, row_.macs);
  EXPECT_EQ(found->drop, row_.drop) << "to the last bit";
  EXPECT_EQ(found->agreement, row_.agreement);
  EXPECT_EQ(again->find("palette4")->refused, "no \"room\"");
  EXPECT_EQ(TrialLog::open(path("x.auto"), about_, false)->find(row_.recipe), nullptr) << "not resumed";
}

TEST_F(TrialLogTest, AnotherSearchIsRefusedByWhatDiffers) {
  auto log = TrialLog::open(path("x.auto"), about_, false);
  ASSERT_TRUE(log->add(row_));
  Json other = about_;
  other["settings"]["effort"] = "quick";
  const auto refused = TrialLog::open(path("x.auto"), other, true);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kResumeRefused);
  EXPECT_THAT(refused.error().text(), HasSubstr("another settings"));
}

TEST_F(TrialLogTest, OtherFilesAreRefused) {
  for (const char* text : {"", "[", "[]", "{}", R"({"about":{"model":"m","settings":{"effort":"full"}},"tried":3})",
                           R"({"about":{"model":"m","settings":{"effort":"full"}},"tried":[{"bytes":"x"}]})"}) {
    ASSERT_TRUE(write_file(path("x.auto"), std::string_view(text)));
    const auto log = TrialLog::open(path("x.auto"), about_, true);
    ASSERT_FALSE(log) << text;
    EXPECT_EQ(log.error().code, ErrorCode::kResumeRefused) << text;
  }
}

TEST_F(TrialLogTest, ASearchThatEndedLeavesNothing) {
  auto log = TrialLog::open(path("x.auto"), about_, false);
  ASSERT_TRUE(log->add(row_));
  EXPECT_TRUE(std::filesystem::exists(path("x.auto")));
  log->close();
  EXPECT_FALSE(std::filesystem::exists(path("x.auto")));
}

TEST_F(TrialLogTest, AChangedPhotoOrModelIsAnotherSearch) {
  const std::string photo = write(flat_picture(1, 2, 3), "a.png");
  const auto before = about_search(color_model(10), {}, {photo});
  write(flat_picture(1, 2, 250), "a.png");
  std::filesystem::last_write_time(photo, std::filesystem::last_write_time(photo) + std::chrono::seconds(5));
  const auto after = about_search(color_model(10), {}, {photo});
  const auto model = about_search(color_model(11), {}, {photo});
  ASSERT_TRUE(before && after && model);
  EXPECT_NE((*before)["photos"], (*after)["photos"]);
  EXPECT_EQ((*before)["model"], (*after)["model"]);
  EXPECT_NE((*after)["model"], (*model)["model"]);
}

}  // namespace paw::trial_log_test
