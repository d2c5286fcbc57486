#include <array>
#include <limits>

#include "kernels/image/image_testing.h"

namespace paw::geometry_test {

ImageResize planned(const ImageRequest& request) {
  ImageResize r;
  const char* problem = plan_image_resize(request, r);
  EXPECT_EQ(problem, nullptr) << problem;
  return r;
}

ImageResize crop(std::int64_t w, std::int64_t h, std::int64_t resize_short, std::int64_t size) {
  return planned({.photo_width = w, .photo_height = h, .width = size, .height = size, .resize_short = resize_short});
}

ImageResize fit(std::int64_t w, std::int64_t h, std::int64_t width, std::int64_t height) {
  return planned(
      {.photo_width = w, .photo_height = h, .width = width, .height = height, .geometry = ImageGeometry::kFit});
}

// Numbers of torchvision's Resize and CenterCrop: the long side rounded down, offsets to the nearest, halves to even.
TEST(ImageGeometry, CropIsThatOfTorchvision) {
  EXPECT_EQ(crop(500, 375, 256, 224).x, (ImageAxis{500, 341, 58, 224, 0, 224}));  // 58.5
  EXPECT_EQ(crop(500, 375, 256, 224).y, (ImageAxis{375, 256, 16, 224, 0, 224}));
  EXPECT_EQ(crop(375, 500, 256, 224).y, (ImageAxis{500, 341, 58, 224, 0, 224}));
  EXPECT_EQ(crop(499, 333, 256, 224).x, (ImageAxis{499, 383, 80, 224, 0, 224}));  // 79.5
  EXPECT_EQ(crop(100, 100, 256, 224).x, (ImageAxis{100, 256, 16, 224, 0, 224}));
  EXPECT_EQ(crop(10'000, 20, 256, 224).x, (ImageAxis{10'000, 128'000, 63'888, 224, 0, 224}));
  EXPECT_EQ(crop(1, 1, 1, 1).x, (ImageAxis{1, 1, 0, 1, 0, 1}));
}

