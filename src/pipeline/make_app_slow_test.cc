#include "pipeline/make_app.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "apps/platforms.h"
#include "host/json.h"
#include "passes/export_form.h"
#include "pipeline/app_vectors.h"
#include "pipeline/color_model_testing.h"

namespace paw::make_app_slow_test {

namespace fs = std::filesystem;

struct Kind {
  std::int64_t classes, side;
  Geometry geometry;
  bool integers = false;  // outside
};

// Quotes, commas, markup, emoji, other scripts, 200 characters.
std::string label(std::int64_t i) {
  const std::string hard[] = {"a \"quoted\", 'label' \\ </string>", "кошка, 猫 🐈", std::string(200, 'w')};
  return i < 3 ? hard[i] : "class " + std::to_string(i);
}

// Class c has the score of the mean of colour c % 3, times a gain that falls with c.
Model model_of(const Kind& kind) {
  GraphBuilder b("net");
  const ValueId image = b.input("image", {DType::kF32, {1, kind.side, kind.side, 3}});
  const ValueId mean = b.call(op::reduce_mean, {b.call(op::relu, {image})}, ReduceAttrs{.axes = {1, 2}});
  std::vector<float> weights(static_cast<std::size_t>(3 * kind.classes));
  for (std::int64_t c = 0; c < kind.classes; ++c) {
    weights[static_cast<std::size_t>(3 * c + c % 3)] = 20.0f / static_cast<float>(1 + c / 3);
  }
  const ValueId dense = b.call(op::fully_connected, {mean, b.constant(Tensor::f32({kind.classes, 3}, weights))});
  b.output(b.call(op::softmax, {dense}));
  Model model;
  model.graph = *b.finish();
  model.preprocess = Preprocess{.width = kind.side,
                                .height = kind.side,
                                .geometry = kind.geometry,
                                .resize_short = kind.side + 20,
                                .pad_value = kind.geometry == Geometry::kFit ? 114 : 0};
  for (std::int64_t i = 0; i < kind.classes; ++i) model.labels.push_back(label(i));
  if (kind.integers) EXPECT_TRUE(take_pixels(model, DType::kU8));
  return model;
}

class MakeAppTest : public ColorModelTest {
 protected:
  Result<AppResult> make(const Model& model, std::vector<std::string> platforms) const {
    Progress progress(ProgressStyle::kSilent);
    return make_app({.model = write(model), .out = path("apps"), .platforms = std::move(platforms), .force = true},
                    progress);
  }
  Json model_json(const Platform& platform) const {
    const fs::path file = fs::path(path("apps")) / platform.name / platform.data / "model.json";
    const auto bytes = map_file(file);
    if (!bytes) return {};
    const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    return *parse_json(text, file.string());
  }
};

TEST_F(MakeAppTest, EveryPlatformTakesEveryKindOfModel) {
  const Kind kinds[] = {{2, 160, Geometry::kCrop},
                        {3, 224, Geometry::kStretch, true},
                        {1000, 260, Geometry::kFit},
                        {2, 260, Geometry::kStretch, true}};
  std::vector<std::string> names;
  for (const Platform* platform : project_platforms()) names.emplace_back(platform->name);
  for (const Kind& kind : kinds) {
    const Model model = model_of(kind);
    const auto result = make(model, names);
    ASSERT_TRUE(result) << result.error().text();
    ASSERT_EQ(result->projects.size(), names.size());
    for (const Platform* platform : project_platforms()) {
      const Json json = model_json(*platform);
      EXPECT_EQ(json["labels"], Json(model.labels)) << platform->name;
      EXPECT_EQ(json["preprocess"]["width"], kind.side);
      EXPECT_EQ(json["preprocess"]["geometry"], static_cast<int>(kind.geometry));
      ASSERT_EQ(json["golden"].size(), 8u);
      EXPECT_EQ(json["golden"][0]["scores"].size(), static_cast<std::size_t>(kind.classes));
      for (const ModelSlot& slot : platform->models) {
        EXPECT_TRUE(fs::exists(fs::path(path("apps")) / platform->name / slot.path)) << slot.path;
      }
    }
  }
}

TEST_F(MakeAppTest, PlatformsAnswerAlikeWithinTheirForms) {
  const auto result = make(model_of({3, 160, Geometry::kCrop}), {"web", "android", "ios"});
  ASSERT_TRUE(result) << result.error().text();
  const Json web = model_json(all_platforms()[0]);
  for (const Platform* platform : project_platforms()) {
    const Json other = model_json(*platform);
    for (std::size_t i = 0; i < 8; ++i) {
      for (std::size_t c = 0; c < 3; ++c) {
        const double a = web["golden"][i]["scores"][c], b = other["golden"][i]["scores"][c];
        EXPECT_NEAR(a, b, platform->name == "ios" ? 0.03 : 1e-5) << platform->name;
      }
    }
  }
}

TEST_F(MakeAppTest, ALabelThatStandsTwiceIsRefused) {
  Model model = model_of({3, 160, Geometry::kCrop});
  model.labels[2] = model.labels[0];
  const auto result = make(model, {"web"});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kUnsupported);
  EXPECT_NE(result.error().message.find("twice"), std::string::npos);
  EXPECT_FALSE(fs::exists(path("apps")));
}

TEST(AppVectors, SayTheirRecordAndDoNotChange) {
  const auto text = app_vectors({.width = 5, .height = 4, .geometry = Geometry::kFit, .pad_value = 7});
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, *app_vectors({.width = 5, .height = 4, .geometry = Geometry::kFit, .pad_value = 7}));
  const std::string first = text->substr(text->find('\n') + 1);
  EXPECT_TRUE(first.starts_with("2 256 0 0 7 5 4 ")) << first.substr(0, 80);
  EXPECT_EQ(std::ranges::count(*text, '\n'), 1 + 5 + 9);
}

}  // namespace paw::make_app_slow_test
