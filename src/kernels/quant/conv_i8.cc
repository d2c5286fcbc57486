#include "kernels/quant/conv_i8.h"

#include <cstring>

namespace paw {

namespace {

// A block's windows are read again for every panel: they stay within half of a 512 KB second-level cache.
constexpr std::int64_t kBlockNumbers = 64 * 1024;
constexpr std::int64_t kMaxTiles = 32;

// One panel: `count` channels from output channel `first`.
void pack_panel(const ConvShape& s, const ConvI8Weights& from, std::int64_t first, std::int64_t count, std::byte* to) {
  const std::int64_t length = static_cast<std::int64_t>(s.kernel_h) * s.kernel_w * (s.in_c / s.groups);
  std::int32_t head[3][kConvPanel] = {};
  for (std::int64_t c = 0; c < count; ++c) {
    head[0][c] = from.bias != nullptr ? from.bias[first + c] : 0;
    head[1][c] = from.scales[first + c].scale;
    head[2][c] = from.scales[first + c].shift;
  }
  std::memcpy(to, head, sizeof(head));
  auto* pairs = reinterpret_cast<std::int16_t*>(to + sizeof(head));
  for (std::int64_t k = 0; k < conv_i8_pairs(s) * 2; k += 2) {
    for (std::int64_t c = 0; c < kConvPanel; ++c) {
      for (std::int64_t half = 0; half < 2; ++half) {
        const bool exists = c < count && k + half < length;
        *pairs++ = exists ? from.weights[(first + c) * length + k + half] : std::int16_t{0};
      }
    }
  }
}

}  // namespace

void conv_i8_pack(const ConvShape& s, const ConvI8Weights& from, std::byte* packed) {
  const std::int64_t columns = s.out_c / s.groups;
  for (std::int64_t group = 0; group < s.groups; ++group) {
    for (std::int64_t c = 0; c < columns; c += kConvPanel) {
      const std::int64_t left = columns - c;
      pack_panel(s, from, group * columns + c, left < kConvPanel ? left : kConvPanel, packed);
      packed += conv_i8_panel_bytes(s);
    }
  }
}

std::int64_t conv_i8_block(const ConvShape& s) {
  std::int64_t tiles = kBlockNumbers / (conv_i8_row(s) * kConvTile);
  tiles = tiles < 1 ? 1 : tiles > kMaxTiles ? kMaxTiles : tiles;
  if (conv_by_panels(s)) tiles = ceil_div(conv_pixels(s), kConvTile);
  return tiles * kConvTile;
}

std::int64_t conv_i8_scratch_bytes(const ConvShape& s) { return conv_i8_block(s) * conv_i8_row(s) * 2 + kConvOver * 2; }

}  // namespace paw
