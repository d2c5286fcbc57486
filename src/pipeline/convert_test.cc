#include "pipeline/convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "pipeline/color_model_testing.h"
#include "pipeline/diff.h"
#include "pipeline/model_files.h"
#include "pipeline/targets.h"
#include "runtime/plan.h"

namespace paw::convert_test {

using testing::ElementsAre;
using testing::HasSubstr;

class ConvertTest : public ColorModelTest {
 protected:
  void SetUp() override {
    ColorModelTest::SetUp();
    write(flat_picture(200, 30, 0), "trial/red/a.png");
    write(flat_picture(0, 30, 180), "trial/blue/b.png");
  }
  using ColorModelTest::write;

  ConvertSettings to(const std::string& name) const {
    return {.source = {.path = path("model.paw"), .net = {}}, .output = path(name), .verify = path("trial")};
  }
  Result<ConvertResult> run(const ConvertSettings& settings) {
    Progress progress(ProgressStyle::kSilent);
    return convert(settings, progress);
  }
  std::string refusal(const ConvertSettings& settings) {
    const auto result = run(settings);
    EXPECT_FALSE(result);
    return result ? "" : result.error().text();
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) names.push_back(entry.path().filename());
    std::erase(names, "trial");
    std::ranges::sort(names);
    return names;
  }
};

TEST_F(ConvertTest, PlansForOtherTargetsAreComparedHereAndSayWhoseTheyAre) {
  write(color_model(10));
  for (const auto& [target, name] : {std::pair{"web", "wasm"}, {"arm64", "arm64"}, {"", "x86-64"}}) {
    ConvertSettings settings = to(std::string(name) + ".plan");
    settings.target = target;
    const auto result = run(settings);
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(result->verified->agree, result->verified->images);
    const auto file = map_file(path(std::string(name) + ".plan"));
    ASSERT_TRUE(file);
    constexpr std::size_t kTarget = offsetof(PlanHeader, target);
    EXPECT_STREQ(reinterpret_cast<const char*>(file->data() + kTarget), name);
  }
}

TEST_F(ConvertTest, ThePlanAnswersAsTheModelAtItsTemperature) {
  Model model = color_model(10);
  model.temperature = 2;
  write(model);
  write(flat_picture(255, 0, 0), "photos/red/a.png");
  write(flat_picture(0, 9, 200), "photos/blue/b.png");
  ConvertSettings settings = to("model.plan");
  settings.verify = path("photos");
  const auto result = run(settings);
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(result->verified->images, 2);
  EXPECT_EQ(result->verified->agree, 2);
  EXPECT_LT(result->verified->max_abs_diff, 1e-6);
  ASSERT_TRUE(result->verified->labelled);
  EXPECT_EQ(result->verified->labelled->top1_after(), 1.0);
  EXPECT_GT(result->bytes, 100u);
  EXPECT_THAT(files(), ElementsAre("model.paw", "model.plan", "photos"));
  const Json json = to_json(*result);
  EXPECT_EQ(json["format"], "plan");
  EXPECT_EQ(json["verified"]["drop"], 0.0);
}

TEST_F(ConvertTest, WithoutVerificationItSaysSo) {
  write(color_model(10));
  ConvertSettings settings = to("model.plan");
  settings.verify = "none";
  const auto result = run(settings);
  ASSERT_TRUE(result);
  EXPECT_FALSE(result->verified);
  EXPECT_THAT(to_text(*result), HasSubstr("not compared"));
  EXPECT_TRUE(to_json(*result)["verified"].is_null());
}

TEST_F(ConvertTest, OurOwnFormatKeepsTheModelAsItIs) {
  Model model = color_model(10);
  model.temperature = 2;
  write(model);
  ASSERT_TRUE(run(to("copy.paw")));
  EXPECT_EQ(*map_file(path("copy.paw")), *map_file(path("model.paw")));
}

TEST_F(ConvertTest, NothingIsOverwrittenOrLeftBehind) {
  write(color_model(10));
  write_text("model.plan");
  EXPECT_THAT(refusal(to("model.plan")), HasSubstr("--force"));
  ConvertSettings settings = to("model.plan");
  settings.force = true;
  ASSERT_TRUE(run(settings));
  settings.verify = path("nowhere");
  settings.output = path("other.plan");
  EXPECT_THAT(refusal(settings), HasSubstr("nowhere"));
  EXPECT_THAT(files(), ElementsAre("model.paw", "model.plan"));
}

TEST_F(ConvertTest, AFolderIsNotReplacedByAFile) {
  write(color_model(10));
  write_text("model.tflite/notes.txt");
  write_text("model.mlpackage/notes.txt");
  for (const char* name : {"model.tflite", "model.mlpackage"}) {
    ConvertSettings settings = to(name);
    settings.force = true;
    EXPECT_THAT(refusal(settings), HasSubstr("is a folder and no ."));
    EXPECT_TRUE(std::filesystem::exists(path(name) + "/notes.txt"));
  }
}

TEST_F(ConvertTest, ForceReplacesAPackageAsAWhole) {
  write(color_model(10));
  ConvertSettings settings = to("model.mlpackage");
  ASSERT_TRUE(run(settings));
  write_text("model.mlpackage/Data/left over");
  settings.force = true;
  ASSERT_TRUE(run(settings));
  EXPECT_FALSE(std::filesystem::exists(path("model.mlpackage/Data/left over")));
  EXPECT_THAT(files(), ElementsAre("model.mlpackage", "model.paw"));
}

