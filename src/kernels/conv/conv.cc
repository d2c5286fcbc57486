#include "kernels/conv/conv.h"

#include "kernels/conv/conv_pack_body.h"
#include "kernels/conv/conv_scratch.h"

namespace paw {

using namespace conv_detail;

namespace {

// Below this many channels a kernel row is read as one segment: short segments would be all overhead.
constexpr std::int32_t kNarrow = 16;

std::int64_t k_of(const ConvShape& s) { return taps(s) * (s.in_c / s.groups); }

}  // namespace

ConvSegments conv_segments(const ConvShape& s) {
  if (s.groups == 1 && s.dilation_w == 1 && s.in_c < kNarrow && s.kernel_w > 1) {
    return {true, s.kernel_h, s.kernel_w * s.in_c};
  }
  return {false, s.kernel_h * s.kernel_w, s.in_c / s.groups};
}

std::int64_t conv_packed_group_floats(const ConvShape& s) {
  const std::int64_t columns = s.out_c / s.groups;
  const std::int64_t rest = columns % kConvPanel;
  const std::int64_t padded = columns - rest + (rest == 0 ? 0 : rest <= 8 ? 8 : 16);
  return padded * (k_of(s) + 1);
}

std::size_t conv_packed_floats(const ConvShape& s) {
  return static_cast<std::size_t>(conv_packed_group_floats(s) * s.groups);
}

void conv_pack_f32(const ConvShape& s, const float* weights, const float* bias, float* packed) {
  const ConvPackF32 params{.shape = s};
  pack<vec::Portable>(params, weights, bias, packed, {0, conv_pack_units(params)});
}

ConvScratch conv_scratch(const ConvShape& s) {
  const ConvSegments segments = conv_segments(s);
  const std::int64_t rows = segments.count * kConvTile;  // per tile
  std::int64_t tiles = block_tiles(segments.count, segments.length);
  if (conv_by_panels(s)) tiles = ceil_div(conv_pixels(s), kConvTile);
  ConvScratch out{.tiles = tiles, .rows = align16(segments.length), .patches = 0, .floats = 0};
  out.patches = out.rows + align16(tiles * rows * kPointerFloats);
  out.floats = out.patches + (segments.merged ? align16(tiles * rows * segments.length) : 0);
  return out;
}

}  // namespace paw
