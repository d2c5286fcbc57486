#include "host/row_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <array>
#include <csignal>

namespace paw::row_file_test {

namespace fs = std::filesystem;
using Row = std::array<std::byte, 3>;

Row row(int value) { return {std::byte(value), std::byte(value + 1), std::byte(value + 2)}; }

TEST(RowFile, KeepsRowsInAnyOrderAndLeavesNothing) {
  const fs::path folder = fs::temp_directory_path() / ("paw_rows_" + std::to_string(::getpid()));
  fs::create_directories(folder);
  {
    auto file = RowFile::create(folder, 3);
    ASSERT_TRUE(file) << file.error().text();
    for (const int i : {5, 0, 2, 5}) ASSERT_TRUE(file->write(static_cast<std::uint64_t>(i), row(i)));
    RowFile moved = std::move(*file);
    for (const int i : {0, 2, 5}) {
      Row back{};
      ASSERT_TRUE(moved.read(static_cast<std::uint64_t>(i), back));
      EXPECT_EQ(back, row(i));
    }
    Row none{};
    EXPECT_EQ(moved.read(6, none).error().code, ErrorCode::kIo) << "was never written";
    EXPECT_TRUE(fs::is_empty(folder));
  }
  EXPECT_TRUE(fs::is_empty(folder));
  fs::remove_all(folder);
  EXPECT_EQ(RowFile::create(folder, 3).error().code, ErrorCode::kIo);
}

TEST(RowFile, AFullDiskIsAnError) {
  auto file = RowFile::create(fs::temp_directory_path(), 3);
  ASSERT_TRUE(file);
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto before = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = old;
  small.rlim_cur = 30;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Status fits = file->write(9, row(1)), too_far = file->write(10, row(1));
  ::setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, before);
  EXPECT_TRUE(fits);
  ASSERT_FALSE(too_far);
  EXPECT_EQ(too_far.error().code, ErrorCode::kIo);
}

}  // namespace paw::row_file_test
