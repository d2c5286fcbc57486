#include "vision/dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>

namespace paw::dataset_test {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class DatasetTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "paw-dataset-test-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    root_ = folder_ / "photos";
    fs::create_directory(root_);
  }
  void TearDown() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  void put(const std::string& name, std::string_view text = "photo") const {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << text;
  }
  void two_classes() const {
    for (const char* name : {"cat/b.jpg", "cat/a.jpg", "dog/a.jpg", "dog/B.jpg"}) put(name, name);
  }
  Result<Dataset> scan() const {
    Progress silent(ProgressStyle::kSilent);
    return scan_dataset(root_, silent);
  }
  // Path to verdict; the reasons of all that are not ok must be there.
  std::map<std::string, std::string> verdicts() const {
    std::map<std::string, std::string> found;
    const auto data = scan();
    EXPECT_TRUE(data) << data.error().text();
    if (!data) return found;
    EXPECT_TRUE(std::ranges::is_sorted(data->entries, {}, &DatasetEntry::path));
    for (const DatasetEntry& entry : data->entries) {
      EXPECT_EQ(entry.reason.empty(), entry.verdict == Verdict::kOk) << entry.path;
      EXPECT_EQ(entry.sha256.has_value(), entry.usable()) << entry.path;
      EXPECT_TRUE(found.emplace(entry.path, name(entry.verdict)).second) << entry.path << " is there twice";
    }
    return found;
  }

  fs::path folder_, root_;
};

TEST_F(DatasetTest, EveryPhotoHasItsClassAndHash) {
  two_classes();
  const auto data = scan();
  ASSERT_TRUE(data) << data.error().text();
  EXPECT_THAT(data->classes, ElementsAre("cat", "dog"));
  EXPECT_FALSE(data->split_by_folder);
  ASSERT_EQ(data->entries.size(), 4u);
  EXPECT_EQ(data->entries[0].path, "cat/a.jpg");
  EXPECT_EQ(data->entries[0].label, "cat");
  EXPECT_EQ(data->entries[0].bytes, 9u);
  EXPECT_EQ(data->entries[0].split, std::nullopt);
  const std::string_view content = "cat/a.jpg";
  EXPECT_EQ(data->entries[0].sha256, sha256(std::as_bytes(std::span(content))));
  EXPECT_EQ(data->entries[2].path, "dog/B.jpg") << "sorted byte by byte";
}

TEST_F(DatasetTest, WhatIsNoPhotoIsNamedWithItsReason) {
  two_classes();
  for (const char* name : {".DS_Store", "cat/.DS_Store", "cat/Thumbs.db", "dog/._a.jpg", "dog/desktop.ini",
                           ".git/config", "notes.txt", "cat/more/x.jpg"}) {
    put(name);
  }
  put("cat/\xe4.jpg");
  ASSERT_EQ(::mkfifo((root_ / "dog/pipe").c_str(), 0600), 0);
  const auto found = verdicts();
  EXPECT_EQ(found.at(".DS_Store"), "system_file");
  EXPECT_EQ(found.at(".git"), "system_file");
  EXPECT_EQ(found.at("cat/.DS_Store"), "system_file");
  EXPECT_EQ(found.at("cat/Thumbs.db"), "system_file");
  EXPECT_EQ(found.at("dog/._a.jpg"), "system_file");
  EXPECT_EQ(found.at("dog/desktop.ini"), "system_file");
  EXPECT_EQ(found.at("notes.txt"), "misplaced");
  EXPECT_EQ(found.at("cat/more"), "misplaced");
  EXPECT_EQ(found.at("cat/\xe4.jpg"), "name_not_utf8");
  EXPECT_EQ(found.at("dog/pipe"), "not_a_file");
  EXPECT_EQ(found.at("dog/a.jpg"), "ok");
  EXPECT_EQ(found.size(), 14u);
}

