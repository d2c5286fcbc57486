// eval and predict as a user meets them, with a model whose answers are known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/cli_testing.h"
#include "pipeline/color_model_testing.h"

namespace paw::answers_test {

using Json = nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

class AnswersCli : public ColorModelTest {
 protected:
  void SetUp() override {
    ColorModelTest::SetUp();
    model_ = write(color_model(10));
    red_ = write(flat_picture(255, 0, 0), "photos/red/one.png");
    green_ = write(flat_picture(0, 255, 0), "photos/green/one.png");
    write(flat_picture(200, 0, 0), "photos/green/wrong.png");
  }
  std::string model_, red_, green_;
};

TEST_F(AnswersCli, EvalTellsHowGoodTheModelIs) {
  const std::string bad = write_text("photos/red/bad.png");
  const Outcome text = paw("eval " + model_ + " " + path("photos") + " 2>/dev/null");
  EXPECT_EQ(text.exit, 0);
  for (const char* part : {"accuracy 66.7 % (2 of 3; 95 % interval 20.8 to 93.9 %)", "is \\ said  red  green  blue",
                           "photos/green/wrong.png", "1 files are no usable photos"}) {
    EXPECT_THAT(text.out, HasSubstr(part));
  }
  const Json json = Json::parse(paw("eval " + model_ + " " + path("photos") + " --json 2>/dev/null").out);
  EXPECT_EQ(json.at("images"), 3);
  EXPECT_EQ(json.at("confusion"), (Json{{1, 0, 0}, {1, 1, 0}, {0, 0, 0}}));
  EXPECT_EQ(json.at("mistakes")[0].at("said"), "red");
  EXPECT_EQ(json.at("unusable")[0].at("path"), bad);
  EXPECT_THAT(paw("eval " + model_ + " " + path("photos") + " --json --quiet 2>&1 >/dev/null").out, HasSubstr(bad))
      << "what is left out is said all the same";

  const Outcome none = paw("eval " + model_ + " " + path("photos") + " --split test --json 2>/dev/null");
  EXPECT_EQ(none.exit, 3);
  EXPECT_THAT(Json::parse(none.out).at("error").at("message").get<std::string>(), HasSubstr("test split"));
  EXPECT_EQ(paw("eval " + model_ + " " + path("photos") + " --split best 2>/dev/null").exit, 2);
  EXPECT_EQ(paw("eval " + model_ + " /no/photos 2>/dev/null").exit, 6);
}

TEST_F(AnswersCli, PredictAnswersForEachPhotoAndExitsWithTheFirstError) {
  const std::string bad = write_text("bad.jpg");
  const std::string arguments = "predict " + model_ + " " + red_ + " " + bad + " /no/photo " + green_;
  const Outcome text = paw(arguments + " 2>/dev/null");
  EXPECT_EQ(text.exit, 3);
  EXPECT_THAT(text.out, HasSubstr("red/one.png: red 1.00"));
  EXPECT_THAT(text.out, HasSubstr("green/one.png: green 1.00"));
  EXPECT_THAT(text.out, Not(HasSubstr("bad.jpg")));
  EXPECT_THAT(paw(arguments + " 2>&1 >/dev/null").out,
              ::testing::AllOf(HasSubstr("paw: [" + bad + "] not an image"), HasSubstr("paw: [/no/photo] ")));
  const Outcome both = paw(arguments + " --json 2>&1");
  EXPECT_EQ(both.exit, 3);
  const Json images = Json::parse(both.out).at("images");
  EXPECT_EQ(images[2].at("error").at("code"), "io");
  EXPECT_EQ(images[3].at("predictions")[0].at("label"), "green");

  const Outcome only = paw("predict " + model_ + " " + bad + " --json");
  EXPECT_EQ(only.exit, 3);
  EXPECT_EQ(Json::parse(only.out).at("error").at("where"), bad);
}

TEST_F(AnswersCli, PredictReadsStandardInputAndRefusesFolders) {
  EXPECT_EQ(paw("predict " + model_ + " - < " + green_).out, "green 1.00, red 0.00, blue 0.00\n");
  const Outcome empty = paw("predict " + model_ + " - 2>&1 </dev/null");
  EXPECT_EQ(empty.exit, 3);
  EXPECT_THAT(empty.out, HasSubstr("[standard input]"));
  const Outcome folder = paw("predict " + model_ + " " + path("photos") + " 2>&1");
  EXPECT_EQ(folder.exit, 2);
  EXPECT_THAT(folder.out, HasSubstr("`paw eval`"));
}

TEST_F(AnswersCli, TraceImagesGoIntoAFolderOfTheirOwn) {
  const std::string arguments = "predict " + model_ + " " + red_ + " --trace-images " + path("trace");
  const Outcome traced = paw(arguments);
  EXPECT_EQ(traced.exit, 0);
  EXPECT_THAT(traced.out, HasSubstr("pictures of the input and of 1 layers"));
  EXPECT_TRUE(std::filesystem::exists(path("trace/001_relu_look_at_it.png")));
  EXPECT_EQ(paw(arguments + " 2>/dev/null").exit, 6);
  EXPECT_EQ(paw(arguments + " --force").exit, 0);
}

}  // namespace paw::answers_test