TEST_F(ConvertTest, NamesWhatIsWrongWithTheRequest) {
  write(color_model(10));
  EXPECT_THAT(refusal(to("model.tflit")), HasSubstr("suffix of a model format"));
  ConvertSettings settings = to("model.plan");
  settings.target = "ios15";
  EXPECT_THAT(refusal(settings), HasSubstr("ios15 takes .mlpackage files, not .plan"));
  settings.target.clear();
  settings.preprocess = "imagnet";
  EXPECT_THAT(refusal(settings), HasSubstr("neither a name nor a file; there are unit, symmetric, imagenet, raw"));
  settings.preprocess.clear();
  ASSERT_TRUE(run(settings));
  settings.source.path = path("model.plan");
  settings.output = path("again.paw");
  EXPECT_THAT(refusal(settings), HasSubstr("cannot be read back"));
}

TEST_F(ConvertTest, AnotherPreprocessingIsTakenOver) {
  write(color_model(10));
  ConvertSettings settings = to("copy.paw");
  settings.preprocess = "symmetric";
  ASSERT_TRUE(run(settings));
  const auto copy = load_model({.path = path("copy.paw"), .net = {}});
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->model.preprocess->bias[1], -1);
  EXPECT_EQ(copy->model.preprocess->width, 4);
}

TEST_F(ConvertTest, AModelWithoutPhotosIsComparedOnNumbers) {
  Model model = color_model(10);
  model.preprocess.reset();
  write(model);
  const auto result = run(to("model.plan"));
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_TRUE(result->verified->numbers);
  EXPECT_EQ(result->verified->images, 16);
  EXPECT_LT(result->verified->max_abs_diff, 1e-6);
}

TEST_F(ConvertTest, WithoutPhotosDrawnOnesAreCompared) {
  write(color_model(10));
  ConvertSettings settings = to("model.plan");
  settings.verify.clear();
  const auto result = run(settings);
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(result->verified->images, 32);
}

std::map<std::string, std::string> said_by(const LoadedModel& loaded) {
  return {loaded.metadata.begin(), loaded.metadata.end()};
}

// What is said in words goes into the file, and from file to file.
TEST_F(ConvertTest, TextsGoWithTheModel) {
  write(color_model(10));
  for (const std::string suffix : {".tflite", ".mlmodel", ".mlpackage"}) {
    ConvertSettings settings = to("a" + suffix);
    settings.text = {"colours", "Ada", "MIT", "1.2"};
    ASSERT_TRUE(run(settings));
    ConvertSettings again = to("b.mlmodel");
    again.source.path = path("a" + suffix);
    again.text.version = "2";
    again.force = true;
    ASSERT_TRUE(run(again));
    const auto first = load_model({.path = path("a" + suffix), .net = {}});
    const auto second = load_model({.path = path("b.mlmodel"), .net = {}});
    ASSERT_TRUE(first && second);
    EXPECT_EQ(said_by(*first)["description"], "colours") << suffix;
    EXPECT_EQ(said_by(*first)["version"], "1.2") << suffix;
    EXPECT_EQ(said_by(*second)["author"], "Ada") << suffix;
    EXPECT_EQ(said_by(*second)["license"], "MIT") << suffix;
    EXPECT_EQ(said_by(*second)["version"], "2") << suffix;
    std::uint64_t bytes = 0, weights = 0;
    for (const auto& [part, size] : first->parts) {
      bytes += size;
      if (part.find("weight") != part.npos) weights += size;
    }
    // Nine numbers are too few for a weight file: a package states them in its program.
    const std::uint64_t least = suffix == ".mlpackage" ? 0 : 9 * sizeof(float);
    EXPECT_GE(weights, least) << suffix;
    EXPECT_LE(weights, least + 8) << suffix;  // axes of the mean; the head of a message
    EXPECT_LE(bytes, first->file_bytes) << suffix;
    EXPECT_GT(bytes, first->file_bytes / 3) << suffix;
  }
  ConvertSettings broken = to("c.mlmodel");
  broken.text.author = "\xff";
  EXPECT_THAT(refusal(broken), HasSubstr("the author is not UTF-8"));
}

TEST_F(ConvertTest, ASlashBehindAPackageDoesNoHarm) {
  write(color_model(10));
  ConvertSettings settings = to("model.mlpackage");
  settings.output += "/";
  const auto result = run(settings);
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_THAT(files(), ElementsAre("model.mlpackage", "model.paw"));
}

// --- diff ---

class DiffTest : public ConvertTest {
 protected:
  Result<DiffResult> diff(const Model& a, const Model& b) {
    Progress progress(ProgressStyle::kSilent);
    return diff_models({.a = write(a, "a.paw"), .b = write(b, "b.paw"), .photos = path("trial")}, progress);
  }
};

TEST_F(DiffTest, AModelAgreesWithItself) {
  const auto result = diff(color_model(3), color_model(3));
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(result->answers.images, 2);
  EXPECT_EQ(result->answers.agree, 2);
  EXPECT_EQ(result->answers.max_abs_diff, 0);
  EXPECT_FALSE(result->first_departure);
  EXPECT_TRUE(to_json(*result)["first_departure"].is_null());
}

TEST_F(DiffTest, NamesTheFirstLayerThatDeparts) {
  const auto result = diff(color_model(3), color_model(4));
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_GT(result->answers.max_abs_diff, 0.01);
  ASSERT_TRUE(result->first_departure);
  EXPECT_EQ(result->layers[*result->first_departure].name, "mean") << "the source of the dense layer and the softmax";
  EXPECT_EQ(result->layers[0].name, "look/at it");
  EXPECT_EQ(result->layers[0].difference, 0);
}

TEST_F(DiffTest, RefusesModelsThatAnswerDifferentQuestions) {
  Model none = color_model(3);
  none.preprocess.reset();
  const auto result = diff(color_model(3), none);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().text(), HasSubstr("does not take photos"));
}

}  // namespace paw::convert_test
