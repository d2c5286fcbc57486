#include "apps/project.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "apps/substitute.h"
#include "host/file.h"
#include "host/json.h"

namespace paw::project_test {

namespace fs = std::filesystem;

std::string filled(std::string_view text, const Values& values) {
  return substitute(text, values, "test").value_or("refused");
}

TEST(Substitute, EscapesForThePlace) {
  const Values values = {{"x", "a\"<b>&'\\\n\xE2\x80\xA8é"}};
  EXPECT_EQ(filled("1@@html:x@@2", values), "1a&quot;&lt;b&gt;&amp;&#39;\\\n\xE2\x80\xA8é2");
  EXPECT_EQ(filled("@@js:x@@", values), "a\\\"\\u003cb\\u003e\\u0026'\\\\\\u000a\\u2028é");
  EXPECT_EQ(filled("@@raw:x@@@@raw:x@@", {{"x", "@@raw:x@@"}}), "@@raw:x@@@@raw:x@@");
  EXPECT_EQ(filled("@@android:x@@", values), "a\\&quot;&lt;b&gt;&amp;\\&#39;\\\\\n\xE2\x80\xA8é");
  EXPECT_EQ(filled("@@android:x@@", {{"x", " @a  @ "}}), "\\u0020@a \\u0020@\\u0020");
  EXPECT_EQ(filled("@@android:x@@", {{"x", "?attr"}}), "\\?attr");
  EXPECT_EQ(filled("{{ no mark }}", values), "{{ no mark }}");
}

TEST(Substitute, UnknownMarksAreRefused) {
  for (const char* text : {"@@html:y@@", "@@sql:x@@", "@@x@@", "@@html:x", "@@@@"}) {
    const auto result = substitute(text, {{"x", "1"}}, "index.html");
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, ErrorCode::kInternal);
    EXPECT_EQ(result.error().where, "index.html");
  }
}

Bytes some_bytes(std::string_view text) { return Bytes::copy_of(std::as_bytes(std::span(text))); }

std::vector<AppFile> whole(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {{"", {bytes.begin(), bytes.end()}}};
}

AppContent content() {
  AppContent c{.name = "\"Cat\" </script> or Dog", .id = "com.example.x", .labels = {"a \"cat\"", "a, dog 🐕"}};
  c.models.emplace("plan", whole("the plan"));
  c.golden.push_back({some_bytes("a photo"), {0.25f, 0.75f}});
  return c;
}

std::string file_text(const std::vector<AppFile>& files, std::string_view path) {
  const auto found = std::ranges::find(files, path, &AppFile::path);
  if (found == files.end()) return "not there";
  return {reinterpret_cast<const char*>(found->data.data()), found->data.size()};
}

const Platform& web() { return all_platforms()[0]; }

TEST(Project, HoldsTemplateModelAndGoldenPhotos) {
  const auto files = project_files(web(), content());
  ASSERT_TRUE(files);
  EXPECT_EQ(file_text(*files, "model.plan"), "the plan");
  EXPECT_EQ(file_text(*files, "golden/0.png"), "a photo");
  EXPECT_EQ(file_text(*files, "engine.wasm").substr(1, 3), "asm");
  EXPECT_EQ(file_text(*files, "README.md"), "not there");
  const auto json = parse_json(file_text(*files, "model.json"), "model.json");
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["labels"][1], "a, dog 🐕");
  EXPECT_EQ((*json)["plan"], "model.plan");
  EXPECT_TRUE((*json)["why"].is_null());
  EXPECT_EQ((*json)["golden"][0]["scores"][1], 0.75);
}

TEST(Project, NamesCannotLeaveTheirPlace) {
  const auto files = project_files(web(), content());
  ASSERT_TRUE(files);
  const std::string page = file_text(*files, "index.html");
  EXPECT_NE(page.find("<h1>&quot;Cat&quot; &lt;/script&gt; or Dog</h1>"), std::string::npos);
  EXPECT_EQ(page.find("@@"), std::string::npos);
  const auto manifest = parse_json(file_text(*files, "manifest.webmanifest"), "manifest");
  ASSERT_TRUE(manifest);
  EXPECT_EQ((*manifest)["name"], content().name);
}

TEST(Project, SameContentSameBytesAndAnyChangeANewVersion) {
  const auto a = project_files(web(), content()), b = project_files(web(), content());
  ASSERT_TRUE(a && b);
  ASSERT_EQ(a->size(), b->size());
  for (std::size_t i = 0; i < a->size(); ++i) EXPECT_EQ((*a)[i].data, (*b)[i].data) << (*a)[i].path;
  AppContent other = content();
  other.threshold = 0.5;
  const auto c = project_files(web(), other);
  ASSERT_TRUE(c);
  EXPECT_NE(file_text(*a, "sw.js"), file_text(*c, "sw.js"));
}

