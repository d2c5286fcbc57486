#include "pipeline/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "pipeline/color_model_testing.h"
#include "pipeline/report_parts.h"

namespace paw::report_test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::SizeIs;

RunRecord record_of(const Json& stages) {
  RunRecord run{.folder = {}, .json = std::make_shared<const Json>(Json{{"stages", stages}}), .manifest = {}};
  return run;
}

TestAnswer answer_of(std::string path, std::int64_t label, std::vector<double> scores) {
  TestAnswer answer{.path = std::move(path), .label = label, .scores = std::move(scores), .picture = {}};
  answer.said = std::ranges::max_element(answer.scores) - answer.scores.begin();
  return answer;
}

Image decoded(const report::Picture& picture) {
  const auto photo = decode_photo(picture.file.span(), picture.alt);
  EXPECT_TRUE(photo) << photo.error().text();
  return photo ? photo->image : Image{};
}

TEST(ReportRecord, WhatIsNotThereIsNothing) {
  const Json json = {{"a", {{"b", 3}}}, {"rows", {1, "x"}}, {"yes", true}};
  EXPECT_EQ(json_number(json_at(json, {"a", "b"})), 3);
  EXPECT_TRUE(json_at(json, {"a", "b", "c"}).is_null());
  EXPECT_TRUE(json_at(json, {"rows", "x"}).is_null());
  EXPECT_EQ(json_number(json_at(json, {"yes"})), std::nullopt);
  EXPECT_THAT(json_rows(json_at(json, {"a"})), IsEmpty());
  EXPECT_THAT(json_texts(json_at(json, {"rows"})), ElementsAre("1", "x"));
}

TEST(ReportTraining, OfAReproducibleRunNoTimeIsShown) {
  RunRecord run = record_of(
      {{"train",
        {{"settings", {{"net", "pawnet"}, {"backbone", ""}}},
         {"seconds", 5},
         {"result",
          {{"way", "pawnet from scratch"},
           {"best_epoch", 2},
           {"epochs", {{{"epoch", 1}, {"val_accuracy", 0.5}, {"images_per_s", 10}}, {{"epoch", 2}, {"loss", "x"}}}},
           {"ways", {{{"way", "one"}, {"epochs", 2}, {"test_accuracy", 0.75}, {"seconds", 9.0}}}}}}}}});
  report::TrainingPart t = training_of(run);
  ASSERT_THAT(t.epochs, SizeIs(2));
  EXPECT_EQ(t.epochs[0].images_per_s, 10);
  EXPECT_EQ(t.epochs[1].loss, 0);
  EXPECT_THAT(t.settings, ElementsAre(Pair("net", "pawnet")));
  ASSERT_THAT(t.ways, SizeIs(1));
  EXPECT_EQ(t.ways[0].test_accuracy, 0.75);
  EXPECT_EQ(t.ways[0].seconds, 9.0);
  EXPECT_EQ(run.seconds("train"), 5);
  run.reproducible = true;
  t = training_of(run);
  EXPECT_EQ(t.epochs[0].images_per_s, std::nullopt);
  EXPECT_EQ(t.ways[0].seconds, std::nullopt);
  EXPECT_EQ(run.seconds("train"), std::nullopt);
}

TEST(ReportQuality, TheSurestMistakeIsFirstAndTheLeastSureAnswerToo) {
  Model model;
  model.labels = {"cat", "dog"};
  model.threshold = 0.7;
  Progress silent(ProgressStyle::kSilent);
  const ReportPhotos photos({}, silent);
  const report::QualityPart q =
      quality_of(record_of({{"train", Json::object()}}), model,
                 {answer_of("a", 0, {0.95, 0.05}), answer_of("b", 0, {0.2, 0.8}), answer_of("c", 1, {0.9, 0.1}),
                  answer_of("d", 1, {0.45, 0.55}), answer_of("e", 0, {0.6, 0.4})},
                 photos);
  EXPECT_EQ(q.all_mistakes, 2);
  ASSERT_THAT(q.mistakes, SizeIs(2));
  EXPECT_EQ(q.mistakes[0].path, "c");
  EXPECT_EQ(q.mistakes[0].said, "cat");
  EXPECT_NEAR(q.mistakes[0].label_score, 0.1, 1e-9);
  ASSERT_THAT(q.unsure, SizeIs(2));
  EXPECT_EQ(q.unsure[0].path, "d");
  ASSERT_THAT(q.bins, SizeIs(10));
  EXPECT_EQ(q.bins[9].count, 2);
  EXPECT_NEAR(q.bins[9].score, 0.925, 1e-9);
  EXPECT_EQ(q.bins[9].accuracy, 0.5);
  EXPECT_THAT(q.no_pictures, HasSubstr("--photos"));
}

