#include "pipeline/optimize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "host/sha256.h"
#include "pipeline/color_model_testing.h"
#include "pipeline/optimize_photos.h"
#include "pipeline/trial_log.h"

namespace paw::optimize_test {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class OptimizeTest : public ColorModelTest {
 protected:
  void SetUp() override {
    ColorModelTest::SetUp();
    write(color_model(10));
    for (int i = 0; i < 4; ++i) {
      const auto shade = static_cast<std::uint8_t>(200 + 10 * i);
      write(flat_picture(shade, 20, 10), "photos/red/" + std::to_string(i) + ".png");
      write(flat_picture(0, 20, shade), "photos/blue/" + std::to_string(i) + ".png");
    }
  }
  using ColorModelTest::write;

  OptimizeSettings settings(const std::string& recipe, const std::string& output = "small.tflite") const {
    return {.source = {.path = path("model.paw"), .net = {}},
            .output = path(output),
            .recipe = recipe,
            .calibrate = path("photos"),
            .evaluate = {},
            .target = {},
            .quantise = {}};
  }
  static Result<OptimizeResult> run(const OptimizeSettings& settings) {
    Progress progress(ProgressStyle::kSilent);
    return optimize(settings, progress);
  }
  static Error refusal(const OptimizeSettings& settings) {
    const auto result = run(settings);
    EXPECT_FALSE(result);
    return result ? Error{} : result.error();
  }
  std::vector<std::string> names(TrialPhotos& photos) const {
    std::vector<std::string> out;
    for (std::int64_t i = 0; i < photos.size(); ++i) out.push_back(photos.read(i)->name.substr(path("photos/").size()));
    return out;
  }
};

TEST_F(OptimizeTest, TheFileIsJudgedAsItIsOnDisk) {
  const auto result = run(settings("float16"));
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_TRUE(std::filesystem::exists(path("small.tflite")));
  EXPECT_EQ(result->bytes, std::filesystem::file_size(path("small.tflite")));
  EXPECT_LT(result->zipped_bytes, result->bytes);
  EXPECT_EQ(result->float_bytes, 9 * 4u);
  EXPECT_EQ(result->verified.images, 8) << "no photo is left beside those that calibrate";
  EXPECT_EQ(result->verified.labelled->top1_after(), 1.0);
  EXPECT_GT(result->latency.after_ms, 0);
  const Json json = to_json(*result);
  for (const char* key : {"input", "output", "format", "bytes", "recipe", "verified", "seconds"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
  for (const char* key : {"images", "agreement", "max_abs_diff", "top1_before", "top1_after", "drop"}) {
    EXPECT_TRUE(json["verified"].contains(key)) << key;
  }
  EXPECT_THAT(to_text(*result), HasSubstr("judged on the 8 photos that the model was made with"));
}

TEST_F(OptimizeTest, EveryStepIsMadeReadBackAndJudged) {
  for (std::string step : recipe_step_names()) {
    if (step == "sparseNNbM") step = "sparse50b2";
    if (step == "paletteBgN") step = "palette4g16";
    if (step == "weight_only_wi4bN_afp32") step = "weight_only_wi4b16_afp32";
    if (step.ends_with("NN")) step.replace(step.size() - 2, 2, "50");
    if (step.starts_with("mixed")) step += "+int8";
    if (step.starts_with("channels")) continue;  // the model has no layer that could be narrower
    if (step.starts_with("qat")) continue;       // eight photos are too few to learn from
    OptimizeSettings s = settings(step, step + ".tflite");
    s.max_drop = 1;
    const auto result = run(s);
    ASSERT_TRUE(result) << step << ": " << result.error().text();
    EXPECT_EQ(result->verified.images, 8) << step;
    EXPECT_GT(result->latency.after_ms, 0) << step;
  }
}

TEST_F(OptimizeTest, ADropBeyondTheLimitLeavesARejectedFile) {
  OptimizeSettings s = settings("sparse99");  // of nine weights eight go
  s.max_drop = 0.1;
  const Error error = refusal(s);
  EXPECT_EQ(error.code, ErrorCode::kGateFailed);
  EXPECT_THAT(error.text(), HasSubstr("accuracy falls by 0.5000"));
  EXPECT_THAT(error.text(), HasSubstr("of 8 photos 4 are wrong that were right, and 0 right that were wrong"));
  EXPECT_THAT(error.text(), HasSubstr("small.tflite.rejected; try a smaller share of zeros"));
  EXPECT_FALSE(std::filesystem::exists(path("small.tflite")));
  EXPECT_TRUE(std::filesystem::exists(path("small.tflite.rejected")));
  s.max_drop = 0.5;
  EXPECT_TRUE(run(s));
}

// Eight bits are a quarter by themselves: that zeros did not make the file smaller still is said.
TEST_F(OptimizeTest, SaysWhereZerosArePaidInFull) {
  for (const std::string recipe : {"sparse10b2", "sparse10", "sparse10+float16", "sparse10+int8"}) {
    OptimizeSettings s = settings(recipe, recipe + ".tflite");
    s.max_drop = 1;
    const auto result = run(s);
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_THAT(result->notes, Contains(HasSubstr("store these weights in full: only a zip archive"))) << recipe;
  }
  const auto plain = run(settings("int8"));
  ASSERT_TRUE(plain) << plain.error().text();
  EXPECT_THAT(plain->notes, Not(Contains(HasSubstr("in full"))));
}

TEST_F(OptimizeTest, WithoutLabelsAgreementIsJudged) {
  std::filesystem::rename(path("photos/red"), path("photos/first"));
  const Error error = refusal(settings("sparse99"));
  EXPECT_THAT(error.text(), HasSubstr("4 of 8 answers differ from the float model's"));
}

TEST_F(OptimizeTest, SaysWhatIsWrongWithTheRequest) {
  OptimizeSettings s = settings("int8");
  s.calibrate.clear();
  EXPECT_THAT(refusal(s).text(), HasSubstr("static_wi8_ai8 needs photos"));
  EXPECT_EQ(refusal(settings("int9")).code, ErrorCode::kUsage);
  EXPECT_EQ(refusal(settings("float16", "small.tflit")).code, ErrorCode::kUsage);
  s = settings("float16");
  s.max_drop = 1.5;
  EXPECT_EQ(refusal(s).code, ErrorCode::kUsage);
  s = settings("float16");
  s.calibrate = path("nowhere");
  EXPECT_EQ(refusal(s).code, ErrorCode::kIo);
  write_text("small.tflite");
  EXPECT_THAT(refusal(settings("float16")).text(), HasSubstr("--force"));
}

TEST_F(OptimizeTest, AQuantisedModelIsRefused) {
  ASSERT_TRUE(run(settings("weight_only_wi8_afp32")));
  OptimizeSettings s = settings("float16", "again.tflite");
  s.source.path = path("small.tflite");
  const Error error = refusal(s);
  EXPECT_EQ(error.code, ErrorCode::kUnsupported);
  EXPECT_THAT(error.text(), HasSubstr("quantised already"));
  EXPECT_FALSE(std::filesystem::exists(path("again.tflite")));
}

TEST_F(OptimizeTest, PhotosThatCannotBeDecodedAreNoCalibration) {
  std::filesystem::remove_all(path("photos"));
  std::filesystem::create_directories(path("photos/red"));
  ASSERT_TRUE(write_file(path("photos/red/broken.png"), std::string_view("\x89PNG\r\n\x1a\n broken")));
  const Error error = refusal(settings("float16"));
  EXPECT_EQ(error.code, ErrorCode::kBadData);
  EXPECT_THAT(error.text(), HasSubstr("not one photo can be decoded"));
}

TEST_F(OptimizeTest, InputsAndOutputsOfEightBits) {
  OptimizeSettings s = settings("static_wi8_ai8");
  s.quantise.inputs = QuantisedPorts::kU8;
  s.quantise.outputs = QuantisedPorts::kI8;
  const auto result = run(s);
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(result->verified.labelled->top1_after(), 1.0);
  const auto read = load_model({.path = path("small.tflite"), .net = {}});
  ASSERT_TRUE(read) << read.error().text();
  const Graph& graph = read->model.graph;
  EXPECT_EQ(graph.type(graph.inputs[0]).dtype, DType::kU8);
  EXPECT_EQ(graph.type(graph.outputs[0]).dtype, DType::kI8);
  for (const auto& [recipe, output] :
       {std::pair("float16", "a.tflite"), std::pair("auto", "a.tflite"), std::pair("static_wi8_ai8", "a.mlpackage")}) {
    s.recipe = recipe;
    s.output = path(output);
    EXPECT_EQ(refusal(s).code, ErrorCode::kUsage) << recipe << " " << output;
  }
}

// What takes minutes does not begin where its file could not be written: the photos, which are broken, are not read.
TEST_F(OptimizeTest, ATargetThatIsTooOldIsRefusedFirst) {
  std::filesystem::remove_all(path("photos"));
  std::filesystem::create_directories(path("photos/red"));
  ASSERT_TRUE(write_file(path("photos/red/broken.png"), std::string_view("\x89PNG\r\n\x1a\n broken")));
  for (const auto& [recipe, target, needs] :
       {std::tuple("static_wi8_ai8", "ios16", "iOS 17"), std::tuple("weight_only_wi4_afp32", "ios17", "iOS 18"),
        std::tuple("sparse50", "ios15", "iOS 16")}) {
    OptimizeSettings s = settings(recipe, "small.mlpackage");
    s.target = target;
    const Error error = refusal(s);
    EXPECT_EQ(error.code, ErrorCode::kUnsupported) << recipe;
    EXPECT_THAT(error.text(), HasSubstr(needs)) << recipe;
    s.target = "ios18";
    EXPECT_EQ(refusal(s).code, ErrorCode::kBadData) << recipe;
  }
}

TEST_F(OptimizeTest, PhotosThatJudgeHadNoPartInTheModel) {
  Model model = color_model(10);
  const auto saw = [&](const std::string& name, Split split) {
    model.provenance.photos.push_back({sha256(map_file(path("photos/" + name))->span()), split});
  };
  saw("red/0.png", Split::kTrain);
  saw("blue/0.png", Split::kTrain);
  saw("red/1.png", Split::kVal);
  saw("blue/1.png", Split::kTest);
  std::ranges::sort(model.provenance.photos, {}, &SeenPhoto::sha256);
  const auto chosen = choose_optimize_photos(model, path("photos"), {});
  ASSERT_TRUE(chosen) << chosen.error().text();
  EXPECT_THAT(names(*chosen->calibration), ElementsAre("blue/0.png", "red/0.png"));
  EXPECT_THAT(names(*chosen->evaluation),
              ElementsAre("blue/1.png", "blue/2.png", "blue/3.png", "red/2.png", "red/3.png"));
  EXPECT_THAT(chosen->notes, ElementsAre(HasSubstr("judged on 5 photos; 3 that the model was made with")));
}

TEST_F(OptimizeTest, PhotosOfTheirOwnJudgeAlone) {
  const auto chosen = choose_optimize_photos(color_model(1), path("photos/red"), path("photos/blue"));
  ASSERT_TRUE(chosen);
  EXPECT_EQ(chosen->calibration->size(), 4);
  EXPECT_THAT(names(*chosen->evaluation), ElementsAre("blue/0.png", "blue/1.png", "blue/2.png", "blue/3.png"));
  EXPECT_THAT(chosen->notes, IsEmpty());
}

TEST_F(OptimizeTest, EveryBeginningOfTheCalibrationPhotosIsSpread) {
  const auto chosen = choose_optimize_photos(color_model(1), path("photos"), path("photos"));
  ASSERT_TRUE(chosen);
  std::vector<std::string> first = names(*chosen->calibration);
  ASSERT_EQ(first.size(), 8u);
  first.resize(4);
  EXPECT_EQ(std::ranges::count_if(first, [](const std::string& name) { return name.starts_with("red"); }), 2);
}

TEST_F(OptimizeTest, PhotosThatChooseDoNotJudge) {
  const auto fresh = choose_optimize_photos(color_model(1), path("photos"), {}, {.validation = true});
  ASSERT_TRUE(fresh);
  EXPECT_EQ(fresh->validation->size(), 8) << "all eight calibrate: none is left";
  Model model = color_model(10);
  for (const char* name : {"red/0.png", "blue/0.png"}) {
    model.provenance.photos.push_back({sha256(map_file(path("photos/") + name)->span()), Split::kTrain});
  }
  std::ranges::sort(model.provenance.photos, {}, &SeenPhoto::sha256);
  const auto chosen = choose_optimize_photos(model, path("photos"), {}, {.validation = true});
  ASSERT_TRUE(chosen);
  EXPECT_THAT(names(*chosen->validation), ElementsAre("blue/2.png", "red/1.png", "red/3.png"));
  EXPECT_THAT(names(*chosen->evaluation), ElementsAre("blue/1.png", "blue/3.png", "red/2.png"));
  model.provenance.photos[0].split = Split::kVal;
  const auto tuned = choose_optimize_photos(model, path("photos"), {}, {.validation = true});
  EXPECT_EQ(tuned->validation->size(), 1);
  EXPECT_EQ(tuned->evaluation->size(), 6);
}

TEST_F(OptimizeTest, AutoTakesTheSmallestFileWithinTheDrop) {
  OptimizeSettings s = settings("auto");
  const auto result = run(s);
  ASSERT_TRUE(result) << result.error().text();
  ASSERT_GE(result->tried.size(), 4u);
  const auto row = std::ranges::find(result->tried, result->recipe, &TriedRecipe::recipe);
  ASSERT_NE(row, result->tried.end());
  for (const TriedRecipe& other : result->tried) {
    const bool in_question = other.refused.empty() && other.drop <= s.max_drop;
    EXPECT_TRUE(!in_question || row->bytes <= other.bytes) << other.recipe;
  }
  EXPECT_EQ(result->bytes, row->bytes);
  EXPECT_EQ(result->bytes, std::filesystem::file_size(path("small.tflite")));
  EXPECT_THAT(to_text(*result), HasSubstr("auto chose " + result->recipe));
  EXPECT_EQ(to_json(*result)["tried"].size(), result->tried.size());
}

TEST_F(OptimizeTest, WhatTheLogKnowsIsNotTriedAgain) {
  const Model model = color_model(10);
  Progress progress(ProgressStyle::kSilent);
  auto output = ModelOutput::create(path("small.tflite"), "", false);
  auto photos = trial_photos(path("photos"));
  ASSERT_TRUE(output && photos);
  const ComparedModel before{.model = model, .name = "m"};
  RecipeTrials trials(before, model, {}, nullptr, nullptr, {}, *output, progress);
  TrialLog log;
  ASSERT_TRUE(log.add({.recipe = "float16", .bytes = 1, .macs = 9, .drop = 0, .agreement = 1, .refused = {}}));
  ASSERT_TRUE(log.add({.recipe = "palette4", .refused = "why not"}));
  std::vector<TriedRecipe> tried;
  const std::vector<Recipe> candidates{*parse_recipe("float16"), *parse_recipe("palette4"),
                                       *parse_recipe("weight_only_wi8_afp32")};
  const auto best = choose_recipe(candidates, 0.01, **photos, trials, log, progress, tried);
  ASSERT_TRUE(best) << best.error().text();
  EXPECT_EQ(best->recipe.text(), "float16") << "by the bytes that the log has";
  EXPECT_GT(best->bytes, 1u) << "made after all";
  ASSERT_EQ(tried.size(), 3u);
  EXPECT_EQ(tried[0].bytes, 1u);
  EXPECT_EQ(tried[1].refused, "why not");
  EXPECT_NE(log.find("weight_only_wi8_afp32"), nullptr);
}

TEST_F(OptimizeTest, OnlyASearchIsResumedAndItsLogGoesWithIt) {
  OptimizeSettings s = settings("auto");
  s.resume = true;  // nothing is there: from the beginning
  const auto whole = run(s);
  ASSERT_TRUE(whole) << whole.error().text();
  EXPECT_FALSE(std::filesystem::exists(path("small.tflite.auto")));
  ASSERT_TRUE(write_file(path("small.tflite.auto"), std::string_view(R"({"about":{},"tried":[]})")));
  s.force = true;
  EXPECT_EQ(refusal(s).code, ErrorCode::kResumeRefused);
  s.recipe = "float16";
  EXPECT_THAT(refusal(s).text(), HasSubstr("only --recipe auto"));
}

TEST_F(OptimizeTest, CandidatesAreRightOnTheirTarget) {
  const auto texts = [](const char* output, std::string_view target, Effort effort) {
    std::vector<std::string> out;
    for (const Recipe& recipe : candidate_recipes(**format_to_write(output), target, effort)) {
      out.push_back(recipe.text());
    }
    return out;
  };
  EXPECT_THAT(texts("a.mlpackage", "", Effort::kFull), ElementsAre("float16", "weight_only_wi8_afp32"));
  EXPECT_THAT(texts("a.mlpackage", "ios17", Effort::kQuick), testing::Contains("static_wi8_ai8"));
  EXPECT_THAT(texts("a.tflite", "", Effort::kQuick), testing::Not(testing::Contains("weight_only_wi4_afp32")));
  EXPECT_THAT(texts("a.tflite", "", Effort::kFull), testing::Contains("weight_only_wi4_afp32"));
}

TEST_F(OptimizeTest, WithoutPhotosDrawnOnesJudge) {
  OptimizeSettings s = settings("float16");
  s.calibrate.clear();
  const auto result = run(s);
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(result->verified.images, 32);
  EXPECT_THAT(result->notes, testing::Contains(HasSubstr("32 drawn cats and dogs")));
}

}  // namespace paw::optimize_test