TEST(Project, PageWithoutModelIsSmall) {
  AppContent empty = content();
  const auto files = project_files(web(), empty);
  ASSERT_TRUE(files);
  for (const char* engine : {"engine.wasm", "engine_relaxed.wasm", "engine_scalar.wasm"}) {
    EXPECT_LE(file_text(*files, engine).size(), 350'000u) << engine;
  }
  std::size_t page = 0;  // a browser takes one engine
  for (const AppFile& file : *files)
    page += file.path.ends_with("d.wasm") || file.path.ends_with("r.wasm") ? 0 : file.data.size();
  EXPECT_LE(page, 450'000u);
}

const Platform& platform(std::string_view name) { return *std::ranges::find(all_platforms(), name, &Platform::name); }

TEST(Project, AFormMayBeAFolder) {
  AppContent c = content();
  c.models.clear();
  c.models.emplace("mlpackage", std::vector<AppFile>{{"Manifest.json", {}}, {"Data/model", {std::byte{'x'}}}});
  c.models.emplace("vectors", whole("vectors"));
  c.values = {{"ios", "15.0"}};
  const auto files = project_files(platform("ios"), c);
  ASSERT_TRUE(files) << files.error().text();
  EXPECT_EQ(file_text(*files, "App/Model.mlpackage/Data/model"), "x");
  EXPECT_EQ(file_text(*files, "App/Model.mlpackage/Manifest.json"), "");
  EXPECT_EQ(file_text(*files, "Tests/vectors.txt"), "vectors");
}

// What is not among the app's data is nothing that it can look up.
TEST(Project, PathsAreThoseThatTheAppKnows) {
  AppContent c = content();
  c.models = {{"tflite", whole("model")}, {"vectors", whole("vectors")}};
  const auto files = project_files(platform("android"), c);
  ASSERT_TRUE(files) << files.error().text();
  const auto json = parse_json(file_text(*files, "app/src/main/assets/model.json"), "model.json");
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["tflite"], "model.tflite");
  EXPECT_TRUE((*json)["class_weights"].is_null());
  EXPECT_FALSE(json->contains("vectors"));
}

TEST(Project, ModelThatIsMissingIsRefused) {
  AppContent none = content();
  none.models.clear();
  EXPECT_FALSE(project_files(web(), none));
}

class ProjectFolder : public ::testing::Test {
 protected:
  ProjectFolder() {
    std::string name = (fs::temp_directory_path() / "paw-project-XXXXXX").string();
    root_ = ::mkdtemp(name.data());
  }
  ~ProjectFolder() override {
    std::error_code error;
    fs::remove_all(root_, error);
  }
  fs::path root_;
};

TEST_F(ProjectFolder, AppearsWholeAndReplacesWhatStoodThere) {
  const fs::path folder = root_ / "web";
  fs::create_directories(folder);
  std::ofstream(folder / "old.txt") << "old";
  const std::vector<AppFile> files = {{"a/b.txt", {std::byte{'x'}}}, {"c", {}}};
  ASSERT_TRUE(write_project(folder, files));
  EXPECT_TRUE(fs::exists(folder / "a/b.txt"));
  EXPECT_FALSE(fs::exists(folder / "old.txt"));
  EXPECT_EQ(std::distance(fs::directory_iterator(root_), {}), 1);
}

TEST_F(ProjectFolder, FailureLeavesNothing) {
  std::ofstream(root_ / "file") << "in the way";
  const Status written = write_project(root_ / "file" / "web", {{"a", {}}});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kIo);
  const std::vector<AppFile> clash = {{"a", {}}, {"a/b", {}}};  // a file cannot be a folder
  EXPECT_FALSE(write_project(root_ / "web", clash));
  EXPECT_EQ(std::distance(fs::directory_iterator(root_), {}), 1);
}

TEST_F(ProjectFolder, ExistingAndOwnSourcesAreRefused) {
  EXPECT_EQ(check_app_folder(root_, false).error().code, ErrorCode::kIo);
  EXPECT_TRUE(check_app_folder(root_, true));
  EXPECT_TRUE(check_app_folder(root_ / "new", false));
  const fs::path inside = fs::path(PAW_SOURCE_DIR) / "src/apps/new";
  EXPECT_EQ(check_app_folder(inside, true).error().code, ErrorCode::kUsage);
}

}  // namespace paw::project_test
