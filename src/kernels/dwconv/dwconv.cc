#include "kernels/dwconv/dwconv.h"

namespace paw {

std::int64_t dwconv_packed_floats(const ConvShape& s) {
  return ceil_div(s.out_c, kDwBlock) * kDwBlock * (static_cast<std::int64_t>(s.kernel_h) * s.kernel_w + 1);
}

void dwconv_pack_f32(const ConvShape& s, const float* weights, const float* bias, float* packed, Range blocks) {
  const std::int64_t taps = static_cast<std::int64_t>(s.kernel_h) * s.kernel_w;
  packed += blocks.begin * kDwBlock * (taps + 1);
  for (std::int64_t block = blocks.begin * kDwBlock; block < blocks.end * kDwBlock; block += kDwBlock) {
    for (std::int64_t t = -1; t < taps; ++t) {  // row -1 is the bias
      for (std::int64_t c = block; c < block + kDwBlock; ++c) {
        float value = 0.0f;
        if (c < s.out_c) value = t >= 0 ? weights[t * s.out_c + c] : bias != nullptr ? bias[c] : 0.0f;
        *packed++ = value;
      }
    }
  }
}

void dwconv_pack_f32(const ConvShape& s, const float* weights, const float* bias, float* packed) {
  dwconv_pack_f32(s, weights, bias, packed, {0, dwconv_blocks(s)});
}

}  // namespace paw
