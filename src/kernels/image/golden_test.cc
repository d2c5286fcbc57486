// The golden values of docs/preprocess.md: made by Pillow, and what an app's own code is tested with.
#include <fstream>
#include <span>
#include <sstream>

#include "kernels/image/image_testing.h"

namespace paw::golden_test {

constexpr const char* kGeometries[] = {"crop", "stretch", "fit"};
constexpr const char* kFilterNames[] = {"bilinear", "bicubic", "area", "nearest"};

std::int32_t index_of(std::span<const char* const> names, const std::string& word) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (word == names[i]) return static_cast<std::int32_t>(i);
  }
  ADD_FAILURE() << "no name: " << word;
  return 0;
}

// "crop-6 bilinear 23x11 5x3: 145 121 ..."
void expect_golden(const std::string& line) {
  std::istringstream in(line);
  std::string geometry, filter;
  char by = 0, colon = 0;
  ImageRequest r{.pad_value = 114};
  in >> geometry >> filter >> r.photo_width >> by >> r.photo_height >> r.width >> by >> r.height >> colon;
  ASSERT_TRUE(in && colon == ':') << line;
  if (const std::size_t dash = geometry.find('-'); dash != std::string::npos) {
    r.resize_short = std::stoll(geometry.substr(dash + 1));
    geometry.resize(dash);
  }
  r.geometry = static_cast<ImageGeometry>(index_of(kGeometries, geometry));
  r.filter = static_cast<ImageFilter>(index_of(kFilterNames, filter));
  std::vector<std::uint8_t> expected;
  for (int value = 0; in >> value;) expected.push_back(static_cast<std::uint8_t>(value));
  EXPECT_EQ(resized(r, pattern(r.photo_width, r.photo_height)).rgb, expected) << line;
}

TEST(ResizeImage, GoldenValues) {
  std::ifstream page(std::string(PAW_SOURCE_DIR) + "/docs/preprocess.md");
  int lines = 0;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line == "```golden" || (inside && line == "```")) {
      inside = !inside;
    } else if (inside) {
      expect_golden(line);
      ++lines;
    }
  }
  EXPECT_GE(lines, 14);
}

}  // namespace paw::golden_test
