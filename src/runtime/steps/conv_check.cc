#include "runtime/steps/conv_check.h"

#include <initializer_list>

namespace paw {

namespace {

// Bounds that keep every product of extents below 2^62 and every buffer below the arena's limit.
constexpr std::int32_t kMaxExtent32 = 1 << 20;
constexpr std::uint64_t kMaxFloats = std::uint64_t{1} << 30;

bool positive(std::int32_t value) { return value >= 1 && value <= kMaxExtent32; }

// a * b, or more than kMaxFloats when it would be that much.
std::uint64_t product(std::uint64_t a, std::uint64_t b) {
  return a > kMaxFloats || b > kMaxFloats || a * b > kMaxFloats ? kMaxFloats + 1 : a * b;
}

std::uint64_t product(std::int32_t a, std::int32_t b, std::int32_t c, std::int32_t d) {
  const auto u = [](std::int32_t v) { return static_cast<std::uint64_t>(v); };
  return product(product(u(a), u(b)), product(u(c), u(d)));
}

}  // namespace

const char* check_conv_shape(const ConvShape& s) {
  for (const std::int32_t v : {s.batch, s.in_h, s.in_w, s.in_c, s.out_h, s.out_w, s.out_c, s.kernel_h, s.kernel_w,
                               s.stride_h, s.stride_w, s.dilation_h, s.dilation_w, s.groups}) {
    if (!positive(v)) return "an extent is out of range";
  }
  if (s.pad_top < 0 || s.pad_left < 0 || s.pad_top > kMaxExtent32 || s.pad_left > kMaxExtent32) {
    return "padding is out of range";
  }
  if (s.in_c % s.groups != 0 || s.out_c % s.groups != 0) return "groups do not divide the channels";
  if (product(s.batch, s.in_h, s.in_w, s.in_c) > kMaxFloats ||
      product(s.batch, s.out_h, s.out_w, s.out_c) > kMaxFloats ||
      product(s.kernel_h, s.kernel_w, s.in_c, s.out_c) > kMaxFloats ||
      product(s.kernel_h, s.kernel_w, s.in_c, 64) > kMaxFloats) {
    return "a tensor is too large";
  }
  return nullptr;
}

std::uint64_t image_bytes(const ConvShape& s) { return product(s.batch, s.in_h, s.in_w, s.in_c) * sizeof(float); }

std::uint64_t result_bytes(const ConvShape& s) { return product(s.batch, s.out_h, s.out_w, s.out_c) * sizeof(float); }

std::uint64_t weight_bytes(const ConvShape& s) {
  return product(s.kernel_h, s.kernel_w, s.in_c / s.groups, s.out_c) * sizeof(float);
}

}  // namespace paw
