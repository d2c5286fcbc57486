#include "pipeline/predict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "pipeline/color_model_testing.h"
#include "pipeline/trace_images.h"
#include "vision/decode.h"

namespace paw::predict_test {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class PredictTest : public ColorModelTest {
 protected:
  void SetUp() override {
    ColorModelTest::SetUp();
    red_ = write(flat_picture(255, 0, 0), "red.png");
    green_ = write(flat_picture(0, 204, 0), "green.png");
  }
  PredictSettings settings(std::vector<std::string> images) const {
    return {.model = path("model.paw"), .images = std::move(images)};
  }
  std::vector<std::string> files(const std::string& name) const {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(path(name))) {
      if (entry.is_regular_file()) names.push_back(fs::relative(entry.path(), path(name)).generic_string());
    }
    std::ranges::sort(names);
    return names;
  }
  Image read(const std::string& name) const {
    const auto photo = decode_photo(map_file(path(name))->span(), name);
    EXPECT_TRUE(photo) << photo.error().text();
    return photo ? photo->image : Image{};
  }

  std::string red_, green_;
};

TEST_F(PredictTest, ScoresAreThoseWorkedOutByHandAtTheModelsTemperature) {
  Model model = color_model(10);
  model.temperature = 2;
  model.threshold = 0.97;
  write(model);
  const auto result = predict(settings({red_, green_}));
  ASSERT_TRUE(result) << result.error().text();
  const auto& [red, green] = std::tie(result->images[0], result->images[1]);
  EXPECT_EQ(red.predictions[0].label, "red");
  EXPECT_NEAR(red.predictions[0].score, std::exp(5) / (std::exp(5) + 2), 1e-6);
  EXPECT_TRUE(red.sure);
  EXPECT_EQ(green.predictions[0].index, 1);
  EXPECT_NEAR(green.predictions[0].score, std::exp(4) / (std::exp(4) + 2), 1e-6);
  EXPECT_FALSE(green.sure);
  EXPECT_EQ(green.predictions[1].label, "red") << "equal scores: the lower number first";
  EXPECT_EQ(result->first_error(), nullptr);
  EXPECT_THAT(to_text(*result), HasSubstr("green.png: not sure: green 0.96, red 0.02, blue 0.02\n"));
}

// Without a trace the photo is resized while it is decoded.
TEST_F(PredictTest, TheTraceChangesNoScore) {
  write(color_model(10));
  Image picture{97, 61, std::vector<std::uint8_t>(97 * 61 * 3)};
  for (std::size_t i = 0; i < picture.rgb.size(); ++i) picture.rgb[i] = static_cast<std::uint8_t>(i * i % 251);
  PredictSettings plain = settings({write(picture, "photo.png")}), traced = plain;
  traced.trace = true;
  const auto a = predict(plain), b = predict(traced);
  ASSERT_TRUE(a && b);
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_EQ(a->images[0].predictions[k].index, b->images[0].predictions[k].index);
    EXPECT_EQ(a->images[0].predictions[k].score, b->images[0].predictions[k].score);
  }
}

TEST_F(PredictTest, ABadPhotoAmongSeveralCostsOnlyItsOwnAnswer) {
  write(color_model(10));
  const std::string bad = write_text("bad.jpg"), missing = path("missing.jpg"), folder = folder_.string();
  const auto result = predict(settings({red_, bad, missing, folder, green_}));
  ASSERT_TRUE(result) << result.error().text();
  ASSERT_EQ(result->images.size(), 5u);
  EXPECT_EQ(result->images[4].predictions[0].label, "green");
  const ErrorCode codes[] = {ErrorCode::kBadData, ErrorCode::kIo, ErrorCode::kUsage};
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(result->images[i + 1].error->code, codes[i]);
  EXPECT_EQ(result->first_error()->where, bad);
  EXPECT_THAT(result->images[3].error->hint, HasSubstr("paw eval"));
  const Json json = to_json(*result).at("images");
  EXPECT_EQ(json[1].at("path"), bad);
  EXPECT_EQ(json[1].at("error").at("code"), "bad_data");
  EXPECT_FALSE(json[1].contains("predictions"));
  EXPECT_TRUE(json[4].contains("predictions"));
  EXPECT_THAT(to_text(*result), Not(HasSubstr("bad.jpg")));

  const auto alone = predict(settings({bad}));
  ASSERT_FALSE(alone);
  EXPECT_EQ(alone.error().code, ErrorCode::kBadData);
}

TEST_F(PredictTest, TraceImagesShowTheInputAndEveryLayerWithMaps) {
  write(color_model(10));
  PredictSettings asked = settings({green_});
  asked.trace_images = path("trace");
  const auto result = predict(asked);
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_THAT(files("trace"), ElementsAre("000_input.png", "001_relu_look_at_it.png"));
  const Image input = read("trace/000_input.png");
  EXPECT_EQ(input.width, 4);
  EXPECT_EQ(std::vector<std::uint8_t>(input.rgb.begin(), input.rgb.begin() + 3),
            (std::vector<std::uint8_t>{0, 204, 0}));
  EXPECT_EQ(read("trace/001_relu_look_at_it.png").width, 2 * 64 + 2) << "three maps of 4 x 4";
  const Json image = to_json(*result).at("images")[0];
  EXPECT_EQ(image.at("trace_images"), asked.trace_images);
  EXPECT_EQ(image.at("layers")[0].at("image"), "001_relu_look_at_it.png");
  EXPECT_EQ(image.at("layers")[0].at("maps"), 3);
  EXPECT_FALSE(image.at("layers")[1].contains("image")) << "a mean has no maps";
  EXPECT_THAT(to_text(*result), HasSubstr("pictures of the input and of 1 layers: "));

  const auto again = predict(asked);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kIo);
  EXPECT_THAT(again.error().hint, HasSubstr("--force"));
  write_text("trace/105_conv2d_gone.png");
  write_text("trace/notes.txt");
  asked.force = true;
  ASSERT_TRUE(predict(asked));
  EXPECT_THAT(files("trace"), ElementsAre("000_input.png", "001_relu_look_at_it.png", "notes.txt"));
}

TEST_F(PredictTest, SeveralPhotosHaveFoldersOfTheirOwn) {
  write(color_model(10));
  PredictSettings asked = settings({red_, write_text("bad.jpg"), write(flat_picture(0, 0, 9), "a b/ü.png")});
  asked.trace_images = path("trace");
  ASSERT_TRUE(predict(asked));
  EXPECT_THAT(files("trace"), ElementsAre("01_red/000_input.png", "01_red/001_relu_look_at_it.png",
                                          "03___/000_input.png", "03___/001_relu_look_at_it.png"));
}

TEST(TraceImages, NamesAreSafeForFileSystems) {
  EXPECT_EQ(file_part("block3/dw"), "block3_dw");
  EXPECT_EQ(file_part("../../etc/passwd\n"), ".._.._etc_passwd_");
  EXPECT_EQ(file_part(std::string(300, 'x')).size(), 60u);
}

TEST(TraceImages, AModelOfGreyLevelsSeesThem) {
  const Preprocess gray{.color = ColorOrder::kGray, .scale = {2, 2, 2}, .bias = {-100, -100, -100}};
  const float input[] = {-100, 410, 100};
  const Image seen = seen_picture({3, 1, std::vector<std::uint8_t>(9, 7)}, gray, input);
  EXPECT_EQ(seen.rgb, (std::vector<std::uint8_t>{0, 0, 0, 255, 255, 255, 100, 100, 100}));
}

}  // namespace paw::predict_test
