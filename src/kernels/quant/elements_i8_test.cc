#include "kernels/quant/binary_i8.h"

#include <array>

#include "kernels/quant/convert_i8.h"
#include "kernels/quant/pool_i8.h"
#include "kernels/quant/quant_testing.h"

namespace paw::elements_i8_test {

// What one element becomes.
std::uint8_t binary_result(const BinaryI8& p, std::int32_t a, std::int32_t b) {
  const auto fine = [&](std::int32_t v, std::int32_t multiplier, std::int32_t shift) {
    return rounded_shift(doubled_high(shifted_left(v, p.shift), multiplier), shift);
  };
  std::int32_t v = 0;
  switch (p.op) {
    case BinaryI8Op::kMaximum: return static_cast<std::uint8_t>(std::max(a, b));
    case BinaryI8Op::kMinimum: return static_cast<std::uint8_t>(std::min(a, b));
    case BinaryI8Op::kAddShifted: v = ((a * p.a_multiplier + b * p.b_multiplier + p.bias) >> p.shift) + p.y.zero; break;
    case BinaryI8Op::kAddTwice: {
      const std::int32_t right = fine(b - p.b_zero, std::abs(p.b_multiplier), p.b_shift);
      const std::int32_t sum = fine(a - p.a_zero, p.a_multiplier, p.a_shift) + (p.b_multiplier < 0 ? -right : right);
      v = rounded_shift(doubled_high(sum, p.y_scale), p.y_shift) + p.y.zero;
      break;
    }
    case BinaryI8Op::kMul:
      return requantised((a - p.a_zero) * (b - p.b_zero), {p.way, p.y, {p.y_scale}, {p.y_shift}}, 0);
  }
  return static_cast<std::uint8_t>(clamped(v, p.y.min, p.y.max));
}

BinaryI8 random_params(Random& random, BinaryI8Op op, bool is_signed) {
  const RandomScales s = random_scales(random, is_signed, 1, 80 * 80);
  BinaryI8 p{.op = op, .way = s.way, .y = s.y, .is_signed = is_signed ? 1 : 0};
  p.a_zero = random_zero(random, is_signed);
  p.b_zero = random_zero(random, is_signed);
  p.y_scale = s.scale[0];
  p.y_shift = s.shift[0];
  if (op == BinaryI8Op::kMul) return p;
  p.a_multiplier = static_cast<std::int32_t>(random.below(1 << 21));
  p.b_multiplier = static_cast<std::int32_t>(random.below(1 << 21)) - (1 << 20);
  p.shift = 20;
  if (op != BinaryI8Op::kAddTwice) return p;
  p.a_multiplier = (1 << 30) + static_cast<std::int32_t>(random.below(1 << 30));
  p.b_multiplier = (random.below(2) == 0 ? -1 : 1) * ((1 << 30) + static_cast<std::int32_t>(random.below(1 << 29)));
  p.a_shift = static_cast<std::int32_t>(random.below(4));
  p.b_shift = static_cast<std::int32_t>(random.below(4));
  p.y_scale = (1 << 30) + static_cast<std::int32_t>(random.below(1 << 30));
  p.y_shift = 17 + static_cast<std::int32_t>(random.below(4));
  return p;
}

// Rows of `width`; b is whole, one row for all, or one number.
void expect_binary(Random& random, BinaryI8Op op, std::int64_t rows, std::int64_t width, std::uint64_t kind) {
  const bool is_signed = random.below(2) == 0;
  BinaryI8 p = random_params(random, op, is_signed);
  BinaryF32& g = p.grid;
  g.extents[4] = rows;
  g.extents[5] = width;
  g.a[4] = width;
  g.a[5] = 1;
  g.b[4] = kind == 0 ? width : 0;
  g.b[5] = kind == 2 ? 0 : 1;
  g.unit = 1 + static_cast<std::int64_t>(random.below(20));
  const auto a = random_bytes(random, rows * width);
  const auto b = random_bytes(random, kind == 0 ? rows * width : kind == 1 ? width : 1);
  std::vector<std::uint8_t> expected;
  for (std::int64_t i = 0; i < rows * width; ++i) {
    const std::int64_t at = kind == 0 ? i : kind == 1 ? i % width : 0;
    expected.push_back(binary_result(p, stored(a[static_cast<std::size_t>(i)], is_signed),
                                     stored(b[static_cast<std::size_t>(at)], is_signed)));
  }
  expect_bytes_on_every_tier(
      binary_units(g), expected, "op " + std::to_string(static_cast<int>(op)),
      [&](const KernelTable& k, std::uint8_t* y, Range units) { k.binary_i8(p, a.data(), b.data(), y, units); });
}

TEST(BinaryI8, EveryOpAndBroadcast) {
  Random random(41);
  for (int op = 0; op < kBinaryI8Ops; ++op) {
    for (int i = 0; i < 30; ++i) {
      const auto rows = static_cast<std::int64_t>(random.below(5) + 1),
                 width = static_cast<std::int64_t>(random.below(50) + 1);
      expect_binary(random, static_cast<BinaryI8Op>(op), rows, width, random.below(3));
    }
  }
}

TEST(LookupI8, EveryByteAtEveryPlace) {
  Random random(42);
  const auto table = random_bytes(random, 256);
  for (const std::int64_t count : {1, 31, 32, 63, 64, 65, 1000}) {
    const auto x = random_bytes(random, count);
    std::vector<std::uint8_t> expected;
    for (const std::uint8_t v : x) expected.push_back(table[v]);
    const LookupI8 p{.count = count, .unit = 70};
    expect_bytes_on_every_tier(
        lookup_i8_units(p), expected, std::to_string(count),
        [&](const KernelTable& k, std::uint8_t* y, Range units) { k.lookup_i8(p, table.data(), x.data(), y, units); });
  }
}

std::uint8_t pooled(const PoolI8& p, const std::vector<std::uint8_t>& x, std::int64_t oy, std::int64_t ox,
                    std::int64_t c) {
  const PoolF32& w = p.window;
  std::int32_t sum = 0, count = 0, best = -1000;
  for (std::int64_t k = 0; k < std::int64_t{w.kernel_h} * w.kernel_w; ++k) {
    const std::int64_t iy = oy * w.stride_h - w.pad_top + k / w.kernel_w,
                       ix = ox * w.stride_w - w.pad_left + k % w.kernel_w;
    if (iy < 0 || iy >= w.in_h || ix < 0 || ix >= w.in_w) continue;
    const std::int32_t v = stored(x[static_cast<std::size_t>((iy * w.in_w + ix) * w.channels + c)], p.is_signed != 0);
    sum += v;
    ++count;
    best = std::max(best, v);
  }
  if (p.average == 0) return static_cast<std::uint8_t>(best);
  return static_cast<std::uint8_t>(static_cast<std::int32_t>(std::round(static_cast<double>(sum) / count)));
}

TEST(PoolI8, MaximumAndAverage) {
  Random random(43);
  for (int i = 0; i < 40; ++i) {
    PoolI8 p{.average = i % 2, .is_signed = static_cast<std::int32_t>(random.below(2))};
    p.window = {.in_h = 9, .in_w = 7, .channels = static_cast<std::int32_t>(random.below(140) + 1)};
    p.window.kernel_h = p.window.kernel_w = static_cast<std::int32_t>(random.below(4) + 1);
    p.window.stride_h = p.window.stride_w = static_cast<std::int32_t>(random.below(3) + 1);
    p.window.pad_top = p.window.pad_left =
        static_cast<std::int32_t>(random.below(static_cast<std::uint64_t>(p.window.kernel_h)));
    p.window.out_h = (9 + p.window.pad_top - 1) / p.window.stride_h + 1;
    p.window.out_w = (7 + p.window.pad_left - 1) / p.window.stride_w + 1;
    const auto x = random_bytes(random, std::int64_t{9} * 7 * p.window.channels);
    std::vector<std::uint8_t> expected;
    for (std::int64_t oy = 0; oy < p.window.out_h; ++oy) {
      for (std::int64_t ox = 0; ox < p.window.out_w; ++ox) {
        for (std::int64_t c = 0; c < p.window.channels; ++c) expected.push_back(pooled(p, x, oy, ox, c));
      }
    }
    expect_bytes_on_every_tier(
        pool_units(p.window), expected, "case " + std::to_string(i),
        [&](const KernelTable& k, std::uint8_t* y, Range units) { k.pool_i8(p, x.data(), y, units); });
  }
}

TEST(ReduceI8, SumsOfAnyLength) {
  Random random(44);
  for (int i = 0; i < 40; ++i) {
    const bool is_signed = random.below(2) == 0;
    ReduceI8 p{.outer = static_cast<std::int64_t>(random.below(3) + 1),
               .reduce = static_cast<std::int64_t>(random.below(90) + 1),
               .inner = static_cast<std::int64_t>(random.below(150) + 1)};
    const double factor = random.uniform(0.2, 1.5) / std::sqrt(static_cast<double>(p.reduce));
    const FixedScale fixed = fixed_scale(factor);
    p.is_signed = is_signed ? 1 : 0;
    p.x_zero = random_zero(random, is_signed);
    p.y = {random_zero(random, is_signed), is_signed ? -128 : 0, is_signed ? 127 : 255};
    p.way = i % 2 == 0 ? Requantise::kFloat : Requantise::kDouble;
    p.scale = i % 2 == 0 ? __builtin_bit_cast(std::int32_t, static_cast<float>(factor)) : fixed.multiplier;
    p.shift = fixed.shift;
    p.offset = static_cast<float>(p.y.zero - static_cast<double>(p.reduce) * p.x_zero * factor);
    const auto x = random_bytes(random, p.outer * p.reduce * p.inner);
    std::vector<std::uint8_t> expected;
    for (std::int64_t at = 0; at < p.outer * p.inner; ++at) {
      std::int32_t sum = 0;
      for (std::int64_t r = 0; r < p.reduce; ++r) {
        sum += stored(x[static_cast<std::size_t>((at / p.inner * p.reduce + r) * p.inner + at % p.inner)], is_signed);
      }
      const float whole = static_cast<float>(sum) * static_cast<float>(factor) + p.offset;
      const std::int32_t v =
          p.way == Requantise::kFloat
              ? nearest_even(whole)
              : scaled_twice_rounded(sum - static_cast<std::int32_t>(p.reduce) * p.x_zero, fixed) + p.y.zero;
      expected.push_back(static_cast<std::uint8_t>(clamped(v, p.y.min, p.y.max)));
    }
    expect_bytes_on_every_tier(
        reduce_i8_units(p), expected, "case " + std::to_string(i),
        [&](const KernelTable& k, std::uint8_t* y, Range units) { k.reduce_i8(p, x.data(), y, units); });
  }
}

TEST(SoftmaxI8, SumsToOneAndIsAsRealOnes) {
  Random random(45);
  std::array<std::int32_t, 256> exps{};
  for (int d = 0; d < 256; ++d)
    exps[static_cast<std::size_t>(d)] = __builtin_bit_cast(std::int32_t, std::exp(-0.1f * static_cast<float>(d)));
  for (const bool is_signed : {true, false}) {
    const SoftmaxI8 p{.lines = 5, .axis = 33, .is_signed = is_signed ? 1 : 0};
    const auto x = random_bytes(random, p.lines * p.axis);
    std::vector<std::uint8_t> expected;
    for (std::int64_t line = 0; line < p.lines; ++line) {
      std::vector<double> e;
      double sum = 0;
      for (std::int64_t i = 0; i < p.axis; ++i) {
        e.push_back(std::exp(0.1 * stored(x[static_cast<std::size_t>(line * p.axis + i)], is_signed)));
        sum += e.back();
      }
      for (const double v : e) {
        const auto whole = static_cast<std::int32_t>(std::min(std::round(v / sum * 256), 255.0));
        expected.push_back(static_cast<std::uint8_t>(whole - (is_signed ? 128 : 0)));
      }
    }
    expect_bytes_on_every_tier(
        p.lines, expected, is_signed ? "i8" : "u8",
        [&](const KernelTable& k, std::uint8_t* y, Range units) { k.softmax_i8(p, exps.data(), x.data(), y, units); });
  }
}

TEST(ConvertI8, QuantisesHalvesNanAndInfinity) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const std::vector<float> x{0.5f, 1.5f, -0.5f, -1.5f, 0.49999997f, 300.0f, -kInfinity, kInfinity, std::nanf(""), 2.0f};
  const std::vector<std::int32_t> even{0, 2, 0, -2, 0, 117, -138, 117, -10, 2};
  const std::vector<std::int32_t> away{1, 2, -1, -2, 0, 117, -138, 117, -10, 2};
  for (const bool as_float : {true, false}) {
    const QuantiseI8 p{
        .count = 10, .unit = 3, .y = {10, -128, 127}, .way = as_float ? Requantise::kFloat : Requantise::kDouble};
    std::vector<std::uint8_t> expected;
    for (const std::int32_t v : as_float ? even : away) expected.push_back(static_cast<std::uint8_t>(v + 10));
    expect_bytes_on_every_tier(
        quantise_i8_units(p), expected, as_float ? "float" : "fixed",
        [&](const KernelTable& k, std::uint8_t* y, Range units) { k.quantise_i8(p, x.data(), y, units); });
  }
}

