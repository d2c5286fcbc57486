#include "lower/quant/tables.h"

#include <algorithm>
#include <cmath>

#include "ir/op_def.h"

namespace paw {

ByteTable table_of(const ByteTensor& x, const std::function<std::int32_t(std::int32_t)>& result) {
  ByteTable table{};
  for (std::int32_t i = 0; i < 256; ++i) {
    const std::int32_t stored = x.is_signed ? static_cast<std::int8_t>(i) : i;
    table[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(result(stored));
  }
  return table;
}

namespace {

std::int32_t saturated(const ByteTensor& y, std::int64_t v) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(v, y.lowest(), y.highest()));
}

// XNNPACK's 8-bit conversions multiply by factors with 8 bits behind the point, where those fit.
bool fits_eight_bits(float factor) { return factor >= 1.0f / 256 && factor <= 128.0f; }
std::int32_t eight_bit_factor(float factor) { return nearest_even(256.0f * factor); }
std::int32_t scaled_by_eight_bits(std::int32_t x, std::int32_t factor, const ByteTensor& y) {
  return saturated(y, ((std::int64_t{x} * factor + 128) >> 8) + y.zero);
}

std::int32_t scaled_half_up(std::int32_t x, FixedScale s) {
  const std::int32_t high = doubled_high(shifted_left(x, std::max(s.shift, 0)), s.multiplier);
  return s.shift >= 0 ? high : (high + (1 << (-s.shift - 1))) >> -s.shift;
}

}  // namespace

ByteTable rescaled_table(const ByteTensor& x, const ByteTensor& y, const Quantised& range, Rounding rounding) {
  const float factor = x.scale / y.scale;
  const bool plain = range == y.all();
  if (rounding == Rounding::kFloat && plain && x.is_signed == y.is_signed && fits_eight_bits(factor)) {
    const std::int32_t multiplier = eight_bit_factor(factor);
    return table_of(x, [&](std::int32_t v) { return scaled_by_eight_bits(v - x.zero, multiplier, y); });
  }
  // Between i8 and u8, TensorFlow Lite's optimised kernels on x86 and ARM round halves up.
  const bool up = rounding == Rounding::kFloat && plain && x.is_signed != y.is_signed;
  const FixedScale s = fixed_scale(plain ? static_cast<double>(x.scale) / y.scale : static_cast<double>(factor));
  return table_of(x, [&](std::int32_t v) {
    const std::int32_t scaled = up ? scaled_half_up(v - x.zero, s) : scaled_twice_rounded(v - x.zero, s);
    return clamped(scaled + y.zero, range.min, range.max);
  });
}

ByteTable leaky_relu_table(const ByteTensor& x, const ByteTensor& y, float alpha, Rounding rounding) {
  const float positive = x.scale / y.scale, negative = positive * alpha;
  const bool small = negative >= -127.99609375f && negative <= 128.0f && std::abs(negative) >= 1.0f / 256;
  if (rounding == Rounding::kFloat && std::isnormal(alpha) && fits_eight_bits(positive) && small) {
    const std::int32_t up = eight_bit_factor(positive), down = eight_bit_factor(negative);
    return table_of(x, [&](std::int32_t v) { return scaled_by_eight_bits(v - x.zero, v >= x.zero ? up : down, y); });
  }
  const float slope = x.scale * alpha / y.scale;
  const FixedScale up = fixed_scale(positive), down = fixed_scale(std::abs(slope));
  return table_of(x, [&](std::int32_t v) {
    const std::int32_t d = v - x.zero;
    const std::int32_t low = scaled_twice_rounded(d, down);
    return saturated(y, std::int64_t{d >= 0 ? scaled_twice_rounded(d, up) : slope < 0 ? -low : low} + y.zero);
  });
}

