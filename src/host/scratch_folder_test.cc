#include "host/scratch_folder.h"

#include <gtest/gtest.h>

#include <optional>

#include "host/file.h"

namespace paw::scratch_folder_test {

namespace fs = std::filesystem;

TEST(ScratchFolder, HoldsFilesAndGoesWithThem) {
  std::string path;
  {
    auto folder = ScratchFolder::make();
    ASSERT_TRUE(folder) << folder.error().text();
    const ScratchFolder moved = *std::move(folder);
    const auto written = moved.write("deep/er", std::as_bytes(std::span("text", 4)));
    ASSERT_TRUE(written) << written.error().text();
    EXPECT_EQ(*written, moved / "deep/er");
    EXPECT_EQ(fs::file_size(*written), 4u);
    EXPECT_FALSE(moved.write("deep", {})) << "a folder stands there";
    path = moved / "";
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(ScratchFolder, EachIsAnother) {
  const auto one = ScratchFolder::make(), two = ScratchFolder::make();
  ASSERT_TRUE(one && two);
  EXPECT_NE(*one / "", *two / "");
}

}  // namespace paw::scratch_folder_test
