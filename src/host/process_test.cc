#include "host/process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace paw::process_test {

namespace fs = std::filesystem;

TEST(FolderLock, IsHeldOnceAndLeavesNothing) {
  const fs::path folder = fs::temp_directory_path() / ("paw_lock_" + std::to_string(::getpid()));
  fs::create_directories(folder);
  {
    const auto first = FolderLock::take(folder);
    ASSERT_TRUE(first) << first.error().text();
    const auto second = FolderLock::take(folder);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::kIo);
    EXPECT_THAT(second.error().message, testing::HasSubstr("in use"));
  }
  EXPECT_TRUE(FolderLock::take(folder));
  EXPECT_TRUE(fs::is_empty(folder));
  fs::remove_all(folder);
  EXPECT_EQ(FolderLock::take(folder).error().code, ErrorCode::kIo);
}

TEST(Interrupt, SaysWhatToDoAndEndsWithTheSignalsCode) {
  EXPECT_EXIT((end_when_interrupted("go on with --resume"), ::raise(SIGINT)), testing::ExitedWithCode(130),
              "go on with --resume");
  EXPECT_EXIT((end_when_interrupted(std::string(5000, 'x')), ::raise(SIGTERM)), testing::ExitedWithCode(143), "xxx");
}

}  // namespace paw::process_test
