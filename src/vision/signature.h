// How a photo looks, in few bytes: enough to find the same picture re-compressed, resized, mirrored or cropped.
#pragma once

#include <array>
#include <cstdint>

#include "vision/image.h"

namespace paw {

struct PhotoSignature {
  static constexpr std::int64_t kSide = 32;
  static constexpr std::size_t kParts = 11;  // the whole, its middle at 0.9, nine places at 0.8 of its sides

  // Signs of the low frequencies of a part: 63 coefficients of the 8 x 8 lowest of a DCT of 32 x 32 grey levels (Zauner
  // 2010, without the median). The whole comes first.
  std::array<std::uint64_t, kParts> hashes{};
  std::uint64_t mirrored = 0;                           // the whole, mirrored left to right
  std::array<std::uint8_t, kSide * kSide> thumbnail{};  // grey, stretched to a square
  bool operator==(const PhotoSignature&) const = default;
};

// Of an upright picture of any size.
PhotoSignature signature_of(const Image& image);

// How alike two pictures are: the largest correlation (-1 to 1) of `whole` with any part of `other` that keeps at least
// three quarters of its sides; `mirror`: with `other` mirrored. Flat pictures are alike to nothing.
double likeness(const PhotoSignature& whole, const PhotoSignature& other, bool mirror);

}  // namespace paw
