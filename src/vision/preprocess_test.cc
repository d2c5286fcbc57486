#include "vision/preprocess.h"

#include <gtest/gtest.h>

#include <limits>

namespace paw::preprocess_test {

Image pattern(std::int64_t width, std::int64_t height) {
  Image image{width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width * height * 3))};
  for (std::size_t i = 0; i < image.rgb.size(); ++i) image.rgb[i] = static_cast<std::uint8_t>(i * i % 251);
  return image;
}

constexpr Preprocess kSmall{.width = 6, .height = 4, .resize_short = 8, .scale = {1, 1, 1}};

Image picture(const Preprocess& record, const Image& photo) {
  Image out;
  const Status done = Preprocessor::create(record)->picture(photo, out, "photo.jpg");
  EXPECT_TRUE(done) << done.error().text();
  return out;
}

std::string refusal(const Image& photo, const PhotoPart& part) {
  Image out;
  const Status done = Preprocessor::create(kSmall)->picture(photo, part, out, "photo.jpg");
  EXPECT_TRUE(out.rgb.empty() || done);
  return done ? "" : std::string(code_name(done.error().code)) + ": " + done.error().text();
}

std::string refusal(const Image& photo) { return refusal(photo, {0, 0, photo.width, photo.height}); }

TEST(Preprocessor, EnumeratorsOfTheKernelsAreTheRecords) {
  const auto same = [](auto record, auto kernel) {
    return enum_names(record)[static_cast<std::size_t>(kernel)] == enum_names(record)[static_cast<std::size_t>(record)];
  };
  EXPECT_TRUE(same(Geometry::kCrop, ImageGeometry::kCrop));
  EXPECT_TRUE(same(Geometry::kStretch, ImageGeometry::kStretch));
  EXPECT_TRUE(same(Geometry::kFit, ImageGeometry::kFit));
  EXPECT_TRUE(same(ResizeFilter::kBilinear, ImageFilter::kBilinear));
  EXPECT_TRUE(same(ResizeFilter::kBicubic, ImageFilter::kBicubic));
  EXPECT_TRUE(same(ResizeFilter::kArea, ImageFilter::kArea));
  EXPECT_TRUE(same(ResizeFilter::kNearest, ImageFilter::kNearest));
  EXPECT_TRUE(same(ColorOrder::kRgb, ImageColor::kRgb));
  EXPECT_TRUE(same(ColorOrder::kBgr, ImageColor::kBgr));
  EXPECT_TRUE(same(ColorOrder::kGray, ImageColor::kGray));
}

// One object, photos of many sizes: each as if it were the first.
TEST(Preprocessor, PhotoAfterPhoto) {
  for (const Geometry geometry : {Geometry::kCrop, Geometry::kStretch, Geometry::kFit}) {
    Preprocess record = kSmall;
    record.geometry = geometry;
    auto shared = Preprocessor::create(record);
    ASSERT_TRUE(shared);
    ASSERT_EQ(shared->input_size(), 6 * 4 * 3);
    for (const auto& [w, h] : {std::pair{20, 13}, {300, 200}, {1, 1}, {8, 8}, {7, 90}, {90, 7}, {20, 13}}) {
      const Image photo = pattern(w, h);
      std::vector<float> input(6 * 4 * 3);
      ASSERT_TRUE(shared->run(photo, input, ""));
      const Image expected = picture(record, photo);
      for (std::size_t i = 0; i < input.size(); ++i) ASSERT_EQ(input[i], static_cast<float>(expected.rgb[i])) << w;
    }
  }
}

TEST(Preprocessor, CropOfTheSameScaleIsTheCentre) {
  const Image photo = pattern(9, 8);
  const Image out = picture(kSmall, photo);
  for (std::int64_t y = 0; y < 4; ++y) {
    for (std::int64_t i = 0; i < 18; ++i) {
      // Left 1.5, rounded to 2; top 2.
      EXPECT_EQ(out.rgb[static_cast<std::size_t>(18 * y + i)],
                photo.rgb[static_cast<std::size_t>((y + 2) * 27 + 6 + i)]);
    }
  }
}

TEST(Preprocessor, FitPads) {
  Preprocess record = kSmall;
  record.geometry = Geometry::kFit;
  record.pad_value = 77;
  const Image out = picture(record, {12, 4, std::vector<std::uint8_t>(144, 5)});
  ASSERT_EQ(out.rgb.size(), 72u);
  for (std::size_t i = 0; i < 72; ++i) EXPECT_EQ(out.rgb[i], i < 18 || i >= 54 ? 77 : 5);
}