namespace {

// 16-bit fixed point, as the reference kernel of hard_swish computes.
std::int16_t narrowed(std::int32_t v) { return static_cast<std::int16_t>(static_cast<std::uint16_t>(v)); }
std::int16_t rounded_high(std::int16_t a, std::int16_t b) {
  if (a == INT16_MIN && b == INT16_MIN) return INT16_MAX;
  const std::int32_t product = a * b;
  return narrowed((product + (product >= 0 ? 1 << 14 : 1 - (1 << 14))) / (1 << 15));
}
std::int16_t cut_high(std::int16_t a, std::int16_t b) {
  if (a == INT16_MIN && b == INT16_MIN) return INT16_MAX;
  return narrowed(a * b / (1 << 15));
}
std::int16_t saturating_left(std::int16_t v, int bits) {
  return static_cast<std::int16_t>(
      std::clamp<std::int64_t>(std::int64_t{v} * (std::int64_t{1} << bits), INT16_MIN, INT16_MAX));
}
// A multiplier's upper half.
std::int16_t upper_half(std::int32_t multiplier) {
  constexpr std::int32_t kHalf = 1 << 15;
  return multiplier >= INT32_MAX - kHalf ? INT16_MAX : static_cast<std::int16_t>((multiplier + kHalf) >> 16);
}

struct HardSwish {
  std::int16_t output = 0, gate = 0;  // multipliers
  int output_exponent = 0, gate_exponent = 0;

  // x / 3 saturated to [-1, 1], as 16-bit fixed point.
  std::int16_t gate_of(std::int16_t fine) const {
    std::int16_t v = fine;
    if (gate_exponent > 0) v = saturating_left(v, gate_exponent - 1);
    v = rounded_high(v, gate);
    if (gate_exponent > 0) v = saturating_left(v, 1);
    if (gate_exponent < 0) v = narrowed(rounded_shift(v, -gate_exponent));
    return v;
  }
  std::int32_t operator()(std::int32_t d) const {
    const std::int16_t fine = narrowed(d * 128);
    const std::int16_t before_shift = rounded_high(fine, output);
    const std::int16_t half_open = narrowed((gate_of(fine) + (1 << 15)) >> 1);
    return rounded_shift(cut_high(half_open, before_shift), -output_exponent);
  }
};

}  // namespace

Result<ByteTable> hard_swish_table(const Node& node, const ByteTensor& x, const ByteTensor& y) {
  const float fine = (1.0f / 128.0f) * x.scale;
  const FixedScale output = fixed_scale(fine / y.scale), gate = fixed_scale(fine / (3.0f / 32768.0f));
  if (output.shift > 0 || output.shift < -15 || gate.shift < -15 || gate.shift > 16) {
    return unsupported(node, "its scales are too far apart for 16-bit fixed point");
  }
  const HardSwish f{upper_half(output.multiplier), upper_half(gate.multiplier), output.shift, gate.shift};
  return table_of(x, [&](std::int32_t v) { return saturated(y, std::int64_t{f(v - x.zero)} + y.zero); });
}

ByteTable real_table(const Node& node, const ByteTensor& x, const ByteTensor& y) {
  RefTensor in{Shape{256}, std::vector<double>(256)};
  for (std::int32_t i = 0; i < 256; ++i) {
    in.data[static_cast<std::size_t>(i)] = (x.lowest() + i - x.zero) * static_cast<double>(x.scale);
  }
  RefTensor out{Shape{256}, std::vector<double>(256)};
  const TensorType type{DType::kF64, Shape{256}};
  const TensorType* types[] = {&type};
  const RefTensor* inputs[] = {&in};
  const OpCall call{*node.op, node.attrs, types, node.source};
  node.op->reference({call, inputs, std::span(&out, 1)});
  return table_of(x, [&](std::int32_t v) {
    const double real = out.data[static_cast<std::size_t>(v - x.lowest())] / static_cast<double>(y.scale) + y.zero;
    if (std::isnan(real)) return saturated(y, 0);
    return saturated(y, std::llrint(std::clamp(real, -1e6, 1e6)));
  });
}

}  // namespace paw
