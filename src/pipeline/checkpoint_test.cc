#include "pipeline/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace paw::checkpoint_test {

namespace fs = std::filesystem;

class CheckpointTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("paw_checkpoint_" + std::to_string(::getpid()));
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  static std::vector<Tensor> values(float first) {
    const float three[] = {first, 2, 3}, one[] = {first * 2};
    return {Tensor::f32({3}, three), Tensor::f32({}, one)};
  }
  static Checkpoint sample(std::int64_t epoch) {
    return {{epoch, values(static_cast<float>(epoch))}, values(0.5f), R"({"seed":7})"};
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& file : fs::directory_iterator(folder_)) names.push_back(file.path().filename().string());
    std::ranges::sort(names);
    return names;
  }
  void damage(const std::string& name, std::size_t at) const {
    std::fstream file(folder_ / name, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(at));
    file.put('\xFF');
  }

  fs::path folder_;
  std::vector<std::string> passed_over_;
};

TEST_F(CheckpointTest, TheLastTwoAreKeptAndTheNewestIsRead) {
  for (std::int64_t epoch = 1; epoch <= 4; ++epoch) ASSERT_TRUE(write_checkpoint(folder_, "epoch", sample(epoch)));
  EXPECT_EQ(files(), (std::vector<std::string>{"epoch-000003.ckpt", "epoch-000004.ckpt"}));
  const auto read = read_checkpoint(folder_, "epoch", values(0), passed_over_);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->value().state.epochs_done, 4);
  EXPECT_EQ(read->value().state.values, values(4));
  EXPECT_EQ(read->value().best, values(0.5f));
  EXPECT_EQ(read->value().about, R"({"seed":7})");
  EXPECT_TRUE(passed_over_.empty());
}

TEST_F(CheckpointTest, AFlippedBitIsSeenAndTheOneBeforeIsTaken) {
  for (std::int64_t epoch = 1; epoch <= 2; ++epoch) ASSERT_TRUE(write_checkpoint(folder_, "epoch", sample(epoch)));
  damage("epoch-000002.ckpt", fs::file_size(folder_ / "epoch-000002.ckpt") - 70);
  const auto read = read_checkpoint(folder_, "epoch", values(0), passed_over_);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->value().state.epochs_done, 1);
  ASSERT_EQ(passed_over_.size(), 1u);
  EXPECT_THAT(passed_over_[0], testing::HasSubstr("epoch-000002.ckpt"));
  // Both are damaged: it starts over, and says why.
  damage("epoch-000001.ckpt", 3);
  passed_over_.clear();
  const auto none = read_checkpoint(folder_, "epoch", values(0), passed_over_);
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->has_value());
  EXPECT_EQ(passed_over_.size(), 2u);
}

TEST_F(CheckpointTest, PhasesDoNotTouchEachOther) {
  ASSERT_TRUE(write_checkpoint(folder_, "classifier", sample(9)));
  for (std::int64_t epoch = 1; epoch <= 3; ++epoch) ASSERT_TRUE(write_checkpoint(folder_, "fine-tune", sample(epoch)));
  EXPECT_EQ(files(),
            (std::vector<std::string>{"classifier-000009.ckpt", "fine-tune-000002.ckpt", "fine-tune-000003.ckpt"}));
  EXPECT_EQ(read_checkpoint(folder_, "classifier", values(0), passed_over_)->value().state.epochs_done, 9);
  EXPECT_EQ(read_checkpoint(folder_, "fine-tune", values(0), passed_over_)->value().state.epochs_done, 3);
}

TEST_F(CheckpointTest, AnotherNetsIsRefusedAndNoneIsNone) {
  const auto none = read_checkpoint(folder_, "epoch", values(0), passed_over_);
  ASSERT_TRUE(none) << none.error().text();
  EXPECT_FALSE(none->has_value());
  ASSERT_TRUE(write_checkpoint(folder_, "epoch", sample(1)));
  std::vector<Tensor> larger = values(0);
  larger.push_back(Tensor::zeros({DType::kF32, {1000}}));
  const auto other = read_checkpoint(folder_, "epoch", larger, passed_over_);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kResumeRefused);
}

}  // namespace paw::checkpoint_test
