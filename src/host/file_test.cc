#include "host/file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace paw::file_test {

namespace fs = std::filesystem;
using testing::HasSubstr;

class FileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "paw-file-test-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  static std::string contents(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static std::size_t entries(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator{}));
  }
  // `status` is an I/O error about `path` that mentions `what`.
  static void expect_io(const Status& status, const fs::path& path, std::string_view what) {
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kIo);
    EXPECT_EQ(status.error().where, path.string());
    EXPECT_THAT(status.error().text(), HasSubstr(std::string(what)));
  }
  static Status read(const fs::path& path) {
    if (auto bytes = map_file(path); !bytes) return std::unexpected(bytes.error());
    return {};
  }

  fs::path folder_;
};

TEST_F(FileTest, WritesWithoutSync) {
  const fs::path path = folder_ / "a.bin";
  for (const std::string text : {"old", "new and longer"}) {
    ASSERT_TRUE(write_file_unsynced(path, std::as_bytes(std::span(text))));
    EXPECT_EQ(contents(path), text);
    EXPECT_EQ(entries(folder_), 1u);
  }
  expect_io(write_file_unsynced(folder_ / "missing" / "a", {}), folder_ / "missing" / "a", "No such file");
}

TEST_F(FileTest, WritesAndMapsBack) {
  const fs::path path = folder_ / "a.bin";
  const std::string text("some\0bytes\n", 11);
  ASSERT_TRUE(write_file(path, text));
  const auto bytes = map_file(path);
  ASSERT_TRUE(bytes) << bytes.error().text();
  EXPECT_EQ(*bytes, Bytes::copy_of(std::as_bytes(std::span(text))));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(bytes->data()) % kBufferAlignment, 0u);
  EXPECT_EQ(entries(folder_), 1u);
}

TEST_F(FileTest, ReplacesAndKeepsPermissions) {
  const fs::path path = folder_ / "a.txt";
  ASSERT_TRUE(write_file(path, "old"));
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  const auto old = map_file(path);
  ASSERT_TRUE(old);
  ASSERT_TRUE(write_file(path, "new and longer"));
  EXPECT_EQ(contents(path), "new and longer");
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600u);
  EXPECT_EQ(*old, Bytes::copy_of(std::as_bytes(std::span("old", 3))));  // a mapping keeps the old file
  EXPECT_EQ(entries(folder_), 1u);
}

TEST_F(FileTest, WritesIntoTheCurrentFolderAndEmptyFiles) {
  const fs::path before = fs::current_path();
  fs::current_path(folder_);
  EXPECT_TRUE(write_file("bare", ""));
  fs::current_path(before);
  EXPECT_EQ(contents(folder_ / "bare"), "");
  const auto bytes = map_file(folder_ / "bare");
  ASSERT_TRUE(bytes);
  EXPECT_TRUE(bytes->empty());
}

TEST_F(FileTest, MapRefusesWhatIsNotAFile) {
  expect_io(read(folder_), folder_, "is a folder");
  expect_io(read(folder_ / "missing"), folder_ / "missing", "No such file");
  expect_io(read("/dev/zero"), "/dev/zero", "not a regular file");
  ASSERT_TRUE(write_file(folder_ / "file", "x"));
  expect_io(read(folder_ / "file" / "inner"), folder_ / "file" / "inner", "not a folder");
}

TEST_F(FileTest, MapDoesNotWaitForAPipe) {
  const fs::path path = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  ::alarm(20);  // a wait would end the test binary
  expect_io(read(path), path, "not a regular file");
  expect_io(write_file(path, "x"), path, "not a regular file");
  ::alarm(0);
  EXPECT_TRUE(fs::is_fifo(path));
}

TEST_F(FileTest, ErrorsEscapeTheName) {
  const auto bytes = map_file(folder_ / "a\x1b[31m");
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().where.find('\x1b'), std::string::npos);
}

TEST_F(FileTest, WriteRefusesAFolderAsTarget) {
  const fs::path path = folder_ / "sub";
  fs::create_directory(path);
  expect_io(write_file(path, "x"), path, "is a folder");
  expect_io(write_file(path / "", "x"), path / "", "is a folder");
  expect_io(write_file(folder_ / "new" / "", "x"), folder_ / "new" / "", "does not name a file");
  EXPECT_EQ(entries(folder_), 1u);
  EXPECT_EQ(entries(path), 0u);
}