TEST(Preprocessor, PartIsAPhotoOfItsOwn) {
  const Image photo = pattern(30, 20);
  Image part{11, 9, {}};
  for (std::int64_t y = 0; y < 9; ++y) {
    const auto row = photo.rgb.begin() + ((y + 11) * 30 + 19) * 3;
    part.rgb.insert(part.rgb.end(), row, row + 33);
  }
  Image out;
  ASSERT_TRUE(Preprocessor::create(kSmall)->picture(photo, {19, 11, 11, 9}, out, ""));
  EXPECT_EQ(out, picture(kSmall, part));
}

TEST(Preprocessor, Gray) {
  Preprocess record = kSmall;
  record.color = ColorOrder::kGray;
  record.bias[0] = -1;
  auto p = Preprocessor::create(record);
  ASSERT_EQ(p->input_size(), 24);
  std::vector<float> input(24);
  ASSERT_TRUE(p->run({1, 1, {255, 255, 255}}, input, ""));
  EXPECT_EQ(input, std::vector<float>(24, 254));
}

TEST(Preprocessor, TraceSaysWhatBecameOfThePhoto) {
  auto p = Preprocessor::create(kSmall);
  std::vector<float> input(72), same(72);
  const Image photo = pattern(16, 32);
  const auto trace = p->trace(photo, input, "");
  ASSERT_TRUE(trace);
  EXPECT_EQ(trace->resize.y, (ImageAxis{32, 16, 6, 4, 0, 4}));
  EXPECT_EQ(trace->resize.x, (ImageAxis{16, 8, 1, 6, 0, 6}));
  EXPECT_EQ(trace->picture, picture(kSmall, photo));
  ASSERT_TRUE(p->run(photo, same, ""));
  EXPECT_EQ(input, same);
  double sum = 0;
  for (std::size_t i = 1; i < 72; i += 3) sum += input[i];
  EXPECT_DOUBLE_EQ(trace->values[1].mean, sum / 24);
  EXPECT_EQ(trace->values[1].mean, trace->pixels[1].mean);
  EXPECT_LT(trace->values[2].min, trace->values[2].mean);
  EXPECT_GT(trace->values[2].max, trace->values[2].mean);
}

TEST(Preprocessor, PhotosThatCannotBe) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  for (const auto& [w, h] :
       {std::pair<std::int64_t, std::int64_t>{0, 5}, {5, 0}, {-1, -1}, {65'536, 1}, {kMost, kMost}}) {
    EXPECT_EQ(refusal({w, h, std::vector<std::uint8_t>(75)}),
              "bad_data: [photo.jpg] a photo's sides must be between 1 and 65535, got " + std::to_string(w) + "x" +
                  std::to_string(h));
  }
  EXPECT_EQ(refusal({5, 5, std::vector<std::uint8_t>(74)}), "bad_data: [photo.jpg] 5x5 pixels are 75 bytes, got 74");
  EXPECT_EQ(refusal({65'535, 65'535, {}}), "bad_data: [photo.jpg] 65535x65535 pixels are 12884508675 bytes, got 0");
  for (const PhotoPart part :
       {PhotoPart{0, 0, 6, 5}, {5, 0, 1, 1}, {-1, 0, 2, 2}, {0, 0, 0, 1}, {kMost, 0, kMost, 1}}) {
    EXPECT_NE(refusal(pattern(5, 5), part).find("leaves the photo, which is 5x5"), std::string::npos);
  }
  EXPECT_EQ(refusal(pattern(5, 5), {4, 4, 1, 1}), "");
}

TEST(Preprocessor, RecordsAndInputsThatCannotBe) {
  Preprocess record = kSmall;
  record.resize_short = 5;
  const auto refused = Preprocessor::create(record);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
  auto p = Preprocessor::create(kSmall);
  std::vector<float> input(71);
  EXPECT_EQ(p->run(pattern(5, 5), input, "x").error().text(), "[x] the input has 72 numbers, not 71");
  input.resize(72);
  EXPECT_EQ(p->values(pattern(4, 6), input, "x").error().text(), "[x] a picture of 6x4 was expected, got 4x6");
}

}  // namespace paw::preprocess_test
