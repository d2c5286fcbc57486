#include "kernels/dwconv/dwconv.h"

#include "kernels/kernel_testing.h"
#include "ops/conv2d.h"
#include "ops/op_testing.h"

namespace paw::dwconv_test {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct Problem {
  Shape x;  // weights: [1, kernel, x[3] * multiplier]
  std::array<std::int64_t, 2> kernel;
  std::int64_t multiplier = 1;
  DepthwiseConv2dAttrs attrs = {};
  bool bias = true;

  Shape weights() const { return {1, kernel[0], kernel[1], x[3] * multiplier}; }
};

struct Operands {
  std::vector<float> x, weights, bias;
};

std::int32_t narrow(std::int64_t v) { return static_cast<std::int32_t>(v); }

// Empty when the window does not fit.
std::optional<ConvShape> shape_of(const Problem& p) {
  const Attrs attrs = p.attrs;
  const auto window = resolve_window({op::depthwise_conv2d, attrs, {}, "test"}, {p.x[1], p.x[2]}, p.kernel,
                                     p.attrs.stride, p.attrs.dilation, p.attrs.padding, p.attrs.pads);
  if (!window) return std::nullopt;
  return ConvShape{.batch = narrow(p.x[0]),
                   .in_h = narrow(p.x[1]),
                   .in_w = narrow(p.x[2]),
                   .in_c = narrow(p.x[3]),
                   .out_h = narrow(window->out[0]),
                   .out_w = narrow(window->out[1]),
                   .out_c = narrow(p.x[3] * p.multiplier),
                   .kernel_h = narrow(p.kernel[0]),
                   .kernel_w = narrow(p.kernel[1]),
                   .stride_h = narrow(p.attrs.stride[0]),
                   .stride_w = narrow(p.attrs.stride[1]),
                   .dilation_h = narrow(p.attrs.dilation[0]),
                   .dilation_w = narrow(p.attrs.dilation[1]),
                   .pad_top = narrow(window->pad_before[0]),
                   .pad_left = narrow(window->pad_before[1]),
                   .groups = narrow(p.x[3])};
}

std::string text(const Problem& p) {
  const auto& a = p.attrs;
  std::string out = "x " + p.x.text() + " weights " + p.weights().text();
  out += " stride " + std::to_string(a.stride[0]) + "," + std::to_string(a.stride[1]);
  out += " dilation " + std::to_string(a.dilation[0]) + "," + std::to_string(a.dilation[1]) + " pads";
  for (const std::int64_t pad : a.pads) out += " " + std::to_string(pad);
  return out + (p.bias ? " bias" : "");
}

Operands random_operands(Random& random, const Problem& p) {
  return {random_floats(random, p.x.elements()), random_floats(random, p.weights().elements()),
          random_floats(random, p.weights()[3])};
}

std::vector<double> absolute(const std::vector<float>& values) {
  std::vector<double> out;
  out.reserve(values.size());
  for (const float v : values) out.push_back(std::isfinite(v) ? std::abs(static_cast<double>(v)) : 0.0);
  return out;
}

std::vector<double> reference(const Problem& p, std::vector<double> x, std::vector<double> w, std::vector<double> b) {
  std::vector<RefTensor> inputs = {{p.x, std::move(x)}, {p.weights(), std::move(w)}};
  if (p.bias) inputs.push_back({Shape{p.weights()[3]}, std::move(b)});
  return evaluate(op::depthwise_conv2d, inputs, p.attrs).data;
}

std::vector<float> packed(const ConvShape& shape, const Problem& p, const Operands& o) {
  std::vector<float> out = unwritten(static_cast<std::size_t>(dwconv_packed_floats(shape)));
  dwconv_pack_f32(shape, o.weights.data(), p.bias ? o.bias.data() : nullptr, out.data());
  return out;
}

void expect_like_reference(const Problem& p, const Operands& o, float min = -kInfinity, float max = kInfinity) {
  const std::optional<ConvShape> shape = shape_of(p);
  ASSERT_TRUE(shape) << text(p);
  std::vector<double> expected = reference(p, to_doubles(o.x), to_doubles(o.weights), to_doubles(o.bias));
  for (double& v : expected) v = v < min ? min : v > max ? max : v;
  const std::vector<double> magnitude = reference(p, absolute(o.x), absolute(o.weights), absolute(o.bias));
  const DwconvF32 params{*shape, min, max};
  const std::vector<float> weights = packed(*shape, p, o);
  const auto results = run_every_tier(
      dwconv_units(*shape), expected.size(),
      [&](const KernelTable& k, float* y, Range range) { k.dwconv_f32(params, o.x.data(), weights.data(), y, range); });
  for (std::size_t i = 0; i < results.size(); ++i) {
    expect_close(results[i], expected, &magnitude, 1e-5, tier_name(i) + " " + text(p));
  }
}

std::int64_t pick(Random& random, std::initializer_list<std::int64_t> from) {
  return from.begin()[random.below(from.size())];
}

// Widths up to a few tiles of 12 pixels, kernels of the unrolled widths and others, channels around the vectors.
Problem random_problem(Random& random) {
  const auto up_to = [&](std::uint64_t n) { return 1 + static_cast<std::int64_t>(random.below(n)); };
  Problem p{
      .x = {up_to(2), up_to(7), up_to(30), pick(random, {1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 23, 31, 40, 129})},
      .kernel = {pick(random, {1, 2, 3, 3, 5, 5, 7}), pick(random, {1, 2, 3, 3, 4, 5, 5, 7})},
      .multiplier = pick(random, {1, 1, 1, 1, 2, 3}),
      .attrs = {},
      .bias = random.below(3) != 0};
  p.attrs.stride = {pick(random, {1, 1, 2, 3}), pick(random, {1, 1, 2, 3})};
  p.attrs.dilation = {pick(random, {1, 1, 1, 2, 3}), pick(random, {1, 1, 1, 2, 3})};
  p.attrs.padding = static_cast<Padding>(random.below(3));
  if (p.attrs.padding == Padding::kExplicit) {
    for (std::int64_t& pad : p.attrs.pads) pad = static_cast<std::int64_t>(random.below(8));
  }
  return p;
}

std::int64_t macs(const ConvShape& s) {
  return static_cast<std::int64_t>(s.batch) * s.out_h * s.out_w * s.out_c * s.kernel_h * s.kernel_w;
}

TEST(DwconvF32, RandomShapes) {
  Random random(51);
  for (int done = 0; done < 1500;) {
    const Problem p = random_problem(random);
    const std::optional<ConvShape> shape = shape_of(p);
    if (!shape || macs(*shape) > 40'000) continue;
    const bool clamped = random.below(3) == 0;
    expect_like_reference(p, random_operands(random, p), clamped ? 0.0f : -kInfinity, clamped ? 0.5f : kInfinity);
    if (HasFatalFailure()) return;
    ++done;
  }
}

TEST(DwconvF32, EveryNumberOfChannels) {
  Random random(52);
  for (std::int64_t c = 1; c <= 129; ++c) {
    const Problem p{.x = {1, 3, 5, c}, .kernel = {3, 3}, .attrs = {.padding = Padding::kSame}};
    expect_like_reference(p, random_operands(random, p));
    const Problem one{.x = {1, 1, 1, c}, .kernel = {5, 5}, .attrs = {.padding = Padding::kSame}};
    expect_like_reference(one, random_operands(random, one));
    if (HasFatalFailure()) return;
  }
}

// Every width around the tiles, with borders on both sides, at the strides that nets use.
TEST(DwconvF32, EveryWidth) {
  Random random(53);
  for (std::int64_t width = 1; width <= 40; ++width) {
    for (const std::int64_t kernel : {3, 5}) {
      for (const std::int64_t stride : {1, 2}) {
        const Problem p{.x = {1, 2, width, 9},
                        .kernel = {kernel, kernel},
                        .attrs = {.stride = {stride, stride}, .padding = Padding::kSame}};
        expect_like_reference(p, random_operands(random, p), 0.0f, 6.0f);
        if (HasFatalFailure()) return;
      }
    }
  }
}

// Taps outside the image do not count at all: even infinite weights leave border pixels finite.
TEST(DwconvF32, SpecialValues) {
  Random random(54);
  for (int i = 0; i < 100; ++i) {
    const Problem p = random_problem(random);
    const std::optional<ConvShape> shape = shape_of(p);
    if (!shape || macs(*shape) > 40'000) continue;
    Operands o = random_operands(random, p);
    sprinkle(random, o.x, static_cast<std::uint64_t>(p.x.elements()) / 8 + 1);
    sprinkle(random, o.weights, 50);
    sprinkle(random, o.bias, 10);
    expect_like_reference(p, o);
    expect_like_reference(p, o, 0.0f, 6.0f);
    if (HasFatalFailure()) return;
  }
}

// Per block of 16 channels: bias, then taps.
TEST(DwconvPackF32, LayoutIsAsStated) {
  Random random(55);
  for (const std::int64_t channels : {1, 15, 16, 17, 33, 129}) {
    const Problem p{.x = {1, 3, 4, channels}, .kernel = {2, 3}};
    const ConvShape shape = *shape_of(p);
    const Operands o = random_operands(random, p);
    const std::vector<float> with = packed(shape, p, o);
    Problem bare = p;
    bare.bias = false;
    const std::vector<float> without = packed(shape, bare, o);
    const auto all = static_cast<std::size_t>(channels);
    std::size_t at = 0;
    for (std::size_t block = 0; block < all; block += 16) {
      for (std::size_t row = 0; row < 7; ++row) {  // the bias and 6 taps
        for (std::size_t c = block; c < block + 16; ++c, ++at) {
          const float bias = c < all ? o.bias[c] : 0.0f;
          const float weight = c < all && row > 0 ? o.weights[(row - 1) * all + c] : 0.0f;
          ASSERT_EQ(with[at], row == 0 ? bias : weight) << channels << " channels, element " << at;
          ASSERT_EQ(without[at], row == 0 ? 0.0f : weight) << channels << " channels, element " << at;
        }
      }
    }
    EXPECT_EQ(at, with.size());
  }
}

std::array<std::int64_t, 4> extents(const Shape& s) { return {s[0], s[1], s[2], s[3]}; }

// Gradients of the forward pass of `p`, whose result has shape `y`.
std::vector<double> reference_gradient(const OpDef& op, const Problem& p, const Shape& of, RefTensor a, RefTensor b) {
  return evaluate(op, {std::move(a), std::move(b)}, DepthwiseConv2dGradAttrs{p.attrs, extents(of)}).data;
}

void expect_gradients(Random& random, const Problem& p, std::uint64_t special) {
  const ConvShape s = *shape_of(p);
  const Shape y{s.batch, s.out_h, s.out_w, s.out_c};
  Operands o = random_operands(random, p);
  std::vector<float> dy = random_floats(random, y.elements());
  if (special > 0) {
    sprinkle(random, dy, special);
    sprinkle(random, o.x, special);
  }
  const std::vector<float> weights = packed(s, p, o);
  const auto of_x = [&](std::vector<double> d, std::vector<double> w) {
    return reference_gradient(op::depthwise_conv2d_grad_input, p, p.x, {y, std::move(d)}, {p.weights(), std::move(w)});
  };
  const std::vector<double> dx = of_x(to_doubles(dy), to_doubles(o.weights));
  const std::vector<double> dx_magnitude = of_x(absolute(dy), absolute(o.weights));
  const auto inputs =
      run_every_tier(dwconv_grad_input_units(s), dx.size(), [&](const KernelTable& k, float* out, Range r) {
        k.dwconv_grad_input_f32(s, dy.data(), weights.data(), out, r);
      });
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    expect_close(inputs[i], dx, &dx_magnitude, 1e-5, tier_name(i) + " dx " + text(p));
  }
  const auto of_w = [&](std::vector<double> x, std::vector<double> d) {
    return reference_gradient(op::depthwise_conv2d_grad_weights, p, p.weights(), {p.x, std::move(x)},
                              {y, std::move(d)});
  };
  const std::vector<double> dw = of_w(to_doubles(o.x), to_doubles(dy));
  const std::vector<double> dw_magnitude = of_w(absolute(o.x), absolute(dy));
  const DwconvGradWeightsF32 params{.shape = s, .chunk_rows = 1 + static_cast<std::int32_t>(random.below(5))};
  const auto partials =
      run_every_tier(dwconv_grad_weights_units(params), static_cast<std::size_t>(dwconv_grad_weights_floats(params)),
                     [&](const KernelTable& k, float* out, Range r) {
                       k.dwconv_grad_weights_f32(params, o.x.data(), dy.data(), out, r);
                     });
  for (std::size_t i = 0; i < partials.size(); ++i) {
    std::vector<float> sums(dw.size());
    for (std::size_t e = 0; e < partials[i].size(); ++e) sums[e % sums.size()] += partials[i][e];
    expect_close(sums, dw, &dw_magnitude, 1e-5, tier_name(i) + " dw " + text(p));
  }
}

TEST(DwconvGradF32, RandomShapes) {
  Random random(56);
  for (int done = 0; done < 1200;) {
    const Problem p = random_problem(random);
    const std::optional<ConvShape> shape = shape_of(p);
    if (!shape || macs(*shape) > 30'000) continue;
    expect_gradients(random, p, done % 10 == 0 ? static_cast<std::uint64_t>(p.x.elements()) / 8 + 1 : 0);
    if (HasFatalFailure()) return;
    ++done;
  }
}

TEST(DwconvGradF32, EveryNumberOfChannels) {
  Random random(57);
  for (std::int64_t c = 1; c <= 129; ++c) {
    expect_gradients(random, {.x = {1, 3, 5, c}, .kernel = {3, 3}, .attrs = {.padding = Padding::kSame}}, 0);
    if (HasFatalFailure()) return;
  }
}

TEST(DwconvGradF32, EveryWidth) {
  Random random(58);
  for (std::int64_t width = 1; width <= 40; ++width) {
    for (const std::int64_t kernel : {3, 5}) {
      for (const std::int64_t stride : {1, 2}) {
        expect_gradients(random,
                         {.x = {1, 4, width, 9},
                          .kernel = {kernel, kernel},
                          .attrs = {.stride = {stride, stride}, .padding = Padding::kSame}},
                         0);
        if (HasFatalFailure()) return;
      }
    }
  }
}

}  // namespace paw::dwconv_test
