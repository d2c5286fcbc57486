#include "pipeline/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace paw {
namespace {

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
  for (std::int64_t epoch = 1; epoch <= 4; ++epoch) ASSERT_TRUE(write_checkpoint(folder_, sample(epoch)));
  EXPECT_EQ(files(), (std::vector<std::string>{"epoch-000003.ckpt", "epoch-000004.ckpt"}));
  const auto read = read_checkpoint(folder_, values(0), passed_over_);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->state.epochs_done, 4);
  EXPECT_EQ(read->state.values, values(4));
  EXPECT_EQ(read->best, values(0.5f));
  EXPECT_EQ(read->about, R"({"seed":7})");
  EXPECT_TRUE(passed_over_.empty());
}

TEST_F(CheckpointTest, AFlippedBitIsSeenAndTheOneBeforeIsTaken) {
  for (std::int64_t epoch = 1; epoch <= 2; ++epoch) ASSERT_TRUE(write_checkpoint(folder_, sample(epoch)));
  damage("epoch-000002.ckpt", fs::file_size(folder_ / "epoch-000002.ckpt") - 70);
  const auto read = read_checkpoint(folder_, values(0), passed_over_);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->state.epochs_done, 1);
  ASSERT_EQ(passed_over_.size(), 1u);
  EXPECT_THAT(passed_over_[0], testing::HasSubstr("epoch-000002.ckpt"));
}

TEST_F(CheckpointTest, NothingToResumeIsRefused) {
  const auto none = read_checkpoint(folder_, values(0), passed_over_);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kResumeRefused);
  ASSERT_TRUE(write_checkpoint(folder_, sample(1)));
  std::vector<Tensor> larger = values(0);
  larger.push_back(Tensor::zeros({DType::kF32, {1000}}));
  const auto other = read_checkpoint(folder_, larger, passed_over_);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kResumeRefused);
}

}  // namespace
}  // namespace paw
