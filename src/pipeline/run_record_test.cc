#include "pipeline/run_record.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "host/sha256.h"
#include "pipeline/run_folder.h"

namespace paw::run_record_test {

namespace fs = std::filesystem;

class RunRecord : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "paw-run-record-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  std::string hash(const std::string& name) const { return tree_hash(folder_ / name).value_or("none"); }

  fs::path folder_;
};

std::string hash_of_text(const std::string& text) { return to_hex(sha256(std::as_bytes(std::span(text)))); }

TEST_F(RunRecord, AFoldersHashIsThatOfItsSortedLines) {
  write("a/two.txt", "2");
  write("a/b/one.txt", "1");
  EXPECT_EQ(hash("a/two.txt"), hash_of_text("2"));
  EXPECT_EQ(hash("a"), hash_of_text(hash_of_text("1") + "  b/one.txt\n" + hash_of_text("2") + "  two.txt\n"));
  const std::string before = hash("a");
  fs::rename(folder_ / "a/two.txt", folder_ / "a/three.txt");
  EXPECT_NE(hash("a"), before);
  EXPECT_EQ(hash("nowhere"), "none");
}

TEST(LeaveOutFolders, OnlyWhereAPathBegins) {
  Json json = {{"file", "r/exports/model.tflite"},
               {"note", "it is kept as r/exports/x; see 'photos/cat/a.png' (r/b)"},
               {"words", {"cat or/dog", "other/r/a"}},
               {"number", 3}};
  leave_out_folders(json, {"photos", "r"});
  EXPECT_EQ(json["file"], "exports/model.tflite");
  EXPECT_EQ(json["note"], "it is kept as exports/x; see 'cat/a.png' (b)");
  EXPECT_EQ(json["words"], (Json{"cat or/dog", "other/r/a"}));
}

TEST(LeaveOutTimes, EveryMeasuredTimeBecomesNull) {
  Json json = {{"seconds", 1.5}, {"files", {{{"ms", 2}, {"bytes", 3}}}}, {"ms", {{"inference", 1}}}};
  leave_out_times(json);
  EXPECT_EQ(json, (Json{{"seconds", nullptr}, {"files", {{{"ms", nullptr}, {"bytes", 3}}}}, {"ms", nullptr}}));
}

}  // namespace paw::run_record_test
