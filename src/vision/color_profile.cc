#include "vision/color_profile.h"

#include <lcms2.h>
#include <lcms2_plugin.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

namespace paw {
namespace {

// Press profiles with large tables have 2 to 3 MB.
constexpr std::size_t kMaxProfileBytes = std::size_t{8} << 20;
// Of one allocation inside Little CMS: a table of 33^4 CMYK points takes 7 MB. A hostile profile may ask for more.
constexpr cmsUInt32Number kMaxAllocation = 32U << 20;

void* limited_malloc(cmsContext, cmsUInt32Number size) { return size > kMaxAllocation ? nullptr : std::malloc(size); }
void limited_free(cmsContext, void* memory) { std::free(memory); }
void* limited_realloc(cmsContext, void* memory, cmsUInt32Number size) {
  return size > kMaxAllocation ? nullptr : std::realloc(memory, size);
}

cmsContext make_context() {
  static cmsPluginMemHandler plugin = {
      .base = {cmsPluginMagicNumber, 2060, cmsPluginMemHandlerSig, nullptr},
      .MallocPtr = limited_malloc,
      .FreePtr = limited_free,
      .ReallocPtr = limited_realloc,
      .MallocZeroPtr = nullptr,
      .CallocPtr = nullptr,
      .DupPtr = nullptr,
  };
  return cmsCreateContext(&plugin, nullptr);
}

// A profile and the context it lives in, closed together.
struct Profiles {
  cmsContext context = make_context();
  cmsHPROFILE embedded = nullptr, srgb = nullptr;
  Profiles() = default;
  Profiles(const Profiles&) = delete;
  Profiles& operator=(const Profiles&) = delete;
  ~Profiles() {
    if (embedded != nullptr) cmsCloseProfile(embedded);
    if (srgb != nullptr) cmsCloseProfile(srgb);
    if (context != nullptr) cmsDeleteContext(context);
  }
};

struct Pixels {
  cmsColorSpaceSignature space;
  cmsUInt32Number layout;
};

Pixels pixels_of(ColorTransform::From from) {
  switch (from) {
    case ColorTransform::From::kGray: return {cmsSigGrayData, TYPE_GRAY_8};
    case ColorTransform::From::kRgb: return {cmsSigRgbData, TYPE_RGB_8};
    case ColorTransform::From::kCmyk: return {cmsSigCmykData, TYPE_CMYK_8};
    case ColorTransform::From::kCmykInverted: return {cmsSigCmykData, TYPE_CMYK_8_REV};
  }
  std::abort();
}

// True when the transform moves none of 17^3 colours by more than a level.
bool is_srgb(const ColorTransform& transform) {
  constexpr int kSteps = 17;
  std::vector<std::uint8_t> colors;
  for (int i = 0; i < kSteps * kSteps * kSteps; ++i) {
    for (const int step : {i % kSteps, i / kSteps % kSteps, i / kSteps / kSteps}) {
      colors.push_back(static_cast<std::uint8_t>(step * 255 / (kSteps - 1)));
    }
  }
  std::vector<std::uint8_t> moved(colors.size());
  transform.apply(colors.data(), moved.data(), colors.size() / 3);
  return std::ranges::equal(colors, moved, [](int a, int b) { return std::abs(a - b) <= 1; });
}

using Levels = std::array<std::uint8_t, 256>;
Levels ramp() {
  Levels levels{};
  for (std::size_t i = 0; i < levels.size(); ++i) levels[i] = static_cast<std::uint8_t>(i);
  return levels;
}

}  // namespace

void ColorTransform::Close::operator()(void* transform) const {
  const cmsContext context = cmsGetTransformContextID(transform);
  cmsDeleteTransform(transform);
  cmsDeleteContext(context);
}

std::expected<ColorTransform, std::string> ColorTransform::open(std::span<const std::byte> icc, From from) {
  if (icc.size() > kMaxProfileBytes) return std::unexpected("the colour profile is larger than 8 MB and was ignored");
  Profiles profiles;
  const Pixels pixels = pixels_of(from);
  if (profiles.context == nullptr) return std::unexpected("no memory for the colour profile");
  profiles.embedded = cmsOpenProfileFromMemTHR(profiles.context, icc.data(), static_cast<cmsUInt32Number>(icc.size()));
  if (profiles.embedded == nullptr) return std::unexpected("the colour profile is broken and was ignored");
  if (cmsGetColorSpace(profiles.embedded) != pixels.space) {
    return std::unexpected("the colour profile is not for such pixels and was ignored");
  }
  profiles.srgb = cmsCreate_sRGBProfileTHR(profiles.context);
  void* transform =
      cmsCreateTransformTHR(profiles.context, profiles.embedded, pixels.layout, profiles.srgb, TYPE_RGB_8,
                            INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_BLACKPOINTCOMPENSATION | cmsFLAGS_NOCACHE);
  if (transform == nullptr) return std::unexpected("the colour profile is broken and was ignored");
  profiles.context = nullptr;  // goes with the transform
  return ColorTransform(transform);
}

void ColorTransform::apply(const std::uint8_t* from, std::uint8_t* to, std::size_t pixels) const {
  // Little CMS counts pixels in 32 bits.
  cmsDoTransform(transform_.get(), from, to, static_cast<cmsUInt32Number>(pixels));
}

const std::string& ProfileConverter::open(std::span<const std::byte> icc, bool gray) {
  if (!icc_.empty() && gray == gray_ && std::ranges::equal(icc, icc_)) return complaint_;
  *this = {};
  icc_.assign(icc.begin(), icc.end());
  gray_ = gray;
  if (gray) {
    if (const auto opened = ColorTransform::open(icc, ColorTransform::From::kGray)) {
      const Levels levels = ramp();
      of_gray_.resize(3 * levels.size());
      opened->apply(levels.data(), of_gray_.data(), levels.size());
      return complaint_;
    }
  }
  auto opened = ColorTransform::open(icc, ColorTransform::From::kRgb);
  if (!opened) {
    complaint_ = opened.error();
  } else if (!is_srgb(*opened)) {
    transform_ = std::move(*opened);
  }
  return complaint_;
}

void ProfileConverter::convert(std::uint8_t* rgb, std::size_t pixels) const {
  if (!of_gray_.empty()) {
    for (std::size_t i = 0; i < 3 * pixels; i += 3) std::copy_n(&of_gray_[3 * std::size_t{rgb[i]}], 3, rgb + i);
  } else if (transform_) {
    transform_->apply(rgb, rgb, pixels);
  }
}

}  // namespace paw