TEST_F(DatasetTest, LinksAreFollowedInsideOnly) {
  two_classes();
  std::ofstream(folder_ / "outside.jpg") << "secret";
  fs::create_directory(folder_ / "photos2");
  std::ofstream(folder_ / "photos2/x.jpg") << "secret";
  fs::create_symlink("a.jpg", root_ / "cat/inside.jpg");
  fs::create_symlink("inside.jpg", root_ / "cat/twice.jpg");
  fs::create_symlink(folder_ / "outside.jpg", root_ / "cat/outside.jpg");
  fs::create_symlink("../../photos2/x.jpg", root_ / "cat/sibling.jpg");
  fs::create_symlink("/etc/passwd", root_ / "dog/passwd.jpg");
  fs::create_symlink("nowhere.jpg", root_ / "dog/broken.jpg");
  fs::create_symlink("loop.jpg", root_ / "dog/loop.jpg");
  fs::create_symlink("../dog", root_ / "cat/folder");
  fs::create_symlink("cat", root_ / "alias");
  fs::create_symlink("/etc", root_ / "etc");
  const auto found = verdicts();
  EXPECT_EQ(found.at("cat/inside.jpg"), "ok");
  EXPECT_EQ(found.at("cat/twice.jpg"), "ok");
  EXPECT_EQ(found.at("cat/outside.jpg"), "link_outside");
  EXPECT_EQ(found.at("cat/sibling.jpg"), "link_outside") << "a name that begins like the root is not inside it";
  EXPECT_EQ(found.at("dog/passwd.jpg"), "link_outside");
  EXPECT_EQ(found.at("dog/broken.jpg"), "broken_link");
  EXPECT_EQ(found.at("dog/loop.jpg"), "broken_link");
  EXPECT_EQ(found.at("cat/folder"), "link_folder");
  EXPECT_EQ(found.at("alias"), "link_folder");
  EXPECT_EQ(found.at("etc"), "link_outside");
}

TEST_F(DatasetTest, ClassesWithNoneOrOnePhotoAreNamed) {
  two_classes();
  fs::create_directory(root_ / "empty");
  put("system/.DS_Store");
  put("lonely/a.jpg");
  fs::create_directory(root_ / "na\xefve");
  const auto data = scan();
  ASSERT_TRUE(data);
  EXPECT_THAT(data->classes, ElementsAre("cat", "dog", "empty", "lonely", "system"));
  const auto found = verdicts();
  EXPECT_EQ(found.at("empty"), "empty_class");
  EXPECT_EQ(found.at("system"), "empty_class");
  EXPECT_EQ(found.at("lonely"), "one_photo");
  EXPECT_EQ(found.at("lonely/a.jpg"), "ok");
  EXPECT_EQ(found.at("na\xefve"), "name_not_utf8");
  EXPECT_FALSE(found.contains("cat"));
}

TEST_F(DatasetTest, FoldersMayGiveTheSplit) {
  for (const char* name :
       {"train/cat/a", "train/dog/a", "train/dog/b", "val/cat/c", "test/cat/d", "test/fox/e", "test/stray.jpg"})
    put(name);
  const auto data = scan();
  ASSERT_TRUE(data) << data.error().text();
  EXPECT_TRUE(data->split_by_folder);
  EXPECT_THAT(data->classes, ElementsAre("cat", "dog", "fox"));
  std::map<std::string, std::optional<Split>> split;
  for (const DatasetEntry& entry : data->entries) split[entry.path] = entry.split;
  EXPECT_EQ(split.at("train/cat/a"), Split::kTrain);
  EXPECT_EQ(split.at("val/cat/c"), Split::kVal);
  EXPECT_EQ(split.at("test/cat/d"), Split::kTest);
  EXPECT_EQ(verdicts().at("test/fox"), "one_photo") << "one over all folders";
  EXPECT_EQ(verdicts().at("test/stray.jpg"), "misplaced");
}

TEST_F(DatasetTest, TestIsAClassLikeAnyOtherWithoutTrain) {
  for (const char* name : {"test/a", "test/b", "pass/a", "pass/b"}) put(name);
  EXPECT_THAT(scan()->classes, ElementsAre("pass", "test"));
}

TEST_F(DatasetTest, UnreadableIsSaid) {
  two_classes();
  put("fox/a.jpg");
  fs::permissions(root_ / "cat/a.jpg", fs::perms::none);
  fs::permissions(root_ / "fox", fs::perms::none);
  fs::permissions(folder_, fs::perms::all);
  // Root may read everything: look with somebody else's eyes.
  constexpr uid_t kNobody = 65534;
  const bool root = ::geteuid() == 0;
  if (root) {
    ASSERT_EQ(::seteuid(kNobody), 0);
  }
  const auto found = verdicts();
  if (root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  EXPECT_EQ(found.at("cat/a.jpg"), "unreadable");
  EXPECT_EQ(found.at("fox"), "unreadable");
  fs::permissions(root_ / "fox", fs::perms::owner_all);
}

TEST_F(DatasetTest, WithoutClassesThereIsAnError) {
  put("a.jpg");
  const auto flat = scan();
  ASSERT_FALSE(flat);
  EXPECT_EQ(flat.error().code, ErrorCode::kBadData);
  EXPECT_THAT(flat.error().hint, HasSubstr("one folder per class"));
  Progress silent(ProgressStyle::kSilent);
  EXPECT_EQ(scan_dataset(root_ / "missing", silent).error().code, ErrorCode::kIo);
  EXPECT_EQ(scan_dataset(root_ / "a.jpg", silent).error().code, ErrorCode::kIo);
}

}  // namespace paw::dataset_test
