#include "pipeline/eval.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "host/sha256.h"
#include "pipeline/color_model_testing.h"

namespace paw::eval_test {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

class EvalTest : public ColorModelTest {
 protected:
  // Two reds, one of them rather green, one green, one blue.
  void write_photos() const {
    write(flat_picture(255, 0, 0), "photos/red/a.png");
    write(flat_picture(51, 153, 0), "photos/red/b.png");
    write(flat_picture(0, 255, 0), "photos/green/c.png");
    write(flat_picture(0, 0, 255), "photos/blue/d.png");
  }
  Result<EvalResult> eval(const Model& model, const std::string& split = "auto", std::int64_t worst = 10) const {
    write(model);
    Progress silent(ProgressStyle::kSilent, [](std::string_view) {}, [] { return 0.0; });
    return eval_model(
        {.model = path("model.paw"), .photos = path("photos"), .split = split, .threads = 2, .worst = worst}, silent);
  }
  Error refusal(const Model& model, const std::string& split = "auto") const {
    const auto result = eval(model, split);
    EXPECT_FALSE(result);
    return result ? Error{} : result.error();
  }
  void carry(Model& model, const std::string& name, Split split) const {
    model.provenance.photos.push_back({sha256(map_file(path(name))->span()), split});
    std::ranges::sort(model.provenance.photos, {}, &SeenPhoto::sha256);
  }
};

TEST_F(EvalTest, CountsAndScoresAreThoseWorkedOutByHand) {
  write_photos();
  Model model = color_model(5);
  const auto result = eval(model);
  ASSERT_TRUE(result) << result.error().text();
  const ClassificationReport& report = result->report;
  EXPECT_EQ(report.images, 4);
  EXPECT_EQ(report.right, 3);
  EXPECT_DOUBLE_EQ(report.top1, 0.75);
  EXPECT_EQ(report.confusion, (std::vector<std::vector<std::int64_t>>{{1, 1, 0}, {0, 1, 0}, {0, 0, 1}}));
  const double pure = std::exp(5) / (std::exp(5) + 2);
  const double sum = std::exp(1) + std::exp(3) + 1, own = std::exp(1) / sum, said = std::exp(3) / sum;
  EXPECT_NEAR(report.loss, -(3 * std::log(pure) + std::log(own)) / 4, 1e-5);
  EXPECT_NEAR(report.ece, (3 * (1 - pure) + said) / 4, 1e-5);
  ASSERT_EQ(result->mistakes.size(), 1u);
  EXPECT_THAT(result->mistakes[0].path, EndsWith("red/b.png"));
  EXPECT_EQ(result->mistakes[0].label, "red");
  EXPECT_EQ(result->mistakes[0].said, "green");
  EXPECT_NEAR(result->mistakes[0].score, said, 1e-5);
  EXPECT_NEAR(result->mistakes[0].label_score, own, 1e-5);
  EXPECT_TRUE(eval(model, "auto", 0)->mistakes.empty());
}

TEST_F(EvalTest, ScoresAreAtTheModelsTemperatureAndBelowItsThresholdNotSure) {
  write_photos();
  Model model = color_model(10);
  model.temperature = 2;
  model.threshold = 0.9;
  const auto result = eval(model), plain = eval(color_model(5));
  ASSERT_TRUE(result && plain);
  EXPECT_NEAR(result->report.loss, plain->report.loss, 1e-5);
  EXPECT_NEAR(result->report.ece, plain->report.ece, 1e-5);
  EXPECT_EQ(result->report.not_sure->images, 1) << "the best score of b.png is 0.84";
  EXPECT_EQ(result->report.not_sure->rest_right, 3);
  EXPECT_EQ(plain->report.not_sure->images, 0);
  const Json json = to_json(*result);
  EXPECT_EQ(json.at("not_sure"), (Json{{"threshold", 0.9}, {"images", 1}, {"top1_of_rest", 1.0}}));
  EXPECT_THAT(to_text(*result), HasSubstr("not sure (best score below 0.900): 1 of 4; accuracy of the rest 100.0 %"));
}

TEST_F(EvalTest, PhotosThatTheModelHasSeenAreLeftOutUnlessAskedFor) {
  write_photos();
  Model model = color_model(5);
  carry(model, "photos/red/a.png", Split::kTrain);
  carry(model, "photos/green/c.png", Split::kVal);
  carry(model, "photos/blue/d.png", Split::kTest);
  std::filesystem::rename(path("photos/red/a.png"), path("photos/red/renamed.jpg"));
  const auto by_default = eval(model);
  ASSERT_TRUE(by_default);
  EXPECT_EQ(by_default->report.images, 2) << "b.png, which it does not know, and d.png, which only tested it";
  EXPECT_EQ(by_default->left_out, 2);
  EXPECT_THAT(by_default->known, ElementsAre(1, 1, 1));
  EXPECT_EQ(eval(model, "all")->report.images, 4);
  for (const auto& [split, label] : {std::pair("train", 0), std::pair("val", 1), std::pair("test", 2)}) {
    const auto one = eval(model, split);
    ASSERT_TRUE(one) << split;
    EXPECT_EQ(one->report.images, 1) << split;
    EXPECT_EQ(one->report.classes[static_cast<std::size_t>(label)].images, 1) << split;
  }
  const Json json = to_json(*by_default);
  EXPECT_EQ(json.at("seen"), (Json{{"train", 1}, {"val", 1}, {"test", 1}}));
  EXPECT_EQ(json.at("left_out"), 2);
  EXPECT_THAT(to_text(*by_default), HasSubstr("trained on 1, tuned on 1 and tested on 1"));

  carry(model, "photos/red/b.png", Split::kTrain);
  std::filesystem::remove(path("photos/blue/d.png"));
  const Error error = refusal(model);
  EXPECT_EQ(error.code, ErrorCode::kBadData);
  EXPECT_THAT(error.text(), HasSubstr("trained or tuned on all 3 photos"));
  EXPECT_THAT(error.hint, HasSubstr("--split all"));
  EXPECT_THAT(refusal(model, "test").text(), HasSubstr("none of the 3 photos belongs to the model's test split"));
  EXPECT_EQ(refusal(model, "best").code, ErrorCode::kUsage);
}

TEST_F(EvalTest, SplitFoldersSayWhereUnknownPhotosBelong) {
  write(flat_picture(255, 0, 0), "photos/train/red/a.png");
  write(flat_picture(200, 0, 0), "photos/val/red/b.png");
  write(flat_picture(0, 255, 0), "photos/val/green/c.png");
  Model model = color_model(5);
  carry(model, "photos/val/red/b.png", Split::kTrain);
  EXPECT_EQ(eval(model, "val")->report.classes[1].images, 1);
  EXPECT_EQ(eval(model, "val")->report.images, 1) << "what the model carries counts more than the folder";
  EXPECT_EQ(eval(model, "train")->report.images, 2);
  EXPECT_EQ(eval(model)->report.images, 2);
}

TEST_F(EvalTest, BadPhotosAreNamedAndCostNothingElse) {
  write_photos();
  write_text("photos/red/0.jpg");  // the first of its batch, which also fills the batch up
  write_text("photos/green/nothing.jpg");
  write_text("photos/stray.txt");
  write(color_model(5));
  std::string said;
  double now = 0;
  Progress progress(ProgressStyle::kLines, [&](std::string_view text) { said += text; }, [&] { return now += 1; });
  const auto result = eval_model({.model = path("model.paw"), .photos = path("photos"), .threads = 2}, progress);
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(result->report.images, 4);
  EXPECT_EQ(result->report.right, 3);
  EXPECT_NEAR(result->report.loss, eval(color_model(5))->report.loss, 1e-9);
  EXPECT_EQ(result->unusable.size(), 3u);
  for (const char* name : {"red/0.jpg", "green/nothing.jpg", "stray.txt"}) EXPECT_THAT(said, HasSubstr(name));
  EXPECT_THAT(said, HasSubstr("6 / 6 photos"));
  EXPECT_EQ(to_json(*result).at("unusable").size(), 3u);

  std::filesystem::remove_all(path("photos"));
  write_text("photos/red/0.jpg");
  write_text("photos/green/1.jpg");
  EXPECT_THAT(refusal(color_model(5)).text(), HasSubstr("not one of the 2 photos can be decoded"));
}

TEST_F(EvalTest, FoldersAreMatchedByNameElseRefused) {
  write_photos();
  std::filesystem::remove_all(path("photos/green"));
  EXPECT_EQ(eval(color_model(5))->report.classes[1].images, 0) << "fewer folders than classes are fine";
  write(flat_picture(0, 0, 200), "photos/bleu/e.png");
  Error error = refusal(color_model(5));
  EXPECT_EQ(error.code, ErrorCode::kBadData);
  EXPECT_THAT(error.message, HasSubstr("'bleu'; its classes: 'red', 'green', 'blue'"));
  EXPECT_THAT(error.hint, HasSubstr("is 'bleu' meant to be 'blue'?"));

  Model unnamed = color_model(5);
  unnamed.labels = {};
  write_photos();
  error = refusal(unnamed);
  EXPECT_EQ(error.code, ErrorCode::kBadData);
  EXPECT_THAT(error.hint, HasSubstr("no labels"));
  std::filesystem::remove_all(path("photos/bleu"));
  // As many folders as classes: blue, green, red are taken as classes 0, 1, 2.
  const auto sorted = eval(unnamed);
  ASSERT_TRUE(sorted) << sorted.error().text();
  EXPECT_EQ(sorted->report.classes[0].label, "blue");
  EXPECT_EQ(sorted->report.confusion, (std::vector<std::vector<std::int64_t>>{{0, 0, 1}, {0, 1, 0}, {1, 1, 0}}));
  std::filesystem::remove_all(path("photos"));
  write(flat_picture(0, 0, 255), "photos/2/d.png");
  EXPECT_EQ(eval(unnamed)->report.right, 1) << "a folder named by the class's number";
}

TEST_F(EvalTest, NumbersOutOfRangeAndAnEmptyFolderAreRefused) {
  write_photos();
  EXPECT_EQ(eval(color_model(5), "auto", -1).error().code, ErrorCode::kUsage);
  std::filesystem::remove_all(path("photos"));
  std::filesystem::create_directories(path("photos/red"));
  EXPECT_THAT(refusal(color_model(5)).text(), HasSubstr("holds no photo"));
}

}  // namespace paw::eval_test
