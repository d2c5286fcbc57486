#include "kernels/image/image.h"

#include "base/rounds_testing.h"
#include "kernels/image/image_testing.h"

namespace paw::image_test {

constexpr ImageFilter kFilters[] = {ImageFilter::kBilinear, ImageFilter::kBicubic, ImageFilter::kArea,
                                    ImageFilter::kNearest};

std::string text(const ImageRequest& r) {
  return std::to_string(r.photo_width) + "x" + std::to_string(r.photo_height) + " to " + std::to_string(r.width) + "x" +
         std::to_string(r.height) + " geometry " + std::to_string(static_cast<int>(r.geometry)) + " short " +
         std::to_string(r.resize_short) + " filter " + std::to_string(static_cast<int>(r.filter));
}

void expect_like_reference(const ImageRequest& request, const Pixels& photo) {
  ImageResize r;
  ASSERT_EQ(plan_image_resize(request, r), nullptr) << text(request);
  ASSERT_EQ(resized(r, photo), image_reference::resize(r, photo)) << text(request);
}

// Only the window is computed: the same as resizing all and cutting it out.
TEST(ResizeImage, EqualsTheDefinition) {
  Random random(41);
  for (int i = 0; i < rounds(900); ++i) {
    const std::int64_t most = i % 4 == 0 ? 90 : 12;
    const auto up_to = [&](std::int64_t n) {
      return 1 + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(n)));
    };
    ImageRequest r{.photo_width = up_to(most),
                   .photo_height = up_to(most),
                   .width = up_to(20),
                   .height = up_to(20),
                   .geometry = static_cast<ImageGeometry>(random.below(3)),
                   .filter = kFilters[random.below(4)],
                   .pad_value = static_cast<std::int64_t>(random.below(256))};
    r.resize_short = std::max(r.width, r.height) + static_cast<std::int64_t>(random.below(9));
    // A crop of an extreme photo: the reference would resize all of it.
    if (r.geometry == ImageGeometry::kCrop) {
      r.photo_width = std::min(r.photo_width, 4 * r.photo_height);
      r.photo_height = std::min(r.photo_height, 4 * r.photo_width);
    }
    expect_like_reference(r, noise(random, r.photo_width, r.photo_height));
    if (HasFatalFailure()) return;
  }
}

