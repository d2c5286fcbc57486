// Writes colour profiles for tests.
#pragma once

#include <lcms2.h>

#include "vision/photo_testing.h"

namespace paw {

inline File take_profile(cmsHPROFILE profile) {
  cmsUInt32Number size = 0;
  cmsSaveProfileToMem(profile, nullptr, &size);
  File file(size);
  cmsSaveProfileToMem(profile, file.data(), &size);
  cmsCloseProfile(profile);
  return file;
}

inline File srgb_profile() { return take_profile(cmsCreate_sRGBProfile()); }

// Display P3: its primaries (SMPTE EG 432-1), white D65, sRGB's curve.
inline File display_p3_profile() {
  const cmsCIExyY white{0.3127, 0.3290, 1};
  const cmsCIExyYTRIPLE primaries{{0.680, 0.320, 1}, {0.265, 0.690, 1}, {0.150, 0.060, 1}};
  const cmsFloat64Number curve[] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
  cmsToneCurve* tone = cmsBuildParametricToneCurve(nullptr, 4, curve);
  cmsToneCurve* tones[] = {tone, tone, tone};
  cmsHPROFILE profile = cmsCreateRGBProfile(&white, &primaries, tones);
  cmsFreeToneCurve(tone);
  return take_profile(profile);
}

inline File gray_profile(double gamma) {
  cmsToneCurve* tone = cmsBuildGamma(nullptr, gamma);
  cmsHPROFILE profile = cmsCreateGrayProfile(cmsD50_xyY(), tone);
  cmsFreeToneCurve(tone);
  return take_profile(profile);
}

}  // namespace paw
