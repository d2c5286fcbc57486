#include "vision/write_jpeg.h"

#include <gtest/gtest.h>

#include <cmath>

#include "vision/decode.h"

namespace paw::write_jpeg_test {

Image waves(std::int64_t width, std::int64_t height) {
  Image image{width, height, {}};
  for (std::int64_t i = 0; i < width * height * 3; ++i) {
    const auto x = static_cast<double>(i / 3 % width), y = static_cast<double>(i / 3 / width);
    image.rgb.push_back(static_cast<std::uint8_t>(127 + 60 * std::sin(x / 7) + 60 * std::cos(y / 5 + x / 11)));
  }
  return image;
}

double mean_difference(const Image& a, const Image& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.rgb.size(); ++i) sum += std::abs(a.rgb[i] - b.rgb[i]);
  return sum / static_cast<double>(a.rgb.size());
}

TEST(WriteJpeg, KeepsThePictureAndLosesMoreAtLowerQuality) {
  const Image image = waves(61, 43);
  double last = 0;
  std::size_t bytes = 1'000'000;
  for (const int quality : {95, 70, 10}) {
    const auto file = write_jpeg(image, quality);
    ASSERT_TRUE(file) << file.error().text();
    const auto photo = decode_photo(file->span(), "test");
    ASSERT_TRUE(photo) << photo.error().text();
    EXPECT_EQ(photo->header.format, PhotoFormat::kJpeg);
    EXPECT_EQ(photo->warning, "");
    ASSERT_EQ(photo->image.rgb.size(), image.rgb.size());
    const double difference = mean_difference(photo->image, image);
    EXPECT_GT(difference, last);
    EXPECT_LT(difference, 8);
    EXPECT_LT(file->size(), bytes);
    last = difference;
    bytes = file->size();
  }
}

TEST(WriteJpeg, OnePictureOneFile) {
  const Image image = waves(20, 20);
  EXPECT_EQ(*write_jpeg(image, 60), *write_jpeg(image, 60));
}

TEST(WriteJpeg, RefusesWhatIsNoPicture) {
  for (const Image& image : {Image{}, Image{2, 2, {1, 2, 3}}, Image{70'000, 1, std::vector<std::uint8_t>(210'000)}}) {
    const auto file = write_jpeg(image, 60);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, ErrorCode::kInternal);
  }
}

}  // namespace paw::write_jpeg_test
