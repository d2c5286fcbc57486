// Every kernel against sums in double precision, and the passes against the ops' references.
#include "kernels/norm/norm.h"

#include "kernels/kernel_testing.h"
#include "ops/batch_norm.h"
#include "ops/op_testing.h"

namespace paw::norm_test {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct Batch {
  BatchNormF32 p;
  std::vector<float> x, dy, scale, offset;
};

// Values around `centre`; unit_rows as if behind a step that makes so many.
Batch batch(std::int64_t rows, std::int32_t channels, std::int32_t unit_rows, float centre = 0) {
  Random random(static_cast<std::uint64_t>(rows * 1000 + channels));
  Batch b{.p = {.rows = rows, .channels = channels, .unit_rows = unit_rows, .epsilon = 1e-3f},
          .x = random_floats(random, rows * channels),
          .dy = random_floats(random, rows * channels),
          .scale = random_floats(random, channels),
          .offset = random_floats(random, channels)};
  b.p.grain = norm_grain(channels, unit_rows);
  for (float& v : b.x) v += centre;
  return b;
}

RefTensor tensor(const Shape& shape, const std::vector<float>& values) { return {shape, to_doubles(values)}; }

// All outputs of a node.
std::vector<std::vector<double>> outputs_of(const OpDef& op, const std::vector<RefTensor>& inputs, double epsilon) {
  const Attrs attrs = BatchNormAttrs{.epsilon = epsilon};
  std::vector<TensorType> types;
  std::vector<const TensorType*> pointers;
  std::vector<const RefTensor*> values;
  types.reserve(inputs.size());
  for (const RefTensor& input : inputs) {
    pointers.push_back(&types.emplace_back(DType::kF64, input.shape));
    values.push_back(&input);
  }
  const auto inferred = infer_types(op, attrs, pointers, "test");
  EXPECT_TRUE(inferred);
  std::vector<RefTensor> outputs;
  for (const TensorType& type : *inferred) {
    outputs.push_back({type.shape, std::vector<double>(static_cast<std::size_t>(type.shape.elements()))});
  }
  op.reference({{op, attrs, pointers, "test"}, values, outputs});
  std::vector<std::vector<double>> out;
  for (RefTensor& o : outputs) out.push_back(std::move(o.data));
  return out;
}

struct Forward {
  std::vector<float> y, mean, variance, gain;
};

// Ranges that begin at grains, of odd numbers of grains, the last first.
std::vector<Range> grains(const BatchNormF32& p) {
  std::vector<Range> out = odd_pieces(ceil_div(norm_units(p), p.grain));
  for (Range& r : out) r = {r.begin * p.grain, std::min(r.end * p.grain, norm_units(p))};
  return out;
}

Forward forward(const KernelTable& k, const Batch& b, bool cut) {
  const BatchNormF32& p = b.p;
  const auto channels = static_cast<std::size_t>(p.channels);
  Forward f{unwritten(b.x.size()), unwritten(channels), unwritten(channels), unwritten(channels)};
  auto partials = unwritten(static_cast<std::size_t>(norm_partial_floats(p.rows, p.channels)));
  const Range rows{0, norm_units(p)}, columns{0, norm_finish_units(p)};
  for (const Range r : cut ? grains(p) : std::vector{rows}) k.bn_stats_f32(p, b.x.data(), partials.data(), r);
  for (const Range r : cut ? odd_pieces(columns.end) : std::vector{columns}) {
    k.bn_finish_f32(p, partials.data(), b.scale.data(), f.mean.data(), f.variance.data(), f.gain.data(), r);
  }
  for (const Range r : cut ? odd_pieces(rows.end) : std::vector{rows}) {
    k.bn_apply_f32(p, b.x.data(), f.mean.data(), f.gain.data(), b.offset.data(), f.y.data(), r);
  }
  return f;
}

struct Backward {
  std::vector<float> dx, dscale, doffset;
};

Backward backward(const KernelTable& k, const Batch& b, const Forward& f, bool cut) {
  const BatchNormF32& p = b.p;
  const auto channels = static_cast<std::size_t>(p.channels);
  Backward g{unwritten(b.x.size()), unwritten(channels), unwritten(channels)};
  auto partials = unwritten(static_cast<std::size_t>(norm_partial_floats(p.rows, p.channels)));
  auto factors = unwritten(3 * channels);
  const bool masked = p.masked != 0, frozen = p.frozen != 0;
  const BnGradOperands in{b.dy.data(), b.x.data(), f.mean.data(), masked || frozen ? f.gain.data() : nullptr,
                          masked ? b.offset.data() : nullptr};
  const Range rows{0, norm_units(p)}, columns{0, norm_finish_units(p)};
  for (const Range r : cut ? grains(p) : std::vector{rows}) k.bn_grad_stats_f32(p, in, partials.data(), r);
  for (const Range r : cut ? odd_pieces(columns.end) : std::vector{columns}) {
    k.bn_grad_finish_f32(p, partials.data(), b.scale.data(), f.variance.data(), g.dscale.data(), g.doffset.data(),
                         factors.data(), r);
  }
  for (const Range r : cut ? odd_pieces(rows.end) : std::vector{rows}) {
    k.bn_grad_apply_f32(p, in, frozen ? nullptr : factors.data(), g.dx.data(), r);
  }
  return g;
}

std::string text(const Batch& b) {
  return "[" + std::to_string(b.p.rows) + "," + std::to_string(b.p.channels) + "] by " + std::to_string(b.p.unit_rows);
}

// Sums of the magnitudes per channel, as a measure of what rounding may lose.
std::vector<double> per_channel(const Batch& b, double each) {
  return std::vector<double>(static_cast<std::size_t>(b.p.channels), each);
}

void expect_forward(const Batch& b) {
  const Shape shape{b.p.rows, b.p.channels}, row{b.p.channels};
  const auto want =
      outputs_of(op::batch_norm_training, {tensor(shape, b.x), tensor(row, b.scale), tensor(row, b.offset)},
                 static_cast<double>(b.p.epsilon));
  std::vector<double> y = want[0];
  for (double& v : y) v = v < b.p.min ? b.p.min : v > b.p.max ? b.p.max : v;
  double largest = 1;
  for (const float v : b.x) largest = std::max(largest, std::isfinite(v) ? std::abs(static_cast<double>(v)) : 0.0);
  for (const Isa isa : available_isas()) {
    const Forward f = forward(kernel_table(isa), b, false), cut = forward(kernel_table(isa), b, true);
    const std::string what = text(b) + " on " + std::string(name(isa));
    EXPECT_TRUE(same_bits(f.y, cut.y) && same_bits(f.mean, cut.mean) && same_bits(f.variance, cut.variance)) << what;
    const auto means = per_channel(b, largest), ones = per_channel(b, 1);
    const std::vector<double> each(y.size(), largest);
    expect_close(f.mean, want[1], &means, 2e-7, what + " mean");
    expect_close(f.variance, want[2], &ones, 1e-5, what + " variance");
    expect_close(f.y, y, &each, 1e-5, what + " y");
  }
}

void expect_backward(const Batch& b) {
  const Shape shape{b.p.rows, b.p.channels}, row{b.p.channels};
  for (const Isa isa : available_isas()) {
    const KernelTable& k = kernel_table(isa);
    const Forward f = forward(k, b, false);
    std::vector<float> dy = b.dy;
    for (std::size_t i = 0; b.p.masked != 0 && i < dy.size(); ++i) {
      if (!(b.p.min < f.y[i] && f.y[i] < b.p.max)) dy[i] = 0;  // f.y is clamped: strictly inside is the same question
    }
    const auto want = outputs_of(
        b.p.frozen != 0 ? op::batch_norm_grad : op::batch_norm_training_grad,
        {tensor(shape, dy), tensor(shape, b.x), tensor(row, b.scale), tensor(row, f.mean), tensor(row, f.variance)},
        static_cast<double>(b.p.epsilon));
    const Backward g = backward(k, b, f, false), cut = backward(k, b, f, true);
    const std::string what = text(b) + " backward on " + std::string(name(isa));
    EXPECT_TRUE(same_bits(g.dx, cut.dx) && same_bits(g.dscale, cut.dscale) && same_bits(g.doffset, cut.doffset))
        << what;
    const auto sums = per_channel(b, static_cast<double>(b.p.rows));
    const std::vector<double> each(b.x.size(), 40);  // 1 / sqrt(epsilon) where a chunk has a single value
    expect_close(g.dscale, want[1], &sums, 4e-6, what + " dscale");
    expect_close(g.doffset, want[2], &sums, 1e-6, what + " doffset");
    expect_close(g.dx, want[0], &each, 2e-6, what + " dx");
  }
}

TEST(NormF32, EveryWidthOfChannels) {
  for (std::int32_t channels = 1; channels <= 129; channels += channels < 40 ? 1 : 11) {
    for (const std::int32_t unit : {1, 7}) {
      const Batch b = batch(77, channels, unit);
      expect_forward(b);
      expect_backward(b);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(NormF32, NumbersOfRowsAroundAChunk) {
  for (const std::int64_t rows : {1, 2, 31, 32, 33, 511, 512, 513, 1025}) {
    for (const std::int32_t unit : {1, 3, 112, 700}) {
      const Batch b = batch(rows, 24, unit);
      expect_forward(b);
      expect_backward(b);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(NormF32, AMeanFarFromZeroKeepsTheVariance) {
  expect_forward(batch(3000, 9, 1, 100.0f));
  expect_forward(batch(3000, 16, 50, -1000.0f));
}

TEST(NormF32, ChannelsOfOneValueHaveNoVariance) {
  Batch b = batch(700, 11, 1);
  std::ranges::fill(b.x, 0.1f);
  for (const Isa isa : available_isas()) {
    const Forward f = forward(kernel_table(isa), b, false);
    for (std::size_t c = 0; c < 11; ++c) {
      EXPECT_LT(f.variance[c], 1e-14f);
      EXPECT_GE(f.variance[c], 0.0f);
      EXPECT_NEAR(f.y[c], b.offset[c], 1e-6);
    }
  }
}

TEST(NormF32, TheClampAndItsMaskAgree) {
  for (const std::int32_t channels : {3, 16, 33}) {
    Batch b = batch(300, channels, 1);
    b.p.masked = 1;
    b.p.min = 0;
    b.p.max = 0.8f;
    expect_forward(b);
    expect_backward(b);
  }
}

TEST(NormF32, FrozenStatisticsScaleTheGradient) {
  for (const std::int32_t channels : {1, 5, 16, 33}) {
    for (const std::int32_t masked : {0, 1}) {
      Batch b = batch(300, channels, 3);
      b.p.frozen = 1;
      b.p.masked = masked;
      if (masked != 0) b.p.min = -0.2f;
      expect_backward(b);
    }
  }
}

TEST(NormF32, InfinitiesAndNanReachTheirChannelOnly) {
  for (const float bad : {kInfinity, -kInfinity, std::nanf("")}) {
    Batch b = batch(600, 10, 1);
    b.x[5 * 10 + 3] = bad;
    b.x[599 * 10 + 9] = bad;
    expect_forward(b);
    if (HasFatalFailure()) return;
    b.p.masked = 1;
    b.p.min = 0;
    expect_backward(b);
  }
}

TEST(NormF32, ResultsMayTakeThePlaceOfWhatIsRead) {
  for (const Isa isa : available_isas()) {
    const KernelTable& k = kernel_table(isa);
    Batch b = batch(200, 21, 1);
    const Forward f = forward(k, b, false);
    const std::vector<float> x = b.x;
    k.bn_apply_f32(b.p, b.x.data(), f.mean.data(), f.gain.data(), b.offset.data(), b.x.data(), {0, norm_units(b.p)});
    EXPECT_TRUE(same_bits(b.x, f.y));
    b.x = x;
    const Backward g = backward(k, b, f, false);
    const std::vector<float> factors(63, 0.5f);
    std::vector<float> apart(b.x.size());
    const BnGradOperands in{b.dy.data(), b.x.data(), f.mean.data(), nullptr, nullptr};
    k.bn_grad_apply_f32(b.p, in, factors.data(), apart.data(), {0, norm_units(b.p)});
    k.bn_grad_apply_f32(b.p, in, factors.data(), b.dy.data(), {0, norm_units(b.p)});
    EXPECT_TRUE(same_bits(b.dy, apart));
  }
}

// The header is read from memory: whatever it holds, the combining kernels stay inside their partial sums.
TEST(NormF32, ALyingHeaderIsHarmless) {
  const BatchNormF32 p{.rows = 1000, .channels = 40};
  const auto size = static_cast<std::size_t>(norm_partial_floats(p.rows, p.channels));
  for (const float lie : {0.0f, -1.0f, 1.0f, 31.0f, 1e30f, kInfinity, std::nanf("")}) {
    std::vector<float> partials(size, 1.0f), scale(40, 1.0f), a(40), b(40), c(120);
    partials[0] = lie;
    for (const Isa isa : available_isas()) {
      const Range all{0, norm_finish_units(p)};
      kernel_table(isa).bn_finish_f32(p, partials.data(), scale.data(), a.data(), b.data(), c.data(), all);
      kernel_table(isa).bn_grad_finish_f32(p, partials.data(), scale.data(), scale.data(), a.data(), b.data(), c.data(),
                                           all);
      EXPECT_TRUE(std::isfinite(a[0]));
    }
  }
}

}  // namespace paw::norm_test