class Report : public ColorModelTest {
 protected:
  RunRecord run(const Json& stages) const {
    RunRecord run = record_of(stages);
    run.folder = folder_;
    return run;
  }
  void write_json(const std::string& name, const Json& json) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    ASSERT_TRUE(write_file(path(name), std::string_view(json.dump())));
  }
  Result<report::JourneyPart> journey(const PhotoModel& model, const report::FilesPart& files,
                                      const std::vector<TestAnswer>& answers, bool times = false) {
    ReportPhotos photos(folder_, silent_);
    return journey_of(run(Json::object()), model, files, answers, photos, times);
  }

  Progress silent_{ProgressStyle::kSilent};
};

TEST_F(Report, FilesAreTheRecordsAndThoseBesideIt) {
  write(color_model(1));
  const Json file = {{"file", "exports/b.tflite"},
                     {"recipe", "none"},
                     {"bytes", 10},
                     {"ms", 2.0},
                     {"verified", {{"top1_after", 0.9}, {"agreement", 1}, {"images", 8}}}};
  write_json("exports/a.tflite.json", {{"recipe", "int8"},
                                       {"bytes", 5},
                                       {"max_drop", 0.25},
                                       {"layers", {{{"name", "x"}, {"kept_float", "why"}}, {{"name", "y"}}}},
                                       {"tried", {{{"recipe", "int8"}, {"pareto", true}, {"drop", 0.5}}}}});
  write_json("exports/b.tflite.json", {{"recipe", "another"}});
  RunRecord record = run({{"tflite", {{"result", {{"files", {file}}}}}}});
  report::FilesPart files = files_of(record, color_model(1));
  std::vector<std::pair<std::string, std::string>> names;
  for (const report::FileRow& row : files.files) names.emplace_back(row.file, row.recipe);
  EXPECT_THAT(names, ElementsAre(Pair("model.paw", "none"), Pair("exports/b.tflite", "none"),
                                 Pair("exports/a.tflite", "int8")));
  EXPECT_EQ(files.files[1].ms, 2.0);
  EXPECT_EQ(files.files[1].top1, 0.9);
  EXPECT_GT(files.files[0].bytes, 0u);
  EXPECT_EQ(files.max_drop, 0.25);
  ASSERT_THAT(files.kept, SizeIs(1));
  EXPECT_EQ(files.kept[0].layer, "x");
  ASSERT_THAT(files.tried, SizeIs(1));
  EXPECT_TRUE(files.tried[0].best_of_its_size);
  record.reproducible = true;
  files = files_of(record, color_model(1));
  EXPECT_EQ(files.files[1].ms, std::nullopt);
}

TEST_F(Report, AppsHaveTheirGoldenPhotosAndABrokenOneIsAnError) {
  write(flat_picture(255, 0, 0), "apps/web/golden/0.png");
  write_json("apps/web/model.json", {{"labels", {"red", "blue"}},
                                     {"tolerance", 0.01},
                                     {"golden",
                                      {{{"file", "golden/0.png"}, {"scores", {0.75, 0.25}}},
                                       {{"file", "../../../etc/passwd"}, {"scores", "none"}}}}});
  RunRecord record = run(Json::object());
  record.reproducible = true;  // no browser
  const auto apps = apps_of(record, silent_);
  ASSERT_TRUE(apps) << apps.error().text();
  ASSERT_THAT(apps->apps, SizeIs(1));
  EXPECT_EQ(apps->apps[0].title, "Web app");
  EXPECT_EQ(apps->apps[0].files, 2u);
  EXPECT_THAT(apps->screens, IsEmpty());
  ASSERT_THAT(apps->golden, SizeIs(2));
  EXPECT_THAT(apps->golden[0].scores, ElementsAre(0.75, 0.25));
  EXPECT_EQ(apps->golden[0].picture.width, 96);
  EXPECT_TRUE(apps->golden[1].picture.empty()) << "nothing outside the app is shown";
  ASSERT_TRUE(write_file(path("apps/web/model.json"), std::string_view("{")));
  EXPECT_EQ(apps_of(record, silent_).error().code, ErrorCode::kBadData);
}

TEST_F(Report, StagesSayWhatIsThereAndHowToGoOn) {
  report::Page page;
  page.training.epochs = {{.epoch = 1}};
  page.files.files = {{"model.paw", "", "none", 1000}, {"exports/m.tflite", "", "none", 2000}};
  page.parity = {{"exports/m.tflite", "pawprint", "", 4, 1.0, 0.0}, {"exports/m.tflite", "LiteRT", "not run", 0}};
  const auto stages = stages_of(run({{"tflite", {{"seconds", 2}}}}), page);
  std::vector<bool> done;
  for (const report::Stage& stage : stages) done.push_back(stage.done);
  EXPECT_THAT(done, ElementsAre(true, true, false, false, false, true));
  EXPECT_EQ(stages[1].seconds, 2);
  EXPECT_THAT(stages[1].lines, ElementsAre(HasSubstr("exports/m.tflite, 2")));
  EXPECT_THAT(stages[3].missing, HasSubstr("paw optimize"));
  EXPECT_THAT(stages[5].lines, ElementsAre(HasSubstr("1 of 1 ways")));
}