// Wider than a strip, and rows whose ends fall everywhere in a vector.
TEST(ResizeImage, WidePictures) {
  Random random(42);
  for (const ImageFilter filter : kFilters) {
    for (const std::int64_t width : {255, 256, 257, 511, 513}) {
      const Pixels photo = noise(random, 300, 5);
      expect_like_reference(stretch_to(photo, width, 4, filter), photo);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(ResizeImage, ExtremeAspectRatios) {
  Random random(43);
  for (const ImageFilter filter : kFilters) {
    const Pixels wide = noise(random, 5'000, 1), tall = noise(random, 1, 5'000);
    for (const Pixels* photo : {&wide, &tall}) {
      expect_like_reference(stretch_to(*photo, 7, 7, filter), *photo);
      expect_like_reference({.photo_width = photo->width,
                             .photo_height = photo->height,
                             .width = 8,
                             .height = 6,
                             .geometry = ImageGeometry::kFit,
                             .filter = filter,
                             .pad_value = 9},
                            *photo);
      if (HasFatalFailure()) return;
    }
  }
}

// The strip of 10,000 x 20 becomes 128,000 x 256, of which 224 columns are computed.
TEST(ResizeImage, CropOfAStrip) {
  const Pixels photo = pattern(10'000, 20);
  for (const ImageFilter filter : kFilters) {
    const Pixels picture = resized(
        {.photo_width = 10'000, .photo_height = 20, .width = 224, .height = 224, .resize_short = 256, .filter = filter},
        photo);
    const double scale = 10'000.0 / 128'000.0;
    EXPECT_EQ(scale, 20.0 / 256.0);
    // Nearest: the pixel in whose area the middle of the output pixel lies.
    if (filter != ImageFilter::kNearest) continue;
    for (std::int64_t x = 0; x < 224; x += 13) {
      const auto from = static_cast<std::int64_t>((static_cast<double>(63'888 + x) + 0.5) * scale);
      EXPECT_EQ(picture.rgb[static_cast<std::size_t>(3 * x)],
                photo.rgb[static_cast<std::size_t>((1 * 10'000 + from) * 3)]);
    }
  }
}

TEST(ResizeImage, OneColourStays) {
  Random random(44);
  for (int i = 0; i < 200; ++i) {
    const auto up_to = [&](std::uint64_t n) { return 1 + static_cast<std::int64_t>(random.below(n)); };
    const int value = static_cast<int>(random.below(256));
    const Pixels photo = blank(up_to(400), up_to(40), value);
    const std::int64_t width = up_to(60), height = up_to(20);
    EXPECT_EQ(resized(stretch_to(photo, width, height, kFilters[i % 4]), photo), blank(width, height, value));
  }
}

// Rounded weights still add up to 1, nearly.
TEST(ResizeImage, OneColourStaysWhenThousandsOfPixelsBecomeOne) {
  for (const ImageFilter filter : kFilters) {
    for (const std::int64_t side : {3'999, 4'000, 2'731}) {
      EXPECT_EQ(resized(stretch_to(blank(side, 2, 255), 1, 1, filter), blank(side, 2, 255)), blank(1, 1, 255));
      EXPECT_EQ(resized(stretch_to(blank(2, side, 1), 3, 1, filter), blank(2, side, 1)), blank(3, 1, 1));
    }
  }
}

TEST(ResizeImage, SameSizeIsTheSamePicture) {
  Random random(45);
  for (const ImageFilter filter : kFilters) {
    const Pixels photo = noise(random, 31, 17);
    EXPECT_EQ(resized(stretch_to(photo, 31, 17, filter), photo), photo);
    // One side only: the other is resized as if alone.
    expect_like_reference(stretch_to(photo, 31, 9, filter), photo);
    expect_like_reference(stretch_to(photo, 40, 17, filter), photo);
  }
}

TEST(ResizeImage, OnePixelFillsThePicture) {
  const Pixels photo{1, 1, {12, 200, 255}};
  for (const ImageFilter filter : kFilters) {
    const Pixels picture = resized(stretch_to(photo, 33, 5, filter), photo);
    for (std::size_t i = 0; i < picture.rgb.size(); ++i) ASSERT_EQ(picture.rgb[i], photo.rgb[i % 3]);
  }
}

// To the bit where the scale is a power of two; else rounding may turn the other way. Area shares no pixel out: one on
// the border of two goes to one of them.
TEST(ResizeImage, AMirroredPhotoGivesTheMirroredPicture) {
  Random random(46);
  for (const ImageFilter filter : {ImageFilter::kBilinear, ImageFilter::kBicubic}) {
    for (const std::int64_t width : {8, 16, 64, 128, 13, 29, 57}) {
      const Pixels photo = noise(random, 32, 8);
      const Pixels a = mirrored(resized(stretch_to(photo, width, 8, filter), photo));
      const Pixels b = resized(stretch_to(photo, width, 8, filter), mirrored(photo));
      for (std::size_t i = 0; i < a.rgb.size(); ++i) {
        ASSERT_LE(std::abs(a.rgb[i] - b.rgb[i]), width % 8 == 0 ? 0 : 1) << "to " << width << " at " << i;
      }
    }
  }
}

// How a picture is stored that `orientation` makes upright; Exif 2.32, 4.6.4.
Pixels stored(const Pixels& upright, int orientation) {
  const bool swaps = orientation >= 5;
  Pixels out = swaps ? blank(upright.height, upright.width) : blank(upright.width, upright.height);
  for (std::int64_t i = 0; i < out.width * out.height; ++i) {
    const std::int64_t along = swaps ? i / out.width : i % out.width, down = swaps ? i % out.width : i / out.width;
    const bool from_right = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
    const bool from_bottom = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
    const std::int64_t x = from_right ? upright.width - 1 - along : along;
    const std::int64_t y = from_bottom ? upright.height - 1 - down : down;
    std::copy_n(upright.rgb.begin() + 3 * (y * upright.width + x), 3, out.rgb.begin() + 3 * i);
  }
  return out;
}

// The rows of a photo as they are stored give the picture stored in the same way.
TEST(ResizeImage, StoredTurnedAndMirrored) {
  Random random(48);
  for (int i = 0; i < 100; ++i) {
    const auto up_to = [&](std::uint64_t n) { return 1 + static_cast<std::int64_t>(random.below(n)); };
    const Pixels photo = noise(random, up_to(i % 8 == 0 ? 900 : 70), up_to(70));
    ImageRequest request{.photo_width = photo.width,
                         .photo_height = photo.height,
                         .width = up_to(30),
                         .height = up_to(30),
                         .geometry = static_cast<ImageGeometry>(i % 3),
                         .filter = kFilters[random.below(4)],
                         .pad_value = 77};
    request.resize_short = std::max(request.width, request.height) + up_to(9);
    ImageResize r;
    ASSERT_EQ(plan_image_resize(request, r), nullptr);
    const Pixels picture = resized(r, photo);
    for (int orientation = 1; orientation <= 8; ++orientation) {
      ASSERT_EQ(resized(resize_as_stored(r, orientation), stored(photo, orientation)), stored(picture, orientation))
          << text(request) << " orientation " << orientation;
    }
  }
}

TEST(ResizeImage, OtherOrientationsAreUpright) {
  ImageResize r;
  ASSERT_EQ(plan_image_resize({.photo_width = 30, .photo_height = 20, .width = 5, .height = 5, .resize_short = 7}, r),
            nullptr);
  for (const int orientation : {-1, 0, 1, 9, 65535}) {
    const ImageResize same = resize_as_stored(r, orientation);
    EXPECT_TRUE(same.x == r.x && same.y == r.y && !same.columns_first) << orientation;
  }
}

// A part of a photo is as a photo of its own.
TEST(ResizeImage, PartOfAPhoto) {
  Random random(47);
  const Pixels photo = noise(random, 40, 30);
  Pixels part = blank(21, 11);
  for (std::int64_t y = 0; y < 11; ++y) {
    const auto from = photo.rgb.begin() + ((y + 19) * 40 + 19) * 3;  // the last row and column, too
    std::copy(from, from + 63, part.rgb.begin() + y * 63);
  }
  for (const ImageFilter filter : kFilters) {
    ImageResize r;
    ASSERT_EQ(plan_image_resize(stretch_to(part, 9, 8, filter), r), nullptr);
    const Pixels alone = resized(r, part);
    r.row_bytes = 120;
    const std::vector<std::uint8_t> rest(photo.rgb.begin() + (19 * 40 + 19) * 3, photo.rgb.end());
    EXPECT_EQ(resized(r, {40, 30, rest}), alone);
  }
}

TEST(ImageValues, AreRoundedOnce) {
  const double scale[] = {1 / (255 * 0.229), 1 / 127.5, 1e-3}, bias[] = {-0.485 / 0.229, -1, 7};
  std::vector<float> values(3 * 256);
  image_values(ImageColor::kRgb, scale, bias, values.data());
  for (int v = 0; v < 256; ++v) {
    EXPECT_EQ(values[static_cast<std::size_t>(v)], static_cast<float>(v * scale[0] + bias[0]));
    EXPECT_EQ(values[static_cast<std::size_t>(512 + v)], static_cast<float>(v * scale[2] + bias[2]));
  }
  EXPECT_EQ(values[256], -1.0f);
  EXPECT_EQ(values[256 + 255], 1.0f);
}

TEST(ImageValues, ColourOrders) {
  const double scale[] = {1, 2, 3}, bias[] = {0.5, 0, -1};
  const std::vector<std::uint8_t> rgb = {10, 20, 30, 255, 0, 128};
  const auto floats = [&](ImageColor color) {
    std::vector<float> values(3 * 256), y(2 * static_cast<std::size_t>(image_channels(color)));
    image_values(color, scale, bias, values.data());
    image_to_floats(color, values.data(), rgb.data(), y.data(), 2);
    return y;
  };
  EXPECT_EQ(floats(ImageColor::kRgb), (std::vector<float>{10.5f, 40, 89, 255.5f, 0, 383}));
  EXPECT_EQ(floats(ImageColor::kBgr), (std::vector<float>{30.5f, 40, 29, 128.5f, 0, 764}));
  EXPECT_EQ(floats(ImageColor::kGray), (std::vector<float>{18.5f, 91.5f}));  // 18.15 and 90.84
}

}  // namespace paw::image_test
