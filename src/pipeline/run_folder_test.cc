#include "pipeline/run_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "pipeline/epochs.h"

namespace paw::run_folder_test {

namespace fs = std::filesystem;

class RunFolderTest : public testing::Test {
 protected:
  void SetUp() override {
    path_ = fs::temp_directory_path() / ("paw_run_" + std::to_string(::getpid()));
    fs::remove_all(path_);
  }
  void TearDown() override { fs::remove_all(path_); }
  Result<RunFolder> open(RunMode mode) const { return RunFolder::open(path_.string(), mode); }
  void put(const char* name, const char* text = "x") const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << text;
  }
  fs::path path_;
};

TEST_F(RunFolderTest, WhatWasMadeForNothingGoes) {
  ASSERT_TRUE(open(RunMode::kNew));
  EXPECT_FALSE(fs::exists(path_));
  {
    put("run.json");
  }
  const auto again = open(RunMode::kNew);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kIo);
  EXPECT_TRUE(fs::exists(path_ / "run.json"));
}

TEST_F(RunFolderTest, ClearRemovesWhatARunWroteAndNothingElse) {
  for (const char* name :
       {"run.json", "model.paw", "checkpoint/net-000001.ckpt", "notes.txt", ".paw-1-2.tmp", "checkpoint/.paw-9-9.tmp"})
    put(name);
  const auto folder = open(RunMode::kForce);
  ASSERT_TRUE(folder) << folder.error().text();
  EXPECT_FALSE(fs::exists(path_ / ".paw-1-2.tmp"));
  EXPECT_FALSE(fs::exists(path_ / "checkpoint/.paw-9-9.tmp"));
  EXPECT_TRUE(fs::exists(path_ / "model.paw")) << "stays until the new run begins";
  ASSERT_TRUE(folder->clear());
  EXPECT_FALSE(fs::exists(path_ / "model.paw"));
  EXPECT_FALSE(fs::exists(path_ / "checkpoint"));
  EXPECT_TRUE(fs::exists(path_ / "notes.txt"));
  EXPECT_FALSE(folder->resumed());
  EXPECT_EQ(open(RunMode::kResume).error().code, ErrorCode::kIo) << "is in use";
}

TEST_F(RunFolderTest, TheRecordComesBackAndABrokenOneIsRefused) {
  {
    const auto folder = open(RunMode::kResume);
    ASSERT_TRUE(folder);
    EXPECT_FALSE(folder->resumed());
    ASSERT_TRUE(folder->write_record(Json{{"stages", {{"train", {{"state", "running"}}}}}}));
  }
  {
    const auto folder = open(RunMode::kResume);
    ASSERT_TRUE(folder);
    EXPECT_TRUE(folder->resumed());
    EXPECT_EQ(folder->read_record()->at("stages").at("train").at("state"), "running");
    EXPECT_EQ(folder->read_record()->at("schema"), 1);
  }
  for (const char* text : {"", "[]", "{}", R"({"schema":2,"stages":{}})", R"({"schema":1,"stages":[]})"}) {
    put("run.json", text);
    const auto folder = open(RunMode::kResume);
    ASSERT_TRUE(folder);
    EXPECT_EQ(folder->read_record().error().code, ErrorCode::kResumeRefused) << text;
  }
}

TEST(Metrics, OneLinePerEpoch) {
  const EpochRow row{.epoch = 2,
                     .step = 50,
                     .loss = 0.25,
                     .accuracy = 0.9,
                     .val_loss = 1.0 / 3,
                     .val_accuracy = 1,
                     .learning_rate = 1e-3,
                     .images_per_s = 12.34,
                     .seconds = 1};
  EXPECT_EQ(metrics_text(std::span(&row, 1)),
            "epoch,step,loss,accuracy,val_loss,val_accuracy,lr,images_per_s\n2,50,0.25,0.9,0.333333,1,0.001,12.3\n");
}

}  // namespace paw::run_folder_test
