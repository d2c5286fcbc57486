// How forward convolution and gradients cut pixels into blocks and lay out a thread's scratch.
#pragma once

#include "kernels/conv/conv.h"

namespace paw::conv_detail {

// What a block of pixels reads is read again for every panel: it stays within half of a 512 KB second-level cache.
inline constexpr std::int64_t kBlockFloats = 64 * 1024;
inline constexpr std::int64_t kMaxTiles = 32;
inline constexpr std::int64_t kPointerFloats = sizeof(const float*) / sizeof(float);

// Parts of the scratch begin at whole cache lines.
constexpr std::int64_t align16(std::int64_t floats) { return (floats + 15) / 16 * 16; }
constexpr std::int64_t clamp(std::int64_t v, std::int64_t lo, std::int64_t hi) { return v < lo ? lo : v > hi ? hi : v; }

constexpr std::int64_t taps(const ConvShape& s) { return static_cast<std::int64_t>(s.kernel_h) * s.kernel_w; }

// Tiles of a block whose pixels each read `segments` runs of `length` floats.
constexpr std::int64_t block_tiles(std::int64_t segments, std::int64_t length) {
  return clamp(kBlockFloats / (segments * kConvTile * length), 1, kMaxTiles);
}

}  // namespace paw::conv_detail
