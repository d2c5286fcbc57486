// Photos through the C interface: the same bits as by the program's own way, vision/preprocess.h.
#include <gtest/gtest.h>

#include <cstring>

#include "ir/builder.h"
#include "lower/lower.h"
#include "ops/ops.h"
#include "paw/paw.hpp"
#include "vision/draw/draw.h"
#include "vision/preprocess.h"

namespace paw::c_api_photo_test {

Preprocess record(Geometry geometry, ResizeFilter filter, ColorOrder color) {
  return {.width = 40,
          .height = 32,
          .geometry = geometry,
          .resize_short = 48,
          .filter = filter,
          .color = color,
          .scale = {1 / 127.5, 1 / 58.0, 1 / 255.0},
          .bias = {-1, -2.1, 0.3},
          .pad_value = geometry == Geometry::kFit ? 114 : 0};
}

paw_preprocess for_c(const Preprocess& p) {
  paw_preprocess out{.width = static_cast<std::int32_t>(p.width),
                     .height = static_cast<std::int32_t>(p.height),
                     .geometry = static_cast<std::int32_t>(p.geometry),
                     .resize_short = static_cast<std::int32_t>(p.resize_short),
                     .filter = static_cast<std::int32_t>(p.filter),
                     .color = static_cast<std::int32_t>(p.color),
                     .pad_value = static_cast<std::int32_t>(p.pad_value),
                     .reserved = 0,
                     .scale = {},
                     .bias = {}};
  std::ranges::copy(p.scale, out.scale);
  std::ranges::copy(p.bias, out.bias);
  return out;
}

// A plan that takes such pictures: as floats, or as bytes (x / 0.02 + 100).
api::Plan plan_of(const Preprocess& p, bool bytes) {
  const std::int64_t channels = p.color == ColorOrder::kGray ? 1 : 3;
  TensorType type(DType::kF32, {1, p.height, p.width, channels});
  if (bytes) type = TensorType(DType::kU8, type.shape, per_tensor(0.02f, 100));
  GraphBuilder b("photo");
  const ValueId x = b.input("image", type);
  b.output(bytes ? b.call(op::dequantize, {x}) : b.call(op::neg, {x}));
  return api::Plan::load((*lower(*b.finish())).span());
}

std::vector<std::uint8_t> with_alpha(const Image& photo) {
  std::vector<std::uint8_t> out;
  for (std::size_t i = 0; i < photo.rgb.size(); i += 3) {
    out.insert(out.end(), {photo.rgb[i], photo.rgb[i + 1], photo.rgb[i + 2], static_cast<std::uint8_t>(i)});
  }
  return out;
}

const Image& photo() {
  static const Image image = draw::draw_picture(draw::Species::kDog, 96, 3, 4);
  return image;
}

std::vector<float> by_the_program(const Preprocess& p) {
  auto preprocessor = Preprocessor::create(p);
  std::vector<float> out(static_cast<std::size_t>(preprocessor->input_size()));
  EXPECT_TRUE(preprocessor->run(photo(), out, "test"));
  return out;
}

TEST(CApiPhoto, SameBitsAsTheProgramInEveryGeometryAndColour) {
  const auto rgba = with_alpha(photo());
  for (const Geometry geometry : {Geometry::kCrop, Geometry::kStretch, Geometry::kFit}) {
    for (const ColorOrder color : {ColorOrder::kRgb, ColorOrder::kBgr, ColorOrder::kGray}) {
      const Preprocess p = record(geometry, ResizeFilter::kBicubic, color);
      const api::Plan plan = plan_of(p, false);
      const api::Session session(plan);
      ASSERT_TRUE(session) << api::error();
      const paw_preprocess c = for_c(p);
      const std::vector<float> expected = by_the_program(p);
      for (const std::int32_t channels : {3, 4}) {
        const std::uint8_t* pixels = channels == 3 ? photo().rgb.data() : rgba.data();
        ASSERT_EQ(paw_session_set_photo(session.get(), 0, &c, pixels, 96, 96, channels), PAW_OK) << api::error();
        ASSERT_EQ(session.input(0).size(), expected.size() * sizeof(float));
        EXPECT_EQ(std::memcmp(session.input(0).data(), expected.data(), session.input(0).size()), 0) << channels;
      }
    }
  }
}

TEST(CApiPhoto, ZeroPointAndScaleAreHeldForBytes) {
  const Preprocess p = record(Geometry::kCrop, ResizeFilter::kBilinear, ColorOrder::kRgb);
  const api::Plan plan = plan_of(p, true);
  const api::Session session(plan);
  const paw_preprocess c = for_c(p);
  ASSERT_EQ(paw_session_set_photo(session.get(), 0, &c, photo().rgb.data(), 96, 96, 3), PAW_OK) << api::error();
  ASSERT_TRUE(session.run());
  std::vector<float> got(40 * 32 * 3);
  ASSERT_EQ(paw_session_read_real(session.get(), 0, got.data(), got.size()), PAW_OK) << api::error();
  const std::vector<float> expected = by_the_program(p);
  for (std::size_t i = 0; i < got.size(); ++i) {
    const float held = std::clamp(expected[i], -2.0f, 3.1f);  // bytes 0 and 255
    EXPECT_NEAR(got[i], held, 0.0101f) << i;
  }
}

TEST(CApiPhoto, ItemsOfTheLastPhotoAreNotUsedForTheNext) {
  Preprocess p = record(Geometry::kCrop, ResizeFilter::kArea, ColorOrder::kRgb);
  const api::Plan plan = plan_of(p, false);
  const api::Session session(plan);
  paw_preprocess c = for_c(p);
  ASSERT_EQ(paw_session_set_photo(session.get(), 0, &c, photo().rgb.data(), 96, 48, 3), PAW_OK);
  p.filter = ResizeFilter::kNearest;
  p.bias[1] = 7;
  c = for_c(p);
  ASSERT_EQ(paw_session_set_photo(session.get(), 0, &c, photo().rgb.data(), 96, 96, 3), PAW_OK);
  const std::vector<float> expected = by_the_program(p);
  EXPECT_EQ(std::memcmp(session.input(0).data(), expected.data(), session.input(0).size()), 0);
}

TEST(CApiPhoto, TheWindowIsWhatTheModelSees) {
  double window[4] = {};
  const auto expect_window = [&](const paw_preprocess& c, std::int32_t w, std::int32_t h,
                                 std::array<double, 4> expected) {
    ASSERT_EQ(paw_photo_window(&c, w, h, window), PAW_OK) << api::error();
    for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(window[i], expected[i], 1e-9) << i;
  };
  paw_preprocess c = for_c(record(Geometry::kCrop, ResizeFilter::kBilinear, ColorOrder::kRgb));
  c.width = c.height = 224;
  c.resize_short = 256;
  expect_window(c, 640, 512, {96, 32, 448, 448});
  c.geometry = PAW_FIT;
  expect_window(c, 640, 512, {0, 0, 640, 512});
  c.geometry = PAW_STRETCH;
  expect_window(c, 64, 512, {0, 0, 64, 512});
}

TEST(CApiPhoto, RefusesWhatCannotBe) {
  const Preprocess p = record(Geometry::kCrop, ResizeFilter::kBilinear, ColorOrder::kRgb);
  const api::Plan plan = plan_of(p, false);
  const api::Session session(plan);
  const std::uint8_t* pixels = photo().rgb.data();
  const paw_preprocess good = for_c(p);
  double window[4];
  const auto refused = [&](const char* words, auto change) {
    paw_preprocess c = good;
    change(c);
    EXPECT_EQ(paw_session_set_photo(session.get(), 0, &c, pixels, 96, 96, 3), PAW_INVALID_ARGUMENT);
    EXPECT_NE(std::strstr(api::error(), words), nullptr) << api::error();
  };
  refused("geometry", [](paw_preprocess& c) { c.geometry = 3; });
  refused("filter", [](paw_preprocess& c) { c.filter = -1; });
  refused("colour", [](paw_preprocess& c) { c.color = 3; });
  refused("input's size", [](paw_preprocess& c) { c.width = 41; });
  refused("resize_short", [](paw_preprocess& c) { c.resize_short = 39; });
  EXPECT_EQ(paw_session_set_photo(session.get(), 0, &good, pixels, 96, 0, 3), PAW_INVALID_ARGUMENT);
  EXPECT_EQ(paw_session_set_photo(session.get(), 0, &good, pixels, 96, 96, 2), PAW_INVALID_ARGUMENT);
  EXPECT_EQ(paw_session_set_photo(session.get(), 1, &good, pixels, 96, 96, 3), PAW_INVALID_ARGUMENT);
  EXPECT_EQ(paw_session_set_photo(session.get(), 0, nullptr, pixels, 96, 96, 3), PAW_INVALID_ARGUMENT);
  EXPECT_EQ(paw_session_set_photo(nullptr, 0, &good, pixels, 96, 96, 3), PAW_INVALID_ARGUMENT);
  EXPECT_EQ(paw_photo_window(&good, 0, 96, window), PAW_INVALID_ARGUMENT);
  EXPECT_EQ(paw_photo_window(nullptr, 96, 96, window), PAW_INVALID_ARGUMENT);
  float few[3];
  EXPECT_EQ(paw_session_read_real(session.get(), 0, few, 3), PAW_INVALID_ARGUMENT);
  EXPECT_EQ(paw_session_read_real(session.get(), 1, few, 3), PAW_INVALID_ARGUMENT);
}

}  // namespace paw::c_api_photo_test