TEST(ConvertI8, DequantisesEveryByte) {
  for (const bool is_signed : {true, false}) {
    std::vector<std::uint8_t> x(256);
    for (std::size_t i = 0; i < 256; ++i) x[i] = static_cast<std::uint8_t>(i);
    const DequantiseI8 p{.count = 256, .unit = 17, .zero = 5, .is_signed = is_signed ? 1 : 0, .scale = 0.3f};
    const auto results = run_every_tier(dequantise_i8_units(p), 256, [&](const KernelTable& k, float* y, Range units) {
      k.dequantise_i8(p, x.data(), y, units);
    });
    for (const auto& y : results) {
      for (std::size_t i = 0; i < 256; ++i) {
        EXPECT_EQ(y[i], static_cast<float>(stored(x[i], is_signed) - 5) * 0.3f);
      }
    }
  }
}

TEST(ResizeI8, ReadsWhereTheReferenceDoes) {
  Random random(46);
  for (int i = 0; i < 40; ++i) {
    const ResizeI8 p{.image = {.in_h = static_cast<std::int32_t>(random.below(9) + 1),
                               .in_w = static_cast<std::int32_t>(random.below(9) + 1),
                               .channels = 5,
                               .out_h = static_cast<std::int32_t>(random.below(14) + 1),
                               .out_w = static_cast<std::int32_t>(random.below(14) + 1),
                               .grid = static_cast<ResizeGrid>(random.below(3))},
                     .way = static_cast<ResizeI8Way>(1 + random.below(3)),
                     .is_signed = 0};
    const ResizeF32& s = p.image;
    const auto x = random_bytes(random, std::int64_t{s.in_h} * s.in_w * s.channels);
    std::vector<ResizePointI8> scratch(static_cast<std::size_t>(s.out_w));
    std::vector<std::uint8_t> first;
    for (const Isa isa : available_isas()) {
      std::vector<std::uint8_t> y(static_cast<std::size_t>(std::int64_t{s.out_h} * s.out_w * s.channels));
      kernel_table(isa).resize_i8(p, x.data(), y.data(), scratch.data(), {0, resize_units(s)});
      if (first.empty()) first = y;
      EXPECT_EQ(y, first);
    }
    const auto value = [&](std::int32_t yy, std::int32_t xx, std::int64_t c) {
      return static_cast<double>(x[static_cast<std::size_t>((std::int64_t{yy} * s.in_w + xx) * s.channels + c)]);
    };
    for (std::int64_t at = 0; at < static_cast<std::int64_t>(first.size()); ++at) {
      const std::int64_t c = at % s.channels, column = at / s.channels % s.out_w, row = at / s.channels / s.out_w;
      const ResizePoint v = bilinear_point(s.grid, s.in_h, s.out_h, static_cast<std::int32_t>(row));
      const ResizePoint h = bilinear_point(s.grid, s.in_w, s.out_w, static_cast<std::int32_t>(column));
      const double top = value(v.low, h.low, c) * (1 - h.fraction) + value(v.low, h.high, c) * h.fraction;
      const double bottom = value(v.high, h.low, c) * (1 - h.fraction) + value(v.high, h.high, c) * h.fraction;
      // Coordinates of ten bits are off by up to a thousandth of a pixel per step.
      EXPECT_NEAR(first[static_cast<std::size_t>(at)], top * (1 - v.fraction) + bottom * v.fraction, 3.5);
    }
  }
}

}  // namespace paw::elements_i8_test
