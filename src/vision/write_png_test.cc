#include "vision/write_png.h"

#include <gtest/gtest.h>
#include <png.h>

#include <cstring>
#include <string>

#include "base/random.h"

namespace paw::write_png_test {

Image noise(std::int64_t width, std::int64_t height) {
  Image image{.width = width, .height = height, .rgb = {}};
  Random random(5);
  for (std::int64_t i = 0; i < width * height * 3; ++i)
    image.rgb.push_back(static_cast<std::uint8_t>(random.below(256)));
  return image;
}

// By libpng's own simple interface.
Image read(const Bytes& file) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  EXPECT_EQ(png_image_begin_read_from_memory(&png, file.data(), file.size()), 1) << png.message;
  png.format = PNG_FORMAT_RGB;
  Image image{.width = png.width, .height = png.height, .rgb = {}};
  image.rgb.resize(PNG_IMAGE_SIZE(png));
  EXPECT_EQ(png_image_finish_read(&png, nullptr, image.rgb.data(), 0, nullptr), 1) << png.message;
  return image;
}

std::vector<std::string> chunks(const Bytes& file) {
  std::vector<std::string> names;
  const auto* bytes = reinterpret_cast<const unsigned char*>(file.data());
  for (std::size_t at = 8; at + 8 <= file.size();) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) size = size * 256 + bytes[at + i];
    std::string chunk(reinterpret_cast<const char*>(bytes + at + 4), 4);
    if (names.empty() || names.back() != chunk) names.push_back(std::move(chunk));
    at += size + 12;
  }
  return names;
}

TEST(WritePngTest, PixelsComeBackAndNothingElseIsInTheFile) {
  for (const auto& [width, height] : {std::pair{1, 1}, {7, 3}, {100, 60}}) {
    const Image image = noise(width, height);
    const auto file = write_png(image);
    ASSERT_TRUE(file) << file.error().text();
    EXPECT_EQ(read(*file), image);
    EXPECT_EQ(chunks(*file), (std::vector<std::string>{"IHDR", "IDAT", "IEND"}));
    EXPECT_EQ(*write_png(image), *file);
  }
}

TEST(WritePngTest, PixelsMustMatchTheSize) {
  Image image = noise(4, 4);
  image.rgb.pop_back();
  EXPECT_EQ(write_png(image).error().code, ErrorCode::kInternal);
  EXPECT_FALSE(write_png({}));
}

}  // namespace paw::write_png_test
