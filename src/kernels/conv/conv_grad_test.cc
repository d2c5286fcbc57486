#include "kernels/conv/conv_grad.h"

#include <algorithm>
#include <optional>
#include <span>

#include "kernels/kernel_testing.h"
#include "ops/conv2d.h"
#include "ops/op_testing.h"

namespace paw::conv_grad_test {

struct Problem {
  Shape x, weights;
  Conv2dAttrs attrs;
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
  return "x " + p.x.text() + " weights " + p.weights.text() + " groups " + std::to_string(a.groups) + " stride " +
         std::to_string(a.stride[0]) + "," + std::to_string(a.stride[1]) + " dilation " +
         std::to_string(a.dilation[0]) + "," + std::to_string(a.dilation[1]);
}

std::vector<double> absolute(const std::vector<float>& values) {
  std::vector<double> out;
  out.reserve(values.size());
  for (const float v : values) out.push_back(std::isfinite(v) ? std::abs(static_cast<double>(v)) : 0.0);
  return out;
}

Shape result_shape(const ConvShape& s) { return {s.batch, s.out_h, s.out_w, s.out_c}; }

void expect_grad_input(const Problem& p, const ConvShape& s, const std::vector<float>& dy, const std::vector<float>& w,
                       std::int32_t unit_pixels) {
  const ConvGradInputF32 params{s, unit_pixels};
  const Conv2dGradAttrs attrs{p.attrs, {p.x[0], p.x[1], p.x[2], p.x[3]}};
  const auto reference = [&](std::vector<double> a, std::vector<double> b) {
    return evaluate(op::conv2d_grad_input, {{result_shape(s), std::move(a)}, {p.weights, std::move(b)}}, attrs).data;
  };
  const auto run = [&](const KernelTable& kernels, float* dx, Range range) {
    const ConvPackF32 pack{.shape = s, .transposed = 1};
    std::vector<float> packed = unwritten(conv_packed_floats(conv_transposed(s)));
    for (const Range r : odd_pieces(conv_pack_units(pack))) {
      kernels.conv_pack_f32(pack, w.data(), nullptr, packed.data(), r);
    }
    std::vector<float> scratch = unwritten(static_cast<std::size_t>(conv_grad_input_scratch(s).floats));
    kernels.conv_grad_input_f32(params, dy.data(), packed.data(), dx, scratch.data(), range);
  };
  const auto outputs = static_cast<std::size_t>(p.x.elements());
  const std::int64_t units = conv_grad_input_units(params);
  std::vector<std::vector<float>> results;
  if (std::ranges::all_of(dy, [](float v) { return std::isfinite(v); })) {
    results = run_every_tier(units, outputs, run);
  } else {  // which of two NaNs a sum keeps is the compiler's choice: no bits to compare
    for (const Isa isa : available_isas()) {
      results.push_back(unwritten(outputs));
      run(kernel_table(isa), results.back().data(), {0, units});
    }
  }
  const std::vector<double> expected = reference(to_doubles(dy), to_doubles(w));
  const std::vector<double> magnitude = reference(absolute(dy), absolute(w));
  for (std::size_t i = 0; i < results.size(); ++i) {
    expect_close(results[i], expected, &magnitude, 1e-5, tier_name(i) + " grad_input " + text(p));
  }
}

void expect_grad_weights(const Problem& p, const ConvGradWeightsF32& params, const std::vector<float>& x,
                         const std::vector<float>& dy) {
  const ConvShape& s = params.shape;
  const Conv2dGradAttrs attrs{p.attrs, {p.weights[0], p.weights[1], p.weights[2], p.weights[3]}};
  const auto reference = [&](std::vector<double> a, std::vector<double> b) {
    return evaluate(op::conv2d_grad_weights, {{p.x, std::move(a)}, {result_shape(s), std::move(b)}}, attrs).data;
  };
  const auto weights = static_cast<std::size_t>(p.weights.elements());
  const auto chunks = static_cast<std::size_t>(params.chunks);
  for (const Isa isa : available_isas()) {
    const auto run = [&](std::span<const Range> ranges) {
      std::vector<float> partials = unwritten(weights * chunks);
      std::vector<float> scratch = unwritten(static_cast<std::size_t>(conv_grad_weights_scratch(s).floats));
      for (const Range r : ranges) {
        kernel_table(isa).conv_grad_weights_f32(params, x.data(), dy.data(), partials.data(), scratch.data(), r);
      }
      return partials;
    };
    const std::int64_t units = conv_grad_weights_units(params);
    const Range whole[] = {{0, units}};
    const std::vector<float> partials = run(whole);
    std::vector<Range> pieces = odd_pieces(units);  // last first; those of a chain must stay in order
    std::ranges::reverse(pieces);
    EXPECT_TRUE(same_bits(partials, run(pieces))) << text(p);
    std::vector<float> sum(partials.begin(), partials.begin() + static_cast<std::ptrdiff_t>(weights));
    for (std::size_t i = weights; i < partials.size(); ++i) sum[i % weights] += partials[i];
    const std::vector<double> expected = reference(to_doubles(x), to_doubles(dy));
    const std::vector<double> magnitude = reference(absolute(x), absolute(dy));
    expect_close(sum, expected, &magnitude, 1e-5, std::string(name(isa)) + " grad_weights " + text(p));
  }
}

std::int64_t pick(Random& random, std::initializer_list<std::int64_t> from) {
  return from.begin()[random.below(from.size())];
}

Problem random_problem(Random& random) {
  const auto up_to = [&](std::uint64_t n) { return 1 + static_cast<std::int64_t>(random.below(n)); };
  const std::int64_t groups = pick(random, {1, 1, 1, 1, 2, 3});
  const std::int64_t in = pick(random, {1, 2, 3, 5, 6, 7, 8, 9, 15, 16, 17, 24, 33, 64, 129});
  const std::int64_t out = pick(random, {1, 2, 5, 6, 7, 8, 9, 11, 12, 13, 16, 17, 24, 25, 33, 65, 129});
  const bool pointwise = random.below(3) == 0;
  Problem p{.x = {up_to(2), up_to(9), up_to(9), in * groups},
            .weights = {out * groups, pointwise ? 1 : up_to(5), pointwise ? 1 : up_to(5), in},
            .attrs = {}};
  p.attrs.groups = groups;
  p.attrs.stride = {pick(random, {1, 1, 2, 3, 7}), pick(random, {1, 1, 2, 3, 7})};
  p.attrs.dilation = {pick(random, {1, 1, 1, 2, 3}), pick(random, {1, 1, 1, 2, 3})};
  p.attrs.padding = static_cast<Padding>(random.below(3));
  if (p.attrs.padding == Padding::kExplicit) {
    for (std::int64_t& pad : p.attrs.pads) pad = static_cast<std::int64_t>(random.below(5));
  }
  return p;
}

void expect_gradients(Random& random, const Problem& p, const ConvShape& s, std::uint64_t special) {
  const std::vector<float> x = random_floats(random, p.x.elements());
  std::vector<float> dy = random_floats(random, result_shape(s).elements());
  const std::vector<float> w = random_floats(random, p.weights.elements());
  if (special > 0) sprinkle(random, dy, special);
  expect_grad_input(p, s, dy, w, static_cast<std::int32_t>(1 + random.below(9)));
  if (special > 0) return;  // in weight gradients one NaN reaches all: nothing to tell apart
  expect_grad_weights(p, conv_grad_weights_params(s), x, dy);
  ConvGradWeightsF32 cut{.shape = s, .chunks = 3, .parts = static_cast<std::int32_t>(1 + random.below(5))};
  expect_grad_weights(p, cut, x, dy);
  cut.parts = 1;
  cut.unit_pixels = static_cast<std::int32_t>(1 + random.below(7));
  while (ceil_div(conv_grad_weights_units(cut), cut.chain) > cut.chunks) cut.chain *= 2;
  expect_grad_weights(p, cut, x, dy);
}

TEST(ConvGradF32, RandomShapes) {
  Random random(51);
  for (int done = 0; done < 400;) {
    const Problem p = random_problem(random);
    const std::optional<ConvShape> s = shape_of(p);
    if (!s || conv_pixels(*s) * p.weights.elements() > 40'000) continue;
    expect_gradients(random, p, *s, done % 8 == 0 ? 20 : 0);
    if (HasFatalFailure()) return;
    ++done;
  }
}

TEST(ConvGradF32, EveryNumberOfChannels) {
  Random random(52);
  for (std::int64_t c = 1; c <= 129; ++c) {
    for (const Problem& p :
         {Problem{.x = {1, 2, 4, 5}, .weights = {c, 1, 1, 5}, .attrs = {}},
          Problem{.x = {1, 2, 4, c}, .weights = {3, 2, 3, c}, .attrs = {.padding = Padding::kSame}}}) {
      expect_gradients(random, p, *shape_of(p), 0);
      if (HasFatalFailure()) return;
    }
  }
}

// More pixels than a block holds; a stride that is longer than the image.
TEST(ConvGradF32, ManyBlocksAndLongStrides) {
  Random random(53);
  for (const Problem& p :
       {Problem{.x = {2, 17, 31, 4}, .weights = {20, 1, 1, 4}, .attrs = {}},
        Problem{.x = {1, 25, 19, 3}, .weights = {9, 3, 3, 3}, .attrs = {.padding = Padding::kSame}},
        Problem{.x = {1, 33, 29, 18}, .weights = {7, 3, 3, 18}, .attrs = {.stride = {2, 2}, .padding = Padding::kSame}},
        Problem{.x = {2, 5, 3, 9}, .weights = {7, 2, 2, 9}, .attrs = {.stride = {40, 50}}}}) {
    expect_gradients(random, p, *shape_of(p), 0);
  }
}

}  // namespace paw::conv_grad_test
