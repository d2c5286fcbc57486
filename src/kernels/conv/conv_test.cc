#include "kernels/conv/conv.h"

#include "kernels/kernel_testing.h"
#include "ops/conv2d.h"
#include "ops/op_testing.h"

namespace paw::conv_test {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// One convolution as the reference and the kernel take it.
struct Problem {
  Shape x, weights;
  Conv2dAttrs attrs;
  bool bias = true;
};

struct Operands {
  std::vector<float> x, weights, bias;
};

std::int32_t narrow(std::int64_t v) { return static_cast<std::int32_t>(v); }

// Empty when the window does not fit.
std::optional<ConvShape> shape_of(const Problem& p) {
  const Attrs attrs = p.attrs;
  const auto window = resolve_window({op::conv2d, attrs, {}, "test"}, {p.x[1], p.x[2]}, {p.weights[1], p.weights[2]},
                                     p.attrs.stride, p.attrs.dilation, p.attrs.padding, p.attrs.pads);
  if (!window) return std::nullopt;
  return ConvShape{.batch = narrow(p.x[0]),
                   .in_h = narrow(p.x[1]),
                   .in_w = narrow(p.x[2]),
                   .in_c = narrow(p.x[3]),
                   .out_h = narrow(window->out[0]),
                   .out_w = narrow(window->out[1]),
                   .out_c = narrow(p.weights[0]),
                   .kernel_h = narrow(p.weights[1]),
                   .kernel_w = narrow(p.weights[2]),
                   .stride_h = narrow(p.attrs.stride[0]),
                   .stride_w = narrow(p.attrs.stride[1]),
                   .dilation_h = narrow(p.attrs.dilation[0]),
                   .dilation_w = narrow(p.attrs.dilation[1]),
                   .pad_top = narrow(window->pad_before[0]),
                   .pad_left = narrow(window->pad_before[1]),
                   .groups = narrow(p.attrs.groups)};
}

std::string text(const Problem& p) {
  const auto& a = p.attrs;
  std::string out = "x " + p.x.text() + " weights " + p.weights.text() + " groups " + std::to_string(a.groups);
  out += " stride " + std::to_string(a.stride[0]) + "," + std::to_string(a.stride[1]);
  out += " dilation " + std::to_string(a.dilation[0]) + "," + std::to_string(a.dilation[1]) + " pads";
  for (const std::int64_t pad : a.pads) out += " " + std::to_string(pad);
  return out + (p.bias ? " bias" : "");
}

Operands random_operands(Random& random, const Problem& p) {
  return {random_floats(random, p.x.elements()), random_floats(random, p.weights.elements()),
          random_floats(random, p.weights[0])};
}

std::vector<double> absolute(const std::vector<float>& values) {
  std::vector<double> out;
  out.reserve(values.size());
  for (const float v : values) out.push_back(std::isfinite(v) ? std::abs(static_cast<double>(v)) : 0.0);
  return out;
}

std::vector<double> reference(const Problem& p, std::vector<double> x, std::vector<double> w, std::vector<double> b) {
  std::vector<RefTensor> inputs = {{p.x, std::move(x)}, {p.weights, std::move(w)}};
  if (p.bias) inputs.push_back({Shape{p.weights[0]}, std::move(b)});
  return evaluate(op::conv2d, inputs, p.attrs).data;
}

std::vector<float> packed(const ConvShape& shape, const Problem& p, const Operands& o) {
  std::vector<float> out = unwritten(conv_packed_floats(shape));
  conv_pack_f32(shape, o.weights.data(), p.bias ? o.bias.data() : nullptr, out.data());
  return out;
}

std::vector<std::vector<float>> run(const ConvF32& params, const Operands& o, const std::vector<float>& weights) {
  const ConvShape& s = params.shape;
  const auto outputs = static_cast<std::size_t>(s.batch) * static_cast<std::size_t>(s.out_h) *
                       static_cast<std::size_t>(s.out_w) * static_cast<std::size_t>(s.out_c);
  return run_every_tier(conv_units(params), outputs, [&](const KernelTable& kernels, float* y, Range range) {
    std::vector<float> scratch = unwritten(static_cast<std::size_t>(conv_scratch(s).floats));
    kernels.conv_f32(params, o.x.data(), weights.data(), y, scratch.data(), range);
  });
}

void expect_like_reference(const Problem& p, const Operands& o, float min = -kInfinity, float max = kInfinity) {
  const std::optional<ConvShape> shape = shape_of(p);
  ASSERT_TRUE(shape) << text(p);
  std::vector<double> expected = reference(p, to_doubles(o.x), to_doubles(o.weights), to_doubles(o.bias));
  for (double& v : expected) v = v < min ? min : v > max ? max : v;
  const std::vector<double> magnitude = reference(p, absolute(o.x), absolute(o.weights), absolute(o.bias));
  const auto results = run({*shape, min, max}, o, packed(*shape, p, o));
  for (std::size_t i = 0; i < results.size(); ++i) {
    expect_close(results[i], expected, &magnitude, 1e-5, tier_name(i) + " " + text(p));
  }
}

std::int64_t pick(Random& random, std::initializer_list<std::int64_t> from) {
  return from.begin()[random.below(from.size())];
}

// Sides, windows and channels around every boundary of the kernel: tiles of 6 pixels, panels of 8 and 16, the narrow
// images below 16 channels, blocks of 32 tiles.
Problem random_problem(Random& random) {
  const auto up_to = [&](std::uint64_t n) { return 1 + static_cast<std::int64_t>(random.below(n)); };
  const std::int64_t groups = pick(random, {1, 1, 1, 1, 2, 3, 5});
  const std::int64_t in = pick(random, {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 24, 31, 33, 64, 129});
  const std::int64_t out = pick(random, {1, 2, 3, 7, 8, 9, 15, 16, 17, 23, 24, 25, 32, 33, 40, 48, 65, 129});
  const bool pointwise = random.below(4) == 0;
  Problem p{.x = {up_to(2), up_to(9), up_to(9), in * groups},
            .weights = {out * groups, pointwise ? 1 : up_to(5), pointwise ? 1 : up_to(5), in}};
  if (random.below(8) == 0) p.x = {1, 17, 23, p.x[3]};
  p.attrs.groups = groups;
  p.attrs.stride = {pick(random, {1, 1, 2, 3}), pick(random, {1, 1, 2, 3})};
  p.attrs.dilation = {pick(random, {1, 1, 1, 2, 3}), pick(random, {1, 1, 1, 2, 3})};
  p.attrs.padding = static_cast<Padding>(random.below(3));
  if (p.attrs.padding == Padding::kExplicit) {
    for (std::int64_t& pad : p.attrs.pads) pad = static_cast<std::int64_t>(random.below(5));
  }
  p.bias = random.below(3) != 0;
  return p;
}

std::int64_t macs(const ConvShape& s) {
  return static_cast<std::int64_t>(s.batch) * s.out_h * s.out_w * s.out_c * s.kernel_h * s.kernel_w *
         (s.in_c / s.groups);
}

TEST(ConvF32, RandomShapes) {
  Random random(41);
  int done = 0, narrow_images = 0, grouped = 0;
  while (done < 1500) {
    const Problem p = random_problem(random);
    const std::optional<ConvShape> shape = shape_of(p);
    if (!shape || macs(*shape) > 60'000) continue;
    const bool clamped = random.below(3) == 0;
    expect_like_reference(p, random_operands(random, p), clamped ? 0.0f : -kInfinity, clamped ? 0.5f : kInfinity);
    if (HasFatalFailure()) return;
    ++done;
    narrow_images += conv_segments(*shape).merged ? 1 : 0;
    grouped += p.attrs.groups > 1 ? 1 : 0;
  }
  EXPECT_GT(narrow_images, 50);
  EXPECT_GT(grouped, 50);
}

TEST(ConvF32, EveryNumberOfOutputAndInputChannels) {
  Random random(42);
  for (std::int64_t c = 1; c <= 129; ++c) {
    const Problem out{.x = {1, 1, 7, 5}, .weights = {c, 1, 1, 5}, .attrs = {}};
    expect_like_reference(out, random_operands(random, out));
    const Problem in{.x = {1, 2, 4, c}, .weights = {3, 2, 3, c}, .attrs = {.padding = Padding::kSame}};
    expect_like_reference(in, random_operands(random, in));
    if (HasFatalFailure()) return;
  }
}

// More pixels than one block holds, so that a panel is read in several passes.
TEST(ConvF32, ManyBlocks) {
  Random random(43);
  for (const Problem& p :
       {Problem{.x = {2, 17, 31, 4}, .weights = {20, 1, 1, 4}, .attrs = {}},
        Problem{.x = {1, 25, 19, 3}, .weights = {9, 3, 3, 3}, .attrs = {.padding = Padding::kSame}},
        Problem{.x = {1, 3, 5, 700}, .weights = {17, 3, 3, 700}, .attrs = {.padding = Padding::kSame}},
        Problem{.x = {7, 1, 1, 1500}, .weights = {10, 1, 1, 1500}, .attrs = {}}}) {
    expect_like_reference(p, random_operands(random, p));
  }
}

// Weights stay numbers: padding is zeros that are multiplied like pixels.
TEST(ConvF32, SpecialValuesReachExactlyThePixelsThatSeeThem) {
  Random random(44);
  for (int i = 0; i < 60; ++i) {
    const Problem p = random_problem(random);
    const std::optional<ConvShape> shape = shape_of(p);
    if (!shape || macs(*shape) > 60'000) continue;
    Operands o = random_operands(random, p);
    sprinkle(random, o.x, static_cast<std::uint64_t>(p.x.elements()) / 4 + 1);
    sprinkle(random, o.bias, 10);
    expect_like_reference(p, o);
    expect_like_reference(p, o, 0.0f, 6.0f);
    if (HasFatalFailure()) return;
  }
}

TEST(ConvF32, DenormalsAreKept) {
  const Problem p{.x = {1, 1, 6, 1}, .weights = {16, 1, 1, 1}, .attrs = {}, .bias = false};
  const Operands o{std::vector<float>(6, 1e-40f), std::vector<float>(16, 0.5f), {}};
  const std::optional<ConvShape> shape = shape_of(p);
  for (const auto& result : run({*shape, -kInfinity, kInfinity}, o, packed(*shape, p, o))) {
    for (const float v : result) ASSERT_EQ(v, 0.5f * 1e-40f);
  }
}

// [group][panel]: bias, then taps by input channels, each as wide as the panel.
TEST(ConvPackF32, LayoutIsAsStated) {
  Random random(45);
  for (const std::int64_t out : {1, 7, 8, 9, 15, 16, 17, 24, 25, 33, 129}) {
    for (const std::int64_t groups : {1, 3}) {
      const Problem p{.x = {1, 3, 4, 2 * groups}, .weights = {out * groups, 2, 3, 2}, .attrs = {.groups = groups}};
      const ConvShape shape = *shape_of(p);
      const Operands o = random_operands(random, p);
      const std::vector<float> with = packed(shape, p, o);
      Problem bare = p;
      bare.bias = false;
      const std::vector<float> without = packed(shape, bare, o);
      constexpr std::int64_t kRows = 2 * 3 * 2;
      std::size_t at = 0;
      for (std::int64_t g = 0; g < groups; ++g) {
        for (std::int64_t column = 0; column < out; column += 16) {
          const std::int64_t width = out - column > 8 ? 16 : 8;
          for (std::int64_t row = -1; row < kRows; ++row) {
            for (std::int64_t c = 0; c < width; ++c, ++at) {
              const bool real = column + c < out;
              const auto o_index = static_cast<std::size_t>(g * out + column + c);
              const float bias = real ? o.bias[o_index] : 0.0f;
              const auto w_index = o_index * kRows + static_cast<std::size_t>(row);
              const float weight = real && row >= 0 ? o.weights[w_index] : 0.0f;
              ASSERT_EQ(with[at], row < 0 ? bias : weight) << out << " channels, element " << at;
              ASSERT_EQ(without[at], row < 0 ? 0.0f : weight) << out << " channels, element " << at;
            }
          }
        }
      }
      EXPECT_EQ(at, with.size());
    }
  }
}

TEST(ConvSegments, NarrowImagesAreReadByRows) {
  ConvShape s{.in_h = 8, .in_w = 8, .in_c = 3, .out_h = 8, .out_w = 8, .out_c = 4, .kernel_h = 3, .kernel_w = 5};
  EXPECT_TRUE(conv_segments(s).merged);
  EXPECT_EQ(conv_segments(s).count, 3);
  EXPECT_EQ(conv_segments(s).length, 15);
  s.dilation_w = 2;
  EXPECT_FALSE(conv_segments(s).merged);
  EXPECT_EQ(conv_segments(s).count, 15);
  EXPECT_EQ(conv_segments(s).length, 3);
}

}  // namespace paw::conv_test
