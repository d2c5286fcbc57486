#include "kernels/elementwise/elementwise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "kernels/kernels.h"

namespace paw::elementwise_test {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kDenormal = std::numeric_limits<float>::denorm_min();
constexpr float kGuard = -12345.0f;

std::vector<float> values(std::int64_t count, std::uint32_t seed) {
  const float special[] = {0.0f, -0.0f, kInf, -kInf, kNan, kDenormal, -kDenormal, 3.0f, -3.0f, 6.0f};
  std::vector<float> out(static_cast<std::size_t>(count));
  std::uint32_t state = seed * 2654435761u + 1;
  for (float& v : out) {
    state = state * 1664525u + 1013904223u;
    const std::uint32_t r = state >> 8;
    v = r % 16 == 0 ? special[r / 16 % std::size(special)] : (static_cast<float>(r % 20001) - 10000.0f) / 1250.0f;
  }
  return out;
}

std::uint32_t bits(float x) {
  std::uint32_t b = 0;
  std::memcpy(&b, &x, sizeof(b));
  return b;
}

// Equal, both NaN, or within a share of the wanted result and a distance of it.
struct Tolerance {
  double relative = 0, absolute = 0;
};
bool close(float got, double want, const Tolerance& tolerance) {
  if (std::isnan(want)) return std::isnan(got);
  const float rounded = static_cast<float>(want);
  if (std::isinf(rounded) || std::isinf(got)) return got == rounded;
  return std::abs(static_cast<double>(got) - want) <= tolerance.relative * std::abs(want) + tolerance.absolute;
}

double sign(double x) { return std::isnan(x) ? x : (x > 0) - (x < 0); }
double hard_sigmoid(double x) { return std::clamp(x + 3.0, 0.0, 6.0) / 6.0; }

// What the op means, as src/ops states it. a = -1.5, b = 2.25 are the parameters of the tests.
double reference(UnaryOp op, double x) {
  switch (op) {
    case UnaryOp::kCopy: return x;
    case UnaryOp::kClamp: return std::clamp(x, -1.5, 2.25);
    case UnaryOp::kLeakyRelu: return x < 0 ? -1.5 * x : x;
    case UnaryOp::kHardSigmoid: return hard_sigmoid(x);
    case UnaryOp::kHardSwish: return x * hard_sigmoid(x);
    case UnaryOp::kSigmoid: return 1.0 / (1.0 + std::exp(-x));
    case UnaryOp::kSilu: return x / (1.0 + std::exp(-x));
    case UnaryOp::kTanh: return std::tanh(x);
    case UnaryOp::kGelu: return 0.5 * x * std::erfc(-x / std::sqrt(2.0));
    case UnaryOp::kGeluTanh: return x / (1.0 + std::exp(-1.5957691216057308 * (x + 0.044715 * x * x * x)));
    case UnaryOp::kErf: return std::erf(x);
    case UnaryOp::kExp: return std::exp(x);
    case UnaryOp::kLog: return std::log(x);
    case UnaryOp::kSqrt: return std::sqrt(x);
    case UnaryOp::kRsqrt: return 1.0 / std::sqrt(x);
    case UnaryOp::kSquare: return x * x;
    case UnaryOp::kAbs: return std::abs(x);
    case UnaryOp::kNeg: return -x;
    case UnaryOp::kSign: return sign(x);
    case UnaryOp::kRound: return std::nearbyint(x);
  }
  return 0;
}

Tolerance tolerance(UnaryOp op) {
  switch (op) {
    case UnaryOp::kCopy:
    case UnaryOp::kClamp:
    case UnaryOp::kAbs:
    case UnaryOp::kNeg:
    case UnaryOp::kSign:
    case UnaryOp::kRound: return {};
    case UnaryOp::kGelu:
    case UnaryOp::kGeluTanh: return {5e-5, 1e-11};
    default: return {5e-7, 1e-37};
  }
}

UnaryF32 unary_params(UnaryOp op, std::int64_t count, std::int64_t unit = kElementUnit) {
  return {.count = count, .unit = unit, .op = op, .a = -1.5f, .b = 2.25f};
}

TEST(Unary, AgreesWithTheFormulaForEveryLength) {
  for (const Isa isa : available_isas()) {
    for (int op = 0; op < kUnaryOps; ++op) {
      const auto f = static_cast<UnaryOp>(op);
      for (std::int64_t count = 1; count <= 129; ++count) {
        const std::vector<float> x = values(count, static_cast<std::uint32_t>(count));
        std::vector<float> y(x.size() + 1, kGuard);
        const UnaryF32 params = unary_params(f, count);
        kernel_table(isa).unary_f32(params, x.data(), y.data(), {0, unary_units(params)});
        for (std::size_t i = 0; i < x.size(); ++i) {
          ASSERT_TRUE(close(y[i], reference(f, x[i]), tolerance(f)))
              << name(isa) << " op " << op << " count " << count << ": f(" << x[i] << ") = " << y[i] << ", not "
              << reference(f, x[i]);
        }
        ASSERT_EQ(y.back(), kGuard) << "wrote past the end";
      }
    }
  }
}

TEST(Unary, UnitsAndPlaceDoNotChangeBits) {
  constexpr std::int64_t kCount = 1000;
  const std::vector<float> x = values(kCount, 7);
  for (const Isa isa : available_isas()) {
    const auto kernel = kernel_table(isa).unary_f32;
    for (int op = 0; op < kUnaryOps; ++op) {
      const auto f = static_cast<UnaryOp>(op);
      std::vector<float> whole(x.size());
      kernel(unary_params(f, kCount, kCount), x.data(), whole.data(), {0, 1});
      for (const std::int64_t unit : {1, 3, 8, 97}) {
        std::vector<float> y = x;  // in place
        const UnaryF32 params = unary_params(f, kCount, unit);
        const std::int64_t units = unary_units(params);
        for (int part = 2; part >= 0; --part) kernel(params, y.data(), y.data(), share(units, part, 3));
        ASSERT_EQ(std::memcmp(y.data(), whole.data(), y.size() * sizeof(float)), 0)
            << name(isa) << " op " << op << " unit " << unit;
      }
    }
  }
}

TEST(Unary, RoundsHalvesToEvenHoweverLarge) {
  for (const Isa isa : available_isas()) {
    for (const float x : {0.5f, 1.5f, 2.5f, 4194303.5f, 4194304.5f, 4194305.5f, 8388607.5f, 8388609.0f, 3e38f}) {
      for (const float v : {x, -x}) {
        float y = 0;
        kernel_table(isa).unary_f32({.count = 1, .op = UnaryOp::kRound}, &v, &y, {0, 1});
        EXPECT_EQ(y, std::nearbyint(v)) << name(isa) << " " << v;
      }
    }
  }
}

TEST(Unary, ZerosKeepTheSignThatTheReferenceGives) {
  for (const Isa isa : available_isas()) {
    for (const UnaryOp op :
         {UnaryOp::kClamp, UnaryOp::kSign, UnaryOp::kAbs, UnaryOp::kNeg, UnaryOp::kSqrt, UnaryOp::kRound}) {
      const float x[] = {-0.0f, 0.0f};
      float y[2];
      kernel_table(isa).unary_f32({.count = 2, .op = op, .a = 0.0f, .b = 6.0f}, x, y, {0, 1});
      const double want[] = {op == UnaryOp::kClamp ? std::clamp(-0.0, 0.0, 6.0) : reference(op, -0.0),
                             op == UnaryOp::kClamp ? 0.0 : reference(op, 0.0)};
      for (int i = 0; i < 2; ++i) EXPECT_EQ(bits(y[i]), bits(static_cast<float>(want[i]))) << static_cast<int>(op);
    }
  }
}

float reference(const BinaryF32& p, float a, float b) {
  const auto clamp = [&](float v) { return std::clamp(v, p.min, p.max); };
  switch (p.op) {
    case BinaryOp::kAdd: return clamp(a + b);
    case BinaryOp::kSub: return clamp(a - b);
    case BinaryOp::kMul: return clamp(a * b);
    case BinaryOp::kDiv: return clamp(a / b);
    case BinaryOp::kMaximum: return std::isnan(a) || a > b ? a : b;
    case BinaryOp::kMinimum: return std::isnan(a) || a < b ? a : b;
    case BinaryOp::kClampGrad: return p.min < b && b < p.max ? a : 0.0f;
    case BinaryOp::kHardSwishGrad: return b <= -3 ? 0.0f : b >= 3 ? a : a * (b + b + 3.0f) * (1.0f / 6.0f);
  }
  return 0;
}

struct Operands {
  BinaryF32 params;
  std::vector<float> a, b;
};

std::int64_t span_of(const BinaryF32& p, const std::int64_t (&strides)[kBinaryAxes]) {
  std::int64_t last = 0;
  for (int i = 0; i < kBinaryAxes; ++i) last += (p.extents[i] - 1) * strides[i];
  return last + 1;
}

// Operands that broadcast along the axes whose bit is set.
Operands broadcast(const std::int64_t (&extents)[kBinaryAxes], unsigned repeat_a, unsigned repeat_b) {
  Operands out;
  std::int64_t run_a = 1, run_b = 1;
  for (int axis = kBinaryAxes - 1; axis >= 0; --axis) {
    const std::int64_t extent = extents[axis];
    out.params.extents[axis] = extent;
    const bool whole_a = (repeat_a >> axis & 1u) == 0, whole_b = (repeat_b >> axis & 1u) == 0;
    out.params.a[axis] = whole_a ? run_a : 0;
    out.params.b[axis] = whole_b ? run_b : 0;
    if (whole_a) run_a *= extent;
    if (whole_b) run_b *= extent;
  }
  out.a = values(span_of(out.params, out.params.a), 3);
  out.b = values(span_of(out.params, out.params.b), 5);
  return out;
}

std::vector<float> expected(const Operands& o) {
  const BinaryF32& p = o.params;
  std::vector<float> y(static_cast<std::size_t>(elements(p)));
  for (std::size_t i = 0; i < y.size(); ++i) {
    std::int64_t rest = static_cast<std::int64_t>(i), a = 0, b = 0;
    for (int axis = kBinaryAxes - 1; axis >= 0; --axis) {
      const std::int64_t at = rest % p.extents[axis];
      rest /= p.extents[axis];
      a += at * p.a[axis];
      b += at * p.b[axis];
    }
    y[i] = reference(p, o.a[static_cast<std::size_t>(a)], o.b[static_cast<std::size_t>(b)]);
  }
  return y;
}

void expect_same(const std::vector<float>& got, const std::vector<float>& want, const char* what) {
  for (std::size_t i = 0; i < want.size(); ++i) {
    if (std::isnan(want[i])) {
      ASSERT_TRUE(std::isnan(got[i])) << what << " at " << i;
    } else {
      ASSERT_EQ(got[i], want[i]) << what << " at " << i;
    }
  }
}

// All ops, as given and with joined axes, whole and in odd parts.
void check_binary(Operands o) {
  for (const Isa isa : available_isas()) {
    const auto kernel = kernel_table(isa).binary_f32;
    for (int op = 0; op < kBinaryOps; ++op) {
      o.params.op = static_cast<BinaryOp>(op);
      const std::vector<float> want = expected(o);
      for (const std::int64_t unit : {std::int64_t{1}, std::int64_t{7}, kElementUnit}) {
        for (BinaryF32 params : {o.params, joined(o.params)}) {
          params.unit = unit;
          std::vector<float> y(want.size() + 1, kGuard);
          const std::int64_t units = binary_units(params);
          for (int part = 0; part < 3; ++part) kernel(params, o.a.data(), o.b.data(), y.data(), share(units, part, 3));
          ASSERT_EQ(y.back(), kGuard);
          expect_same(y, want, "binary");
        }
      }
    }
  }
}

TEST(Binary, EveryWayToBroadcastSmallShapes) {
  const std::int64_t extents[kBinaryAxes] = {2, 1, 3, 2, 2, 5};
  for (unsigned a = 0; a < 64; ++a) {
    for (const unsigned b : {0u, 63u, a ^ 63u, a << 1 & 63u}) {
      check_binary(broadcast(extents, a, b));
      if (HasFatalFailure()) FAIL() << "axes " << a << " and " << b;
    }
  }
}

TEST(Binary, EveryChannelCount) {
  for (std::int64_t c = 1; c <= 129; ++c) {
    const std::int64_t extents[kBinaryAxes] = {1, 1, 2, 1, 3, c};
    check_binary(broadcast(extents, 0, 0));         // same shape
    check_binary(broadcast(extents, 0, 0b011111));  // one per channel
    check_binary(broadcast(extents, 0b011000, 0));  // squeeze-excite, first operand the small one
    check_binary(broadcast(extents, 0, 0b111111));  // scalar
    if (HasFatalFailure()) FAIL() << c << " channels";
  }
}

TEST(Binary, FusedClampBoundsAndPassesNan) {
  Operands o = broadcast({1, 1, 1, 1, 1, 1000}, 0, 0);
  o.params.min = -1.0f;
  o.params.max = 2.0f;
  check_binary(o);
}

TEST(Binary, InPlaceGivesTheSameBits) {
  for (const unsigned repeat_b : {0u, 0b011111u, 0b111111u}) {
    const Operands o = broadcast({1, 1, 1, 2, 7, 37}, 0, repeat_b);
    for (const Isa isa : available_isas()) {
      std::vector<float> y = o.a;
      kernel_table(isa).binary_f32(o.params, y.data(), o.b.data(), y.data(), {0, binary_units(o.params)});
      expect_same(y, expected(o), "in place");
    }
  }
}

TEST(Binary, JoinedAxesAreAsFewAsPossible) {
  const BinaryF32 same = joined(broadcast({1, 2, 3, 4, 5, 6}, 0, 0).params);
  EXPECT_EQ(same.extents[5], 720);
  EXPECT_EQ(same.a[5], 1);
  const BinaryF32 channel = joined(broadcast({1, 2, 3, 4, 5, 6}, 0, 0b011111).params);
  EXPECT_EQ(channel.extents[4], 120);
  EXPECT_EQ(channel.extents[5], 6);
  EXPECT_EQ(channel.b[4], 0);
  const BinaryF32 excite = joined(broadcast({1, 1, 2, 3, 4, 5}, 0, 0b011000).params);
  EXPECT_EQ(excite.extents[3], 2);
  EXPECT_EQ(excite.extents[4], 12);
  EXPECT_EQ(excite.extents[5], 5);
  const BinaryF32 scalar = joined(broadcast({1, 2, 3, 4, 5, 6}, 0, 0b111111).params);
  EXPECT_EQ(scalar.extents[5], 720);
  EXPECT_EQ(scalar.b[5], 0);
  EXPECT_TRUE(in_step(excite, excite.a));
  EXPECT_FALSE(in_step(excite, excite.b));
}

}  // namespace paw::elementwise_test
