#include "kernels/quant/conv_i8.h"

#include "kernels/quant/dwconv_i8.h"
#include "kernels/quant/quant_testing.h"

namespace paw::conv_i8_test {

// A layer with random numbers of every kind.
struct Layer {
  ConvI8 p;
  std::vector<std::uint8_t> x;
  std::vector<std::int16_t> weights;
  std::vector<std::int32_t> bias;
  RandomScales scales;
  std::vector<ChannelScale> channel_scales;

  Layer(Random& random, const ConvShape& s, bool depthwise) {
    const bool is_signed = random.below(2) == 0;
    p = {.shape = s, .x_zero = random_zero(random, is_signed), .x_signed = is_signed ? 1 : 0};
    p.unit_pixels = static_cast<std::int32_t>(random.below(9) + 1);
    x = random_bytes(random, std::int64_t{s.batch} * s.in_h * s.in_w * s.in_c);
    const std::int64_t taps = std::int64_t{s.kernel_h} * s.kernel_w,
                       of_filter = depthwise ? taps : taps * (s.in_c / s.groups);
    weights.resize(static_cast<std::size_t>(of_filter * s.out_c));
    // The extremes too: 255 * 255 twice must not overflow what adds them.
    for (std::int16_t& w : weights) {
      w = static_cast<std::int16_t>(random.below(4) == 0 ? (random.below(2) == 0 ? 255 : -255)
                                                         : static_cast<std::int32_t>(random.below(511)) - 255);
    }
    for (std::int32_t c = 0; c < s.out_c; ++c) bias.push_back(static_cast<std::int32_t>(random.below(20'001)) - 10'000);
    scales = random_scales(random, is_signed, s.out_c, 80 * 150 * std::sqrt(static_cast<double>(of_filter)));
    p.way = scales.way;
    p.y = scales.y;
    for (std::size_t c = 0; c < scales.scale.size(); ++c) channel_scales.push_back({scales.scale[c], scales.shift[c]});
  }

  ConvI8Weights from() const { return {weights.data(), bias.data(), channel_scales.data()}; }

  // x less its zero point; 0 outside.
  std::int32_t pixel(std::int64_t n, std::int64_t y, std::int64_t xx, std::int64_t c) const {
    const ConvShape& s = p.shape;
    if (y < 0 || y >= s.in_h || xx < 0 || xx >= s.in_w) return 0;
    return stored(x[static_cast<std::size_t>(((n * s.in_h + y) * s.in_w + xx) * s.in_c + c)], p.x_signed != 0) -
           p.x_zero;
  }

  std::vector<std::uint8_t> expected(bool depthwise) const {
    const ConvShape& s = p.shape;
    std::vector<std::uint8_t> out;
    for (std::int64_t i = 0; i < conv_pixels(s) * s.out_c; ++i) {
      const std::int64_t o = i % s.out_c, pixel_number = i / s.out_c;
      const std::int64_t ox = pixel_number % s.out_w, oy = pixel_number / s.out_w % s.out_h,
                         n = pixel_number / s.out_w / s.out_h;
      std::int32_t sum = bias[static_cast<std::size_t>(o)];
      for (std::int64_t ky = 0; ky < s.kernel_h; ++ky) {
        for (std::int64_t kx = 0; kx < s.kernel_w; ++kx) {
          const std::int64_t y = oy * s.stride_h + ky * s.dilation_h - s.pad_top;
          const std::int64_t xx = ox * s.stride_w + kx * s.dilation_w - s.pad_left;
          const std::int64_t tap = ky * s.kernel_w + kx;
          if (depthwise) {
            sum += pixel(n, y, xx, o / (s.out_c / s.in_c)) * weights[static_cast<std::size_t>(tap * s.out_c + o)];
            continue;
          }
          const std::int64_t channels = s.in_c / s.groups, group = o / (s.out_c / s.groups);
          for (std::int64_t c = 0; c < channels; ++c) {
            const auto w = static_cast<std::size_t>((o * s.kernel_h * s.kernel_w + tap) * channels + c);
            sum += pixel(n, y, xx, group * channels + c) * weights[w];
          }
        }
      }
      out.push_back(requantised(sum, scales, static_cast<std::size_t>(o)));
    }
    return out;
  }
};

std::int32_t between(Random& random, std::int32_t lo, std::int32_t hi) {
  return lo + static_cast<std::int32_t>(random.below(static_cast<std::uint64_t>(hi - lo + 1)));
}

ConvShape random_shape(Random& random, bool small) {
  ConvShape s{.batch = between(random, 1, 2),
              .in_h = between(random, 1, small ? 4 : 14),
              .in_w = between(random, 1, small ? 4 : 14)};
  s.kernel_h = between(random, 1, 5);
  s.kernel_w = between(random, 1, 5);
  s.stride_h = between(random, 1, 3);
  s.stride_w = between(random, 1, 3);
  s.dilation_h = random.below(4) == 0 ? 2 : 1;
  s.dilation_w = random.below(4) == 0 ? 2 : 1;
  s.pad_top = between(random, 0, s.kernel_h);
  s.pad_left = between(random, 0, s.kernel_w);
  const auto extent = [&](std::int32_t in, std::int32_t stride, std::int32_t pad) { return (in + pad) / stride + 1; };
  s.out_h = extent(s.in_h, s.stride_h, s.pad_top);
  s.out_w = extent(s.in_w, s.stride_w, s.pad_left);
  return s;
}

void expect_conv(Random& random, const ConvShape& s, const std::string& what) {
  const Layer layer(random, s, false);
  std::vector<std::byte> packed(static_cast<std::size_t>(conv_i8_packed_bytes(s)));
  conv_i8_pack(s, layer.from(), packed.data());
  std::vector<std::int16_t> scratch(static_cast<std::size_t>(conv_i8_scratch_bytes(s) / 2));
  expect_bytes_on_every_tier(conv_i8_units(layer.p), layer.expected(false), what,
                             [&](const KernelTable& k, std::uint8_t* y, Range units) {
                               k.conv_i8(layer.p, layer.x.data(), packed.data(), y, scratch.data(), units);
                             });
}

TEST(ConvI8, RandomWindowsGroupsAndZeroPoints) {
  Random random(31);
  for (int i = 0; i < 60; ++i) {
    ConvShape s = random_shape(random, i % 3 == 0);
    s.groups = random.below(3) == 0 ? between(random, 2, 3) : 1;
    s.in_c = s.groups * between(random, 1, 20);
    s.out_c = s.groups * between(random, 1, 40);
    expect_conv(random, s, "case " + std::to_string(i));
  }
}

TEST(ConvI8, PointwiseAndDense) {
  Random random(32);
  for (const std::int32_t pixels : {1, 2, 3, 5, 63, 64, 65, 200}) {
    for (const std::int32_t out : {1, 16, 17, 33, 48}) {
      expect_conv(random, {.batch = pixels, .in_c = between(random, 1, 70), .out_c = out}, std::to_string(pixels));
    }
  }
}

TEST(ConvI8, BlocksLargerThanScratchAllows) {
  Random random(33);
  expect_conv(random,
              {.in_h = 9,
               .in_w = 9,
               .in_c = 300,
               .out_h = 9,
               .out_w = 9,
               .out_c = 20,
               .kernel_h = 3,
               .kernel_w = 3,
               .pad_top = 1,
               .pad_left = 1},
              "deep");
}

TEST(DwconvI8, RandomWindowsMultipliersAndZeroPoints) {
  Random random(34);
  for (int i = 0; i < 80; ++i) {
    ConvShape s = random_shape(random, i % 4 == 0);
    s.in_c = between(random, 1, 40);
    s.groups = s.in_c;
    s.out_c = s.in_c * (random.below(3) == 0 ? between(random, 2, 3) : 1);
    const Layer layer(random, s, true);
    std::vector<std::byte> packed(static_cast<std::size_t>(dwconv_i8_packed_bytes(s)));
    dwconv_i8_pack(s, layer.from(), packed.data());
    std::vector<std::int16_t> scratch(static_cast<std::size_t>(dwconv_i8_scratch_bytes(s) / 2));
    expect_bytes_on_every_tier(dwconv_i8_units(s), layer.expected(true), "case " + std::to_string(i),
                               [&](const KernelTable& k, std::uint8_t* y, Range units) {
                                 k.dwconv_i8(layer.p, layer.x.data(), packed.data(), y, scratch.data(), units);
                               });
  }
}

}  // namespace paw::conv_i8_test
