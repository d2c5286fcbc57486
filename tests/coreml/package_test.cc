// The folder of an .mlpackage: what is opened, and what never is.
#include "formats/coreml/package.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "coreml_testing.h"
#include "host/json.h"

namespace paw::package_test {
namespace {

using namespace coreml_testing;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

class MlPackageFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(home_);
    package_ = write_ml_program(small_model()).value();
    ASSERT_TRUE(save_mlpackage(package_, folder_));
  }
  void TearDown() override { fs::remove_all(home_); }

  std::string refusal() const {
    const auto read = read_mlpackage(folder_);
    return read ? "" : read.error().text();
  }
  // The manifest with its JSON changed.
  std::string with_manifest(const std::function<void(Json&)>& change) const {
    Json json =
        Json::parse(std::string(reinterpret_cast<const char*>(package_.manifest.data()), package_.manifest.size()));
    change(json);
    std::ofstream(folder_ / "Manifest.json") << json.dump();
    return refusal();
  }
  static Json& item(Json& json, std::string_view name) {
    for (auto& [id, entry] : json["itemInfoEntries"].items()) {
      if (entry["name"] == name) return entry;
    }
    std::abort();
  }

  fs::path home_ = fs::temp_directory_path() / ("paw-package-" + std::to_string(::getpid()));
  fs::path folder_ = home_ / "a.mlpackage";
  MlPackage package_;
};

TEST_F(MlPackageFolder, IsReadAgain) {
  EXPECT_TRUE(is_mlpackage(folder_));
  EXPECT_FALSE(is_mlpackage(home_));
  EXPECT_EQ(refusal(), "");
  EXPECT_TRUE(fs::is_regular_file(folder_ / "Data/com.apple.CoreML/weights/weight.bin"));
}

TEST_F(MlPackageFolder, IsReplacedAtOnce) {
  MlPackage other = package_;
  other.weights = {};
  ASSERT_TRUE(save_mlpackage(other, folder_ / ""));
  EXPECT_FALSE(fs::exists(folder_ / "Data/com.apple.CoreML/weights"));
  EXPECT_EQ(std::distance(fs::directory_iterator(home_), {}), 1);  // nothing is left beside it
}

TEST_F(MlPackageFolder, DoesNotReplaceWhatIsNoPackage) {
  fs::create_directories(home_ / "photos");
  const auto saved = save_mlpackage(package_, home_ / "photos");
  ASSERT_FALSE(saved);
  EXPECT_THAT(saved.error().text(), HasSubstr("is there and no .mlpackage"));
}

TEST_F(MlPackageFolder, RefusesPathsThatLeadOut) {
  for (const char* path : {"../a.mlpackage/Data/com.apple.CoreML/model.mlmodel", "/etc/passwd",
                           "com.apple.CoreML/../../x", "./x", "com.apple.CoreML//model.mlmodel", "a\\..\\b", ""}) {
    EXPECT_THAT(with_manifest([&](Json& j) { item(j, "model.mlmodel")["path"] = path; }), HasSubstr("its path"))
        << path;
  }
}

TEST_F(MlPackageFolder, RefusesBrokenManifests) {
  EXPECT_THAT(with_manifest([](Json& j) { j.erase("rootModelIdentifier"); }),
              HasSubstr("does not say which item is the model"));
  EXPECT_THAT(with_manifest([](Json& j) { j["rootModelIdentifier"] = "other"; }),
              HasSubstr("does not say which item is the model"));
  EXPECT_THAT(with_manifest([](Json& j) { j.erase("itemInfoEntries"); }), HasSubstr("lists no items"));
  EXPECT_THAT(with_manifest([](Json& j) { j["itemInfoEntries"] = 1; }), HasSubstr("lists no items"));
  EXPECT_THAT(with_manifest([](Json& j) { j["fileFormatVersion"] = "2.0.0"; }), HasSubstr("has format version 2.0.0"));
  EXPECT_THAT(with_manifest([](Json& j) { j.erase("fileFormatVersion"); }), HasSubstr("fileFormatVersion is missing"));
  EXPECT_THAT(with_manifest([](Json& j) { item(j, "weights").erase("author"); }), HasSubstr("its author is missing"));
  EXPECT_THAT(with_manifest([](Json& j) { item(j, "weights")["path"] = item(j, "model.mlmodel")["path"]; }),
              HasSubstr("another item has the same path"));
  std::ofstream(folder_ / "Manifest.json") << "{";
  EXPECT_NE(refusal(), "");
}

// Weights that the manifest does not list are not there.
TEST_F(MlPackageFolder, RefusesFilesThatAreNotListed) {
  EXPECT_THAT(with_manifest([](Json& j) {
                for (auto& [id, entry] : j["itemInfoEntries"].items()) {
                  if (entry["name"] == "weights") {
                    j["itemInfoEntries"].erase(id);
                    break;
                  }
                }
              }),
              HasSubstr("is not listed in the manifest"));
}

TEST_F(MlPackageFolder, RefusesLinks) {
  const fs::path weights = folder_ / "Data/com.apple.CoreML/weights/weight.bin", moved = home_ / "moved";
  fs::rename(weights, moved);
  EXPECT_THAT(refusal(), HasSubstr("is missing"));
  fs::create_symlink(moved, weights);
  EXPECT_THAT(refusal(), HasSubstr("is a symbolic link"));
  fs::remove(weights);
  fs::rename(moved, weights);
  EXPECT_EQ(refusal(), "");
  for (const char* part : {"Data", "Data/com.apple.CoreML", "Data/com.apple.CoreML/weights",
                           "Data/com.apple.CoreML/model.mlmodel", "Manifest.json"}) {
    fs::rename(folder_ / part, moved);
    fs::create_symlink(moved, folder_ / part);
    EXPECT_THAT(refusal(), HasSubstr("is a symbolic link")) << part;
    fs::remove(folder_ / part);
    fs::rename(moved, folder_ / part);
  }
}

// Weight files that a program names: in the weights folder, and nowhere else.
TEST_F(MlPackageFolder, RefusesWeightFilesElsewhere) {
  const auto files = coreml::open_package(folder_);
  ASSERT_TRUE(files);
  EXPECT_TRUE(coreml::open_weights(*files, "@model_path/weights/weight.bin", "w"));
  for (const char* name : {"@model_path/../../x", "@model_path/weights/../model.mlmodel", "@model_path/weights/",
                           "/etc/passwd", "weight.bin", "@model_path/weights/a/b", "@model_path/weights/.."}) {
    const auto opened = coreml::open_weights(*files, name, "w");
    ASSERT_FALSE(opened) << name;
    EXPECT_THAT(opened.error().text(), HasSubstr("is outside the package")) << name;
  }
  EXPECT_THAT(coreml::open_weights(*files, "@model_path/weights/other.bin", "w").error().text(),
              HasSubstr("is missing"));
}

TEST_F(MlPackageFolder, IsKnownByContent) {
  EXPECT_TRUE(is_mlmodel(package_.model.span()));
  EXPECT_TRUE(is_mlmodel(write_neural_network(small_model())->span()));
  EXPECT_FALSE(is_mlmodel({}));
  const auto starts = [](std::string_view text) { return is_mlmodel(std::as_bytes(std::span(text))); };
  EXPECT_FALSE(starts(std::string_view("\x08\x08\x12\x07pytorch\x3a\x02\x0a\x00", 15)));  // ONNX
  EXPECT_FALSE(starts(std::string_view("\x08\x01\x12\x02\x0a\x00", 6)));                  // a SavedModel
  EXPECT_FALSE(starts("PK\x03\x04"));
}

}  // namespace
}  // namespace paw::package_test
