#include "kernels/quant/dwconv_i8.h"

#include <cstring>

namespace paw {

namespace {

// The kernel row that half `half` of pair `pair` stands for; below 0 or past the last: none.
std::int64_t kernel_row(const ConvShape& s, std::int64_t form, std::int64_t pair, std::int64_t half) {
  if (!dwconv_i8_paired(s)) return half == 0 ? pair : -1;
  return 2 * pair + half - form;
}

}  // namespace

void dwconv_i8_pack(const ConvShape& s, const ConvI8Weights& from, std::byte* packed) {
  for (std::int64_t block = 0; block < s.out_c; block += kDwPanel) {
    std::int32_t head[3][kDwPanel] = {};
    const std::int64_t count = s.out_c - block < kDwPanel ? s.out_c - block : kDwPanel;
    for (std::int64_t c = 0; c < count; ++c) {
      head[0][c] = from.bias != nullptr ? from.bias[block + c] : 0;
      head[1][c] = from.scales[block + c].scale;
      head[2][c] = from.scales[block + c].shift;
    }
    std::memcpy(packed, head, sizeof(head));
    auto* to = reinterpret_cast<std::int16_t*>(packed + sizeof(head));
    std::memset(to, 0, static_cast<std::size_t>(dwconv_i8_forms(s) * dwconv_i8_form_numbers(s) * 2));
    for (std::int64_t form = 0; form < dwconv_i8_forms(s); ++form) {
      for (std::int64_t pair = 0; pair < dwconv_i8_pairs(s); ++pair) {
        for (std::int64_t kx = 0; kx < s.kernel_w; ++kx, to += 2 * kDwPanel) {
          for (std::int64_t half = 0; half < 2; ++half) {
            const std::int64_t ky = kernel_row(s, form, pair, half);
            if (ky < 0 || ky >= s.kernel_h) continue;
            const std::int16_t* w = from.weights + (ky * s.kernel_w + kx) * s.out_c + block;
            for (std::int64_t c = 0; c < count; ++c) to[2 * c + half] = w[c];
          }
        }
      }
    }
    packed += dwconv_i8_block_bytes(s);
  }
}

}  // namespace paw
