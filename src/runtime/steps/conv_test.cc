// check() of the convolution steps and their gradients. Each hostile value is refused whatever the operands claim to
// hold; what is accepted stays inside operands of exactly the stated sizes.
#include "kernels/conv/conv_grad.h"
#include "runtime/steps/step_testing.h"

namespace paw::conv_test {

constexpr std::int32_t kLowest = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t kHighest = std::numeric_limits<std::int32_t>::max();
constexpr std::int32_t kMaxExtent = 1 << 20;

constexpr ConvShape kGrouped{.batch = 2,
                             .in_h = 5,
                             .in_w = 7,
                             .in_c = 6,
                             .out_h = 3,
                             .out_w = 4,
                             .out_c = 34,
                             .kernel_h = 3,
                             .kernel_w = 2,
                             .stride_h = 2,
                             .stride_w = 2,
                             .pad_top = 1,
                             .pad_left = 1,
                             .groups = 2};
// Few channels: windows are copied.
constexpr ConvShape kNarrow{.batch = 2,
                            .in_h = 6,
                            .in_w = 6,
                            .in_c = 3,
                            .out_h = 6,
                            .out_w = 6,
                            .out_c = 5,
                            .kernel_h = 3,
                            .kernel_w = 3,
                            .pad_top = 1,
                            .pad_left = 1};
constexpr ConvShape kPointwise{.batch = 2, .in_h = 5, .in_w = 7, .in_c = 20, .out_h = 5, .out_w = 7, .out_c = 9};
constexpr ConvShape kDepthwise{.batch = 2,
                               .in_h = 5,
                               .in_w = 7,
                               .in_c = 5,
                               .out_h = 3,
                               .out_w = 5,
                               .out_c = 10,
                               .kernel_h = 3,
                               .kernel_w = 3,
                               .groups = 5};

// Bytes of the operands, as the kernels' headers define them.
std::size_t image(const ConvShape& s) { return static_cast<std::size_t>(s.batch * s.in_h * s.in_w * s.in_c) * 4; }
std::size_t result(const ConvShape& s) { return static_cast<std::size_t>(s.batch * s.out_h * s.out_w * s.out_c) * 4; }
std::size_t weights(const ConvShape& s) {
  return static_cast<std::size_t>(s.kernel_h * s.kernel_w * (s.in_c / s.groups) * s.out_c) * 4;
}
std::size_t packed(const ConvShape& s) { return conv_packed_floats(s) * 4; }

// A step with sound parameters and operands without a byte too many.
template <class P>
struct Sound {
  const StepDef& def;
  P params;
  std::vector<std::size_t> in;
  std::size_t out;
};

Sound<ConvF32> forward(const ConvShape& s) { return {step::conv_f32, {s, 0, 6}, {image(s), packed(s)}, result(s)}; }
Sound<DwconvF32> depthwise() {
  const std::size_t floats = static_cast<std::size_t>(dwconv_packed_floats(kDepthwise));
  return {step::dwconv_f32, {kDepthwise, 0, 6}, {image(kDepthwise), floats * 4}, result(kDepthwise)};
}
Sound<ConvPackF32> pack(const ConvShape& s) {
  const auto bias = static_cast<std::size_t>(s.out_c) * 4;
  return {step::conv_pack_f32, {.shape = s, .has_bias = 1}, {weights(s), bias}, packed(s)};
}
Sound<ConvPackF32> pack_transposed(const ConvShape& s) {
  return {step::conv_pack_f32, {.shape = s, .transposed = 1}, {weights(s), 0}, packed(conv_transposed(s))};
}
Sound<ConvGradInputF32> grad_input(const ConvShape& s) {
  return {step::conv_grad_input_f32, {s, 4}, {result(s), packed(conv_transposed(s))}, image(s)};
}
Sound<ConvGradWeightsF32> grad_weights(const ConvShape& s) {
  const ConvGradWeightsF32 params{.shape = s, .chunks = 3, .parts = 2};
  return {step::conv_grad_weights_f32, params, {image(s), result(s)}, 3 * weights(s)};
}
// The same as a follower in a group.
Sound<ConvGradWeightsF32> grad_weights_chained() {
  Sound<ConvGradWeightsF32> c = grad_weights(kPointwise);
  c.params.unit_pixels = 6;  // 12 units
  c.params.chain = 4;
  return c;
}

// f(Sound) for the step on each kind of shape.
template <class F>
void for_each_step(F f) {
  f(depthwise());
  f(grad_weights_chained());
  for (const ConvShape& s : {kGrouped, kNarrow, kPointwise}) {
    f(forward(s));
    f(pack(s));
    f(pack_transposed(s));
    f(grad_input(s));
    f(grad_weights(s));
  }
}

// With operands as large as a plan's memory can be, so that only the parameters can be at fault.
template <class P>
const char* problem(const Sound<P>& c, const P& params) {
  constexpr std::uint64_t kAll = std::uint64_t{4} << 30;
  const std::vector<std::uint64_t> in(c.in.size(), kAll), out{kAll};
  return c.def.check(&params, {in, out});
}

template <class P>
const char* problem_of_shape(const Sound<P>& c, const ConvShape& shape) {
  P params = c.params;
  params.shape = shape;
  return problem(c, params);
}

ConvShape with(ConvShape shape, std::size_t field, std::int32_t value) {
  std::memcpy(reinterpret_cast<std::byte*>(&shape) + field * sizeof(value), &value, sizeof(value));
  return shape;
}
constexpr std::size_t kFields = sizeof(ConvShape) / 4, kPadTop = 13, kPadLeft = 14;

TEST(ConvSteps, NeedEveryByte) {
  for_each_step([](const auto& c) {
    EXPECT_EQ(problem(c, c.params), nullptr) << c.def.name;
    EXPECT_TRUE(run_if_accepted(c.def, c.params, c.in, {c.out})) << c.def.name;
    EXPECT_FALSE(run_if_accepted(c.def, c.params, c.in, {c.out - 1})) << c.def.name;
    for (std::size_t i = 0; i < c.in.size(); ++i) {
      std::vector<std::size_t> less = c.in;
      if (less[i]-- == 0) continue;  // absent
      EXPECT_FALSE(run_if_accepted(c.def, c.params, less, {c.out})) << c.def.name << " input " << i;
      less[i] = 0;
      EXPECT_FALSE(run_if_accepted(c.def, c.params, less, {c.out})) << c.def.name << " without input " << i;
    }
  });
}

TEST(ConvSteps, HostileExtentsAreRefused) {
  static_assert(offsetof(ConvShape, pad_top) == kPadTop * 4 && offsetof(ConvShape, pad_left) == kPadLeft * 4);
  for_each_step([](const auto& c) {
    for (std::size_t field = 0; field < kFields; ++field) {
      for (const std::int32_t value : {kLowest, -kMaxExtent, -1, 0, kMaxExtent + 1, kHighest - 1, kHighest}) {
        const bool is_pad = field == kPadTop || field == kPadLeft;
        if (is_pad && value == 0) continue;
        EXPECT_NE(problem_of_shape(c, with(c.params.shape, field, value)), nullptr)
            << c.def.name << " field " << field << " = " << value;
      }
    }
  });
}

TEST(ConvSteps, GroupsMustDivideTheChannels) {
  for_each_step([](const auto& c) {
    ConvShape shape = c.params.shape;
    for (const auto& [in, out] : {std::pair{6, 8}, {8, 6}, {2, 4}}) {
      shape.in_c = in;
      shape.out_c = out;
      shape.groups = 4;
      EXPECT_NE(problem_of_shape(c, shape), nullptr) << c.def.name << " " << in << " to " << out;
    }
  });
}

// Extents that are legal one by one; some of the products are 0 modulo 2^32 or 2^64.
TEST(ConvSteps, ProductsThatOverflowAreRefused) {
  using Fields = std::vector<std::int32_t ConvShape::*>;
  const Fields images[] = {{&ConvShape::batch, &ConvShape::in_h, &ConvShape::in_w, &ConvShape::in_c},
                           {&ConvShape::batch, &ConvShape::out_h, &ConvShape::out_w, &ConvShape::out_c},
                           {&ConvShape::kernel_h, &ConvShape::kernel_w, &ConvShape::in_c, &ConvShape::out_c}};
  for_each_step([&](const auto& c) {
    for (const Fields& fields : images) {
      // 2^64, 2^80, 2^40 and 2^36 elements.
      for (const auto& [extent, count] : {std::pair{1 << 16, 4}, {1 << 20, 4}, {1 << 20, 2}, {1 << 18, 2}}) {
        for (int first = 0; first + count <= 4; ++first) {
          ConvShape shape;
          for (int i = first; i < first + count; ++i) shape.*fields[static_cast<std::size_t>(i)] = extent;
          shape.groups = &c.def == &step::dwconv_f32 ? shape.in_c : 1;
          EXPECT_NE(problem_of_shape(c, shape), nullptr) << c.def.name << " " << count << " of " << extent;
        }
      }
    }
  });
}

TEST(ConvSteps, PackingIsOneOfThree) {
  const auto c = pack(kGrouped);
  const auto refused = [&](std::int32_t transposed, std::int32_t has_bias) {
    return problem(c, {kGrouped, transposed, has_bias}) != nullptr;
  };
  EXPECT_FALSE(refused(0, 0));
  EXPECT_TRUE(refused(1, 1));  // a transposed packing has no bias
  for (const std::int32_t flag : {kLowest, -1, 2, kHighest}) {
    EXPECT_TRUE(refused(flag, 0)) << flag;
    EXPECT_TRUE(refused(0, flag)) << flag;
  }
}

TEST(ConvSteps, GradientUnitsHavePixels) {
  for (const ConvShape& s : {kGrouped, kPointwise}) {
    const auto c = grad_input(s);
    for (const std::int32_t pixels : {kLowest, -1, 0}) EXPECT_NE(problem(c, {s, pixels}), nullptr) << pixels;
    EXPECT_TRUE(run_if_accepted(c.def, ConvGradInputF32{s, kHighest}, c.in, {c.out}));
  }
}

TEST(ConvSteps, PartialSumsAreCounted) {
  const auto c = grad_weights(kPointwise);  // 70 pixels, 20 columns: 2 panels
  const auto refused = [&](std::int32_t chunks, std::int32_t parts, std::int32_t unit_pixels, std::int32_t chain) {
    return problem(c, {kPointwise, chunks, parts, unit_pixels, chain}) != nullptr;
  };
  EXPECT_FALSE(refused(256, 2, 0, 1));
  for (const std::int32_t chunks : {kLowest, -1, 0, 257, kHighest}) EXPECT_TRUE(refused(chunks, 1, 0, 1)) << chunks;
  for (const std::int32_t parts : {kLowest, -1, 0}) EXPECT_TRUE(refused(1, parts, 0, 1)) << parts;
  for (const std::int32_t pixels : {kLowest, -1}) EXPECT_TRUE(refused(3, 1, pixels, 1)) << pixels;
  EXPECT_FALSE(refused(3, 1, 6, 4));
  for (const std::int32_t chain : {kLowest, -4, -1, 0, 3, 6, 1 << 30 | 1, kHighest}) {
    EXPECT_TRUE(refused(3, 1, 6, chain)) << chain;
  }
  EXPECT_TRUE(refused(3, 1, 0, 4));  // a chain of nothing
  EXPECT_TRUE(refused(2, 1, 6, 4));  // 12 units are 3 chains
  EXPECT_TRUE(refused(69, 1, 1, 1));
  EXPECT_FALSE(refused(70, 1, 1, 1));
}

// A part without a panel does nothing, 2^39 units of nothing take hours.
TEST(ConvSteps, MorePartsThanPanelsAreRefused) {
  const auto c = grad_weights(kPointwise);
  for (const std::int32_t parts : {3, 1 << 20, kHighest}) {
    EXPECT_NE(problem(c, {kPointwise, 3, parts, 0, 1}), nullptr) << parts;
  }
}

TEST(ConvSteps, HostileParametersNeverLeaveTheBuffers) {
  Random random(97);
  for_each_step([&](const auto& c) {
    using P = std::remove_cvref_t<decltype(c.params)>;
    int accepted = 0;
    for (int i = 0; i < 4'000; ++i) {
      const P params = hostile<std::int32_t>(random, c.params, 0, sizeof(P) / 4);
      accepted += run_if_accepted(c.def, params, c.in, {c.out}) ? 1 : 0;
    }
    EXPECT_GT(accepted, 200) << c.def.name;
  });
}

}  // namespace paw::conv_test