TEST_F(Report, OnePhotosJourneyIsThatOfTheMiddleRightAnswer) {
  write(color_model(10));
  write(flat_picture(0, 204, 0), "green.png");
  const auto model = PhotoModel::load(path("model.paw"), 1);
  ASSERT_TRUE(model) << model.error().text();
  const std::vector<TestAnswer> answers = {
      answer_of("wrong.png", 0, {0.1, 0.8, 0.1}), answer_of("sure.png", 1, {0.01, 0.98, 0.01}),
      answer_of("green.png", 1, {0.2, 0.6, 0.2}), answer_of("hardly.png", 1, {0.3, 0.4, 0.3})};
  const auto j = journey(*model, {}, answers, true);
  ASSERT_TRUE(j) << j.error().text();
  EXPECT_EQ(j->photo, "green.png");
  EXPECT_EQ(j->label, "green");
  EXPECT_THAT(j->steps, SizeIs(3));
  ASSERT_THAT(j->maps, SizeIs(1));
  EXPECT_TRUE(j->maps[0].small.empty());
  EXPECT_THAT(j->layers, Not(IsEmpty()));
  EXPECT_TRUE(j->layers[0].ms);
  ASSERT_THAT(j->answers, SizeIs(1));
  const auto nowhere = journey(*model, {}, {answer_of("gone.png", 1, {0.1, 0.8, 0.1})});
  ASSERT_TRUE(nowhere) << nowhere.error().text();
  EXPECT_THAT(nowhere->photo, IsEmpty());
  EXPECT_THAT(nowhere->missing, Not(IsEmpty()));
}

// The right half of the picture is red, and speaks for red.
TEST_F(Report, APhotoThatIsNotSquareIsShownWhereTheModelLooked) {
  write(color_model(10, 8, 16));
  Image photo;
  photo.set_size(16, 8);
  for (std::size_t i = 0; i < 16 * 8; ++i) photo.rgb[3 * i] = i % 16 >= 8 ? 255 : 0;
  write(photo, "half.png");
  const auto model = PhotoModel::load(path("model.paw"), 1);
  ASSERT_TRUE(model) << model.error().text();
  const auto j = journey(*model, {}, {answer_of("half.png", 0, {0.8, 0.1, 0.1})});
  ASSERT_TRUE(j) << j.error().text();
  ASSERT_FALSE(j->overlay.empty());
  const Image overlay = decoded(j->overlay);
  ASSERT_EQ(std::pair(overlay.width, overlay.height), std::pair(std::int64_t{16}, std::int64_t{8}));
  const auto green_at = [&](std::int64_t x) { return overlay.rgb[static_cast<std::size_t>(3 * (4 * 16 + x) + 1)]; };
  EXPECT_LT(green_at(2), 60) << "dark where nothing speaks for it";
  EXPECT_GT(green_at(13), 120) << "yellow over red where it does";
}

TEST_F(Report, TheSmallerFileIsShownBesideTheTrainedModel) {
  write(color_model(10));
  write(color_model(5), "exports/small.paw");
  write(flat_picture(0, 204, 0), "green.png");
  const auto model = PhotoModel::load(path("model.paw"), 1);
  ASSERT_TRUE(model) << model.error().text();
  const report::FilesPart files{.files = {{"model.paw", "", "none", 9}, {"exports/small.paw", "", "int8", 5}}};
  const auto j = journey(*model, files, {answer_of("green.png", 1, {0.2, 0.6, 0.2})});
  ASSERT_TRUE(j) << j.error().text();
  ASSERT_THAT(j->answers, SizeIs(2));
  EXPECT_EQ(j->answers[1].model, "small.paw");
  EXPECT_LT(j->answers[1].scores[1], 0.99);
  ASSERT_THAT(j->maps, SizeIs(1));
  EXPECT_EQ(decoded(j->maps[0].small), decoded(j->maps[0].trained)) << "the gain stands behind these maps";
  // Of other shapes there is nothing to put beside each other.
  write(color_model(5, 8, 8), "exports/small.paw");
  const auto other = journey(*model, files, {answer_of("green.png", 1, {0.2, 0.6, 0.2})});
  ASSERT_TRUE(other) << other.error().text();
  EXPECT_TRUE(other->maps[0].small.empty());
}

TEST_F(Report, IsWrittenOfATrainingAlone) {
  write(color_model(10));
  write_json("run.json", {{"stages", {{"train", {{"state", "done"}}}}}});
  const auto result = write_report({.run = folder_.string(), .photos = {}, .reproducible = true}, silent_);
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(result->bytes, std::filesystem::file_size(path("report.html")));
  EXPECT_EQ(result->pictures, 0);
  EXPECT_THAT(result->not_done, SizeIs(6));
  EXPECT_EQ(write_report({.run = path("none"), .photos = {}}, silent_).error().code, ErrorCode::kIo);
  write_json("run.json", {{"stages", 3}});
  EXPECT_EQ(write_report({.run = folder_.string(), .photos = {}}, silent_).error().code, ErrorCode::kBadData);
}

}  // namespace paw::report_test
