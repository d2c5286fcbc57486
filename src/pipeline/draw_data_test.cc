#include "pipeline/draw_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

namespace paw::draw_data_test {

namespace fs = std::filesystem;
using testing::HasSubstr;

class DrawDataTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "paw-draw-test-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  Result<DrawResult> draw(const std::string& name, std::int64_t count, std::int64_t seed = 0, bool force = false,
                          int threads = 2) {
    Progress silent(ProgressStyle::kSilent);
    return draw_data({.out = (folder_ / name).string(),
                      .count = count,
                      .size = 32,
                      .seed = seed,
                      .force = force,
                      .threads = threads},
                     silent);
  }
  std::map<std::string, std::string> files(const std::string& name) const {
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / name)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      all[fs::relative(entry.path(), folder_ / name).generic_string()] = {std::istreambuf_iterator<char>(in), {}};
    }
    return all;
  }

  fs::path folder_;
};

TEST_F(DrawDataTest, SameSettingsSameFilesForAnyNumberOfThreads) {
  const auto result = draw("a", 7);
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(result->cats, 4);
  EXPECT_EQ(result->dogs, 3);
  const auto all = files("a");
  ASSERT_EQ(all.size(), 7u);
  EXPECT_TRUE(all.contains("cat/cat_0003.png"));
  EXPECT_TRUE(all.contains("dog/dog_0002.png"));
  std::uint64_t bytes = 0;
  for (const auto& [name, data] : all) bytes += data.size();
  EXPECT_EQ(result->bytes, bytes);
  ASSERT_TRUE(draw("b", 7, 0, false, 1));
  EXPECT_EQ(files("b"), all);
  ASSERT_TRUE(draw("c", 4));
  for (const auto& [name, data] : files("c")) EXPECT_EQ(data, all.at(name)) << "the first of more";
  ASSERT_TRUE(draw("d", 7, 1));
  EXPECT_NE(files("d"), all);
}

TEST_F(DrawDataTest, AnExistingFolderNeedsForceAndIsReplaced) {
  ASSERT_TRUE(draw("a", 6));
  const auto refused = draw("a", 2);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kIo);
  EXPECT_THAT(refused.error().hint, HasSubstr("--force"));
  ASSERT_TRUE(draw("a", 2, 0, true));
  EXPECT_EQ(files("a").size(), 2u) << "no picture of the larger set is left";
}

TEST_F(DrawDataTest, ForceNeverTouchesWhatIsNotDrawn) {
  ASSERT_TRUE(draw("a", 2));
  const auto before = files("a");
  for (const char* name : {"mine.jpg", "cat/cat_1.jpg", "cat/cat_x.png", "dog/cat_0000.png"}) {
    std::ofstream(folder_ / "a" / name) << "mine";
    const auto refused = draw("a", 2, 1, true);
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, ErrorCode::kIo);
    EXPECT_THAT(refused.error().where, HasSubstr(name));
    fs::remove(folder_ / "a" / name);
    EXPECT_EQ(files("a"), before);
  }
  std::ofstream(folder_ / "file") << "mine";
  EXPECT_EQ(draw("file", 2, 0, true).error().code, ErrorCode::kIo);
}

TEST_F(DrawDataTest, RefusesWhatItCannotDraw) {
  Progress silent(ProgressStyle::kSilent);
  for (const DrawSettings& bad :
       {DrawSettings{.count = 0}, {.count = -1}, {.count = 1'000'001}, {.size = 31}, {.size = 1025}, {.seed = -1}}) {
    DrawSettings settings = bad;
    settings.out = (folder_ / "never").string();
    const auto result = draw_data(settings, silent);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kUsage);
  }
  EXPECT_FALSE(fs::exists(folder_ / "never"));
}

}  // namespace paw::draw_data_test
