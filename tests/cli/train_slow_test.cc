// From photos to predictions with the real program: drawn, trained, predicted, and what is said when it cannot be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/cli_testing.h"

namespace paw::train_slow_test {

using Json = nlohmann::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class TrainCli : public Cli {
 protected:
  void SetUp() override {
    Cli::SetUp();
    ::setenv("XDG_CACHE_HOME", path("cache").c_str(), 1);
    ASSERT_EQ(paw("data draw -o '" + photos() + "' --count 60 --size 64 --quiet").exit, 0);
  }
  void TearDown() override {
    ::unsetenv("XDG_CACHE_HOME");
    Cli::TearDown();
  }
  std::string photos() const { return path("photos"); }
  Outcome train(const std::string& run, const std::string& flags) const {
    return paw("train '" + photos() + "' -o '" + path(run) + "' --net pawnet --size 64 --epochs 2 --quiet " + flags +
               " 2>/dev/null");
  }
  std::string bytes(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(TrainCli, LearnsPredictsAndTellsHow) {
  const Outcome trained = train("run", "--json");
  ASSERT_EQ(trained.exit, 0) << trained.out;
  const Json result = Json::parse(trained.out);
  EXPECT_EQ(result.at("epochs").size(), 2u);
  for (const char* key : {"epoch", "loss", "accuracy", "val_loss", "val_accuracy", "images_per_s", "seconds"}) {
    EXPECT_TRUE(result.at("epochs")[0].contains(key)) << key;
  }
  EXPECT_EQ(result.at("test").at("images"), 6);
  EXPECT_EQ(result.at("photos").at("train"), 48);
  EXPECT_THAT(bytes("run/metrics.csv"),
              StartsWith("epoch,step,loss,accuracy,val_loss,val_accuracy,lr,images_per_s\n1,2,"));
  EXPECT_THAT(bytes("run/manifest.csv"), StartsWith("path,sha256,class,split,verdict,reason\ncat/"));
  EXPECT_THAT(bytes("run/curves.svg"), HasSubstr("2 epochs; at the end"));
  const Json record = Json::parse(bytes("run/run.json"));
  EXPECT_EQ(record.at("stages").at("train").at("state"), "done");
  EXPECT_EQ(record.at("stages").at("train").at("result").at("test"), result.at("test"));
  EXPECT_EQ(result.at("calibration").at("from"), "nothing: 6 photos are too few");

  // What is left of the photos is what it was tested on, with the same result.
  const Outcome tried = paw("eval '" + path("run/model.paw") + "' '" + photos() + "' --json --quiet");
  ASSERT_EQ(tried.exit, 0) << tried.out;
  const Json report = Json::parse(tried.out);
  EXPECT_EQ(report.at("left_out"), 54);
  for (const char* key : {"images", "top1", "loss", "classes", "confusion", "ece"}) {
    EXPECT_EQ(report.at(key), result.at("test").at(key)) << key;
  }

  const std::string photo = photos() + "/dog/dog_0003.png";
  const Outcome said = paw("predict '" + path("run/model.paw") + "' '" + photo + "' --json --trace");
  ASSERT_EQ(said.exit, 0) << said.out;
  const Json answer = Json::parse(said.out).at("images")[0];
  double sum = 0;
  for (const Json& p : answer.at("predictions")) sum += p.at("score").get<double>();
  EXPECT_NEAR(sum, 1, 1e-5);
  EXPECT_GT(answer.at("layers").size(), 10u);
  for (const char* key : {"name", "op", "shape", "dtype", "min", "max", "mean", "std", "zeros", "ms"}) {
    EXPECT_TRUE(answer.at("layers")[0].contains(key)) << key;
  }
  // The trace runs another plan, with every result kept: the answer is the same.
  const Json plain =
      Json::parse(paw("predict '" + path("run/model.paw") + "' '" + photo + "' --json").out).at("images")[0];
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_NEAR(plain.at("predictions")[i].at("score").get<double>(),
                answer.at("predictions")[i].at("score").get<double>(), 1e-6);
  }
  // From standard input, as text.
  EXPECT_THAT(paw("predict '" + path("run/model.paw") + "' - < '" + photo + "'").out,
              ::testing::ContainsRegex("(cat|dog) [01][.][0-9]"));
}

TEST_F(TrainCli, OneSeedOneModelForAnyThreadsAndAFilledCache) {
  ASSERT_EQ(train("one", "--seed 3 --threads 1").exit, 0);
  ASSERT_EQ(train("two", "--seed 3 --threads 2").exit, 0);
  ASSERT_EQ(train("other", "--seed 4 --threads 2").exit, 0);
  EXPECT_FALSE(bytes("one/model.paw").empty());
  EXPECT_TRUE(bytes("one/model.paw") == bytes("two/model.paw"));
  EXPECT_TRUE(bytes("one/manifest.csv") == bytes("two/manifest.csv"));
  EXPECT_FALSE(bytes("one/model.paw") == bytes("other/model.paw"));
}

// A model of ours as the backbone of another: its features are computed once, and the second run answers the same.
TEST_F(TrainCli, TransfersFromAModelOfItsOwn) {
  ASSERT_EQ(train("first", "").exit, 0);
  const std::string flags = "' --backbone '" + path("first/model.paw") + "' --epochs 3 --quiet --json";
  const Outcome cold = paw("train '" + photos() + "' -o '" + path("cold") + flags);
  ASSERT_EQ(cold.exit, 0) << cold.out;
  EXPECT_EQ(Json::parse(cold.out).at("way"), "transfer from model.paw");
  EXPECT_EQ(Json::parse(cold.out).at("calibration").at("photos"), 54);
  ASSERT_EQ(paw("train '" + photos() + "' -o '" + path("warm") + flags + " --threads 1").exit, 0);
  EXPECT_TRUE(bytes("cold/model.paw") == bytes("warm/model.paw"));
  // Half of the features are gone: computed again, to the same bits.
  bool odd = false;
  for (const auto& file : std::filesystem::directory_iterator(path("cache/pawprint/features"))) {
    if ((odd = !odd)) std::filesystem::remove(file);
  }
  ASSERT_EQ(paw("train '" + photos() + "' -o '" + path("half") + flags).exit, 0);
  EXPECT_TRUE(bytes("cold/model.paw") == bytes("half/model.paw"));
}

TEST_F(TrainCli, BadPhotosAreLeftOutAndNamed) {
  std::ofstream(photos() + "/cat/text.jpg") << "no photo at all";
  std::ofstream(photos() + "/cat/empty.jpg").flush();
  const Outcome trained = train("run", "--json");
  ASSERT_EQ(trained.exit, 0) << trained.out;
  EXPECT_EQ(Json::parse(trained.out).at("photos").at("left_out"), 2);
  EXPECT_THAT(bytes("run/manifest.csv"), HasSubstr("cat/text.jpg,"));
  EXPECT_THAT(bytes("run/manifest.csv"), HasSubstr(",cat,,not_an_image,"));
  EXPECT_THAT(bytes("run/manifest.csv"), HasSubstr(",cat,,empty_file,"));

  const Outcome checked = paw("data check '" + photos() + "' --fix-list '" + path("fix.csv") + "' --json --quiet");
  ASSERT_EQ(checked.exit, 0) << checked.out;
  const Json check = Json::parse(checked.out);
  EXPECT_EQ(check.at("files"), 62);
  EXPECT_EQ(check.at("ok"), 60);
  EXPECT_EQ(check.at("verdicts").size(), 62u);
  EXPECT_EQ(check.at("classes").at("cat").at("files"), 32);
  EXPECT_EQ(check.at("classes").at("cat").at("used"), 30);
  EXPECT_TRUE(check.at("near_duplicates").empty());
  const std::string fix = bytes("fix.csv");
  EXPECT_EQ(std::ranges::count(fix, '\n'), 3);
  EXPECT_THAT(paw("data check '" + photos() + "' --quiet").out,
              HasSubstr("not_an_image (left out): 1\n  cat/text.jpg: "));
  EXPECT_EQ(paw("data check '" + photos() + "' --fix-list '" + path("fix.csv") + "' 2>/dev/null").exit, 6);
  EXPECT_EQ(paw("data check '" + photos() + "' --model '" + path("nowhere") + "' 2>/dev/null").exit, 6);
}

TEST_F(TrainCli, WhatCannotBeIsSaidWithItsExitCode) {
  EXPECT_EQ(paw("train /nowhere/at/all -o '" + path("run") + "' --net pawnet 2>/dev/null").exit, 6);
  EXPECT_EQ(train("run", "--epochs 0").exit, 2);
  EXPECT_EQ(train("run", "--net alexnet").exit, 2);
  const Outcome misspelt = paw("train '" + photos() + "' -o '" + path("run") + "' --backbone efficientnet-lit0 2>&1");
  EXPECT_EQ(misspelt.exit, 2);
  EXPECT_THAT(misspelt.out, HasSubstr("did you mean 'efficientnet-lite0'?"));
  EXPECT_EQ(paw("train '" + photos() + "' -o '" + path("run") + "' --backbone none --fine-tune 2>/dev/null").exit, 2);
  EXPECT_FALSE(std::filesystem::exists(path("run")));
  std::filesystem::create_directories(path("one/cat"));
  EXPECT_EQ(paw("train '" + path("one") + "' -o '" + path("run2") + "' --net pawnet 2>/dev/null").exit, 3);
  ASSERT_EQ(train("run3", "").exit, 0);
  EXPECT_EQ(train("run3", "").exit, 6) << "an earlier run is not overwritten";
  EXPECT_EQ(train("run3", "--force").exit, 0);
  std::ofstream(path("text.jpg")) << "no photo at all";
  const Outcome refused = paw("predict '" + path("run3/model.paw") + "' '" + path("text.jpg") + "' --json");
  EXPECT_EQ(refused.exit, 3);
  EXPECT_THAT(Json::parse(refused.out).at("error").at("where").get<std::string>(), HasSubstr("text.jpg"));
  EXPECT_EQ(paw("predict '" + path("text.jpg") + "' '" + path("text.jpg") + "' 2>/dev/null").exit, 4);
}

TEST(RealPhotos, RaiseNoFalseAlarm) {
  const char* zoo = std::getenv("PAW_ZOO");
  if (zoo == nullptr) GTEST_SKIP() << "no PAW_ZOO";
  const std::string photos = std::string(zoo) + "/photos/cats-dogs";
  const Json check = Json::parse(paw("data check '" + photos + "' --json --quiet").out);
  EXPECT_EQ(check.at("files"), 1000);
  EXPECT_EQ(check.at("used"), 1000);
  // Two files with the same picture, seen by eye.
  EXPECT_EQ(check.at("near_duplicates"), Json::parse(R"([["dog/dog.180.jpg", "dog/dog.74.jpg"]])"));
  EXPECT_EQ(check.at("ok"), 998);
  EXPECT_TRUE(check.at("warnings").empty());
}

// Photos whose labels were exchanged on purpose are the first that are suspected.
TEST_F(Cli, WrongLabelsAmongRealPhotosAreSuspectedFirst) {
  const char* zoo = std::getenv("PAW_ZOO");
  if (zoo == nullptr) GTEST_SKIP() << "no PAW_ZOO";
  namespace fs = std::filesystem;
  std::set<std::string> exchanged;
  for (const auto& [label, other] : {std::pair("cat", "dog"), std::pair("dog", "cat")}) {
    fs::create_directories(path(std::string("photos/") + label));
    std::vector<fs::path> files;
    for (const auto& file : fs::directory_iterator(fs::path(zoo) / "photos/cats-dogs" / label))
      files.push_back(file.path());
    std::ranges::sort(files);
    for (std::size_t i = 0; i < 120; ++i) {
      const bool wrong = i % 20 == 7;
      const std::string to = std::string(wrong ? other : label) + "/" + files[i].filename().string();
      fs::create_directories(path(std::string("photos/") + other));
      fs::copy_file(files[i], path("photos/" + to));
      if (wrong) exchanged.insert(to);
    }
  }
  const Outcome trained =
      paw("train '" + path("photos") + "' -o '" + path("run") + "' --backbone efficientnet-lite0 --quiet --json");
  if (trained.exit == 6) GTEST_SKIP() << "no backbone";
  ASSERT_EQ(trained.exit, 0) << trained.out;
  const Json check =
      Json::parse(paw("data check '" + path("photos") + "' --model '" + path("run") + "' --json --quiet").out);
  const Json& suspects = check.at("likely_mislabels");
  std::size_t found = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(exchanged.size(), suspects.size()); ++i) {
    found += exchanged.contains(suspects[i].at("path").get<std::string>()) ? 1u : 0u;
  }
  // A tenth of the photos are held out for the test and cannot be judged.
  EXPECT_GE(found, exchanged.size() * 3 / 4) << suspects.dump(1);
}

TEST_F(Cli, DemoDrawsTrainsAndPredicts) {
  ::setenv("XDG_CACHE_HOME", path("cache").c_str(), 1);
  const std::string run = path("run"), small = " --count 30 --size 32 --epochs 1 -o " + run;
  const Outcome demo = paw("demo --json" + small + " 2>/dev/null");
  ASSERT_EQ(demo.exit, 0) << demo.out;
  const Json result = Json::parse(demo.out);
  const Json& stages = result.at("stages");
  EXPECT_EQ(stages.at("train").at("result").at("shape"), (Json{30, 32, 32, 3}));
  EXPECT_EQ(stages.at("train").at("result").at("epochs").size(), 1u);
  EXPECT_EQ(stages.at("predict").at("result").at("images").size(), 4u);
  for (const char* file : {"model.tflite", "model.mlmodel", "model.mlpackage"}) {
    EXPECT_TRUE(std::filesystem::exists(run + "/exports/" + file)) << file;
    EXPECT_TRUE(std::filesystem::exists(run + "/exports/" + file + ".json")) << file;
  }
  const Json& small_files = stages.at("optimize").at("result");
  EXPECT_EQ(small_files.at("files").size() + small_files.at("refused").size(), 1u);
  const Json inspected = Json::parse(paw("inspect --json " + run + "/model.paw").out);
  EXPECT_EQ(inspected.at("format"), "paw");
  EXPECT_EQ(inspected.at("labels"), (Json{"cat", "dog"}));
  const Outcome bench = paw("bench --json --seconds 0 " + run + "/model.paw");
  ASSERT_EQ(bench.exit, 0) << bench.out;
  EXPECT_FALSE(Json::parse(bench.out).at("models").at(0).contains("steps"));

  const Outcome again = paw("demo" + small + " 2>&1");
  EXPECT_EQ(again.exit, 6);
  EXPECT_THAT(again.out, HasSubstr("--force"));
  EXPECT_EQ(paw("demo --quiet --force" + small).exit, 0);
  ::unsetenv("XDG_CACHE_HOME");
}

}  // namespace paw::train_slow_test