TEST(ImageGeometry, FitFillsTheRest) {
  EXPECT_EQ(fit(640, 480, 224, 224).x, (ImageAxis{640, 224, 0, 224, 0, 224}));
  EXPECT_EQ(fit(640, 480, 224, 224).y, (ImageAxis{480, 168, 0, 168, 28, 224}));
  EXPECT_EQ(fit(480, 641, 224, 224).x, (ImageAxis{480, 168, 0, 168, 28, 224}));  // 167.7
  EXPECT_EQ(fit(8, 1, 4, 4).y, (ImageAxis{1, 1, 0, 1, 2, 4}));                   // 0.5, at least 1; offset 1.5
  EXPECT_EQ(fit(8, 3, 4, 4).y, (ImageAxis{3, 2, 0, 2, 1, 4}));                   // 1.5
  EXPECT_EQ(fit(8, 5, 4, 4).y, (ImageAxis{5, 2, 0, 2, 1, 4}));                   // 2.5
  EXPECT_EQ(fit(65'535, 1, 224, 224).y, (ImageAxis{1, 1, 0, 1, 112, 224}));      // 111.5
  EXPECT_EQ(fit(30, 20, 60, 40).x, (ImageAxis{30, 60, 0, 60, 0, 60}));
}

TEST(ImageGeometry, StretchIgnoresTheAspectRatio) {
  const ImageResize r = planned(stretch_to(blank(7, 3), 2, 9, ImageFilter::kArea));
  EXPECT_EQ(r.x, (ImageAxis{7, 2, 0, 2, 0, 2}));
  EXPECT_EQ(r.y, (ImageAxis{3, 9, 0, 9, 0, 9}));
  EXPECT_EQ(r.row_bytes, 21);
}

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min(),
                       kMost = std::numeric_limits<std::int64_t>::max();

// Whatever is asked for is refused, or needs memory within a bound and no access leaves it.
TEST(ImageGeometry, HostileRequests) {
  constexpr std::array kValues = {kLeast,
                                  kMost,
                                  std::int64_t{-1},
                                  std::int64_t{0},
                                  std::int64_t{1},
                                  std::int64_t{2},
                                  std::int64_t{255},
                                  std::int64_t{256},
                                  std::int64_t{16'384},
                                  std::int64_t{16'385},
                                  std::int64_t{65'535},
                                  std::int64_t{65'536},
                                  std::int64_t{1} << 31,
                                  std::int64_t{1} << 32,
                                  std::int64_t{1} << 62};
  Random random(51);
  int accepted = 0;
  for (int i = 0; i < 200'000; ++i) {
    const auto any = [&](std::int64_t usual) {
      return random.below(8) == 0 ? kValues[random.below(kValues.size())] : usual;
    };
    const ImageRequest request{.photo_width = any(65'535),
                               .photo_height = any(1),
                               .width = any(16'384),
                               .height = any(1),
                               .geometry = static_cast<ImageGeometry>(any(static_cast<std::int64_t>(random.below(3)))),
                               .resize_short = any(16'384),
                               .filter = static_cast<ImageFilter>(any(static_cast<std::int64_t>(random.below(4)))),
                               .pad_value = any(7)};
    ImageResize r;
    if (plan_image_resize(request, r) != nullptr) continue;
    ++accepted;
    const auto photo = static_cast<std::uint64_t>(request.photo_width * request.photo_height * 3);
    const auto picture = static_cast<std::uint64_t>(request.width * request.height * 3);
    ASSERT_EQ(check_image_resize(r, photo, picture), nullptr);
    ASSERT_STREQ(check_image_resize(r, photo - 1, picture), "the photo is too small");
    ASSERT_STREQ(check_image_resize(r, photo, picture - 1), "the picture is too small");
    ASSERT_LE(resize_image_bytes(r), 53'000'000u);
    ASSERT_LE(image_table_bytes(r), 8'000'000u);
  }
  EXPECT_GT(accepted, 20'000);
}

TEST(ImageGeometry, RefusalsSayWhy) {
  const auto refusal = [](auto change) {
    ImageRequest request{.photo_width = 8, .photo_height = 8, .width = 4, .height = 4, .resize_short = 4};
    change(request);
    ImageResize r;
    const char* problem = plan_image_resize(request, r);
    return std::string(problem == nullptr ? "" : problem);
  };
  EXPECT_EQ(refusal([](ImageRequest&) {}), "");
  EXPECT_EQ(refusal([](ImageRequest& r) { r.photo_width = 0; }), "the photo's sides must be between 1 and 65535");
  EXPECT_EQ(refusal([](ImageRequest& r) { r.photo_height = -1; }), "the photo's sides must be between 1 and 65535");
  EXPECT_EQ(refusal([](ImageRequest& r) { r.height = 16'385; }), "the picture's sides must be between 1 and 16384");
  EXPECT_EQ(refusal([](ImageRequest& r) { r.resize_short = 3; }),
            "resize_short must be at least the picture's longer side and at most 16384");
  EXPECT_EQ(refusal([](ImageRequest& r) { r.geometry = ImageGeometry{3}; }), "the geometry is unknown");
  EXPECT_EQ(refusal([](ImageRequest& r) { r.filter = ImageFilter{-1}; }), "the filter is unknown");
  EXPECT_EQ(refusal([](ImageRequest& r) { r.pad_value = 256; }), "pad_value must be between 0 and 255");
}

// The fields of a resize that no request led to: what the check lets through stays within the buffers (ASan watches).
TEST(ImageGeometry, HostileResizes) {
  Random random(52);
  const Pixels photo = noise(random, 9, 7);
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    ImageResize r = planned({.photo_width = 9, .photo_height = 7, .width = 5, .height = 4, .resize_short = 6});
    r.filter = static_cast<ImageFilter>(random.below(4));
    for (ImageAxis* a : {&r.x, &r.y}) {
      for (std::int32_t* field : {&a->source, &a->scaled, &a->first, &a->count, &a->pad, &a->target}) {
        if (random.below(5) != 0) continue;
        *field = random.below(4) == 0 ? static_cast<std::int32_t>(random.bits())
                                      : static_cast<std::int32_t>(random.below(14)) - 2;
      }
    }
    if (random.below(4) == 0) r.row_bytes = static_cast<std::int64_t>(random.below(80));
    if (check_image_resize(r, photo.rgb.size(), 5 * 4 * 3) != nullptr) continue;
    ++accepted;
    resized(r, photo);
    if (HasFailure()) return;
  }
  EXPECT_GT(accepted, 1'000);
}

}  // namespace paw::geometry_test