TEST_F(FileTest, WriteNeverReplacesADevice) {
  expect_io(write_file("/dev/null", "x"), "/dev/null", "not a regular file");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(FileTest, WriteNeedsItsFolder) {
  const fs::path missing = folder_ / "no" / "a";
  expect_io(write_file(missing, "x"), missing, "No such file");
  ASSERT_TRUE(write_file(folder_ / "file", "x"));
  const fs::path inside = folder_ / "file" / "a";
  expect_io(write_file(inside, "x"), inside, "a file, not a folder");
  const fs::path proc = "/proc/paw-file-test";  // refuses new files to everybody, root included
  expect_io(write_file(proc, "x"), proc, "cannot be written");
}

TEST_F(FileTest, WriteIntoAReadOnlyFolder) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  const fs::path path = folder_ / "a";
  ASSERT_TRUE(write_file(path, "old"));
  ASSERT_EQ(::chmod(folder_.c_str(), 0500), 0);
  expect_io(write_file(path, "new"), path, "check the permissions");
  ASSERT_EQ(::chmod(folder_.c_str(), 0700), 0);
  EXPECT_EQ(contents(path), "old");
  EXPECT_EQ(entries(folder_), 1u);
}

TEST_F(FileTest, NameTooLong) {
  const fs::path path = folder_ / std::string(300, 'n');
  expect_io(write_file(path, "x"), path, "shorter name");
  EXPECT_EQ(entries(folder_), 0u);
  EXPECT_TRUE(write_file(folder_ / std::string(255, 'n'), "x"));  // the temporary file's name is not longer
}

// A limit on file size makes write() fail half way, like a quota.
TEST_F(FileTest, WriteCutOffLeavesTheOldFile) {
  const fs::path path = folder_ / "a";
  ASSERT_TRUE(write_file(path, "old"));
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{100'000, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Status status = write_file(path, std::string(300'000, 'n'));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  (void)std::signal(SIGXFSZ, handler);
  expect_io(status, path, "file size limit");
  EXPECT_EQ(contents(path), "old");
  EXPECT_EQ(entries(folder_), 1u);
}

TEST_F(FileTest, FullDiskLeavesTheOldFile) {
  if (::mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=65536") != 0) GTEST_SKIP() << "cannot mount a small disk";
  const fs::path path = folder_ / "a";
  EXPECT_TRUE(write_file(path, "old"));
  const Status status = write_file(path, std::string(300'000, 'n'));
  EXPECT_EQ(contents(path), "old");
  EXPECT_EQ(entries(folder_), 1u);
  EXPECT_EQ(::umount(folder_.c_str()), 0);
  expect_io(status, path, "free some space");
}

TEST_F(FileTest, ReadOnlyDiskLeavesTheOldFile) {
  if (::mount("tmpfs", folder_.c_str(), "tmpfs", 0, nullptr) != 0) GTEST_SKIP() << "cannot mount a disk";
  const fs::path path = folder_ / "a";
  EXPECT_TRUE(write_file(path, "old"));
  EXPECT_EQ(::mount("tmpfs", folder_.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr), 0);
  const Status status = write_file(path, "new");
  EXPECT_EQ(contents(path), "old");
  EXPECT_EQ(entries(folder_), 1u);
  EXPECT_EQ(::umount(folder_.c_str()), 0);
  expect_io(status, path, "on a disk that can be written");
}

TEST_F(FileTest, CheckOutput) {
  const fs::path path = folder_ / "a";
  EXPECT_TRUE(check_output(path, false));
  EXPECT_TRUE(check_output(path / "inner", false));
  ASSERT_TRUE(write_file(path, "x"));
  expect_io(check_output(path, false), path, "--force");
  EXPECT_TRUE(check_output(path, true));
  fs::create_symlink("nowhere", folder_ / "link");
  expect_io(check_output(folder_ / "link", false), folder_ / "link", "exists already");
}

}  // namespace paw::file_test
