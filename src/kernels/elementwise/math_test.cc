// The transcendental functions of every tier against double precision over dense samples of all floats.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>
#include <vector>

#include "kernels/kernels.h"

namespace paw::math_test {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr double kSmallestNormal = 1.17549435e-38;

std::vector<float> run(Isa isa, UnaryOp op, const std::vector<float>& x) {
  std::vector<float> y(x.size());
  const UnaryF32 params{.count = static_cast<std::int64_t>(x.size()), .op = op};
  kernel_table(isa).unary_f32(params, x.data(), y.data(), {0, unary_units(params)});
  return y;
}

// Every `step`th float from lo to hi, both of one sign (lo nearer to zero), by counting bit patterns.
std::vector<float> floats_between(float lo, float hi, std::uint32_t step) {
  std::uint32_t first = 0, last = 0;
  std::memcpy(&first, &lo, sizeof(lo));
  std::memcpy(&last, &hi, sizeof(hi));
  std::vector<float> out;
  for (std::uint32_t bits = first; bits <= last; bits += step) {
    float x = 0;
    std::memcpy(&x, &bits, sizeof(x));
    out.push_back(x);
    if (last - bits < step) break;
  }
  out.push_back(hi);
  return out;
}

// Distance in units in the last place of the exact result as a float. A result that is not a normal number may be 0.
double ulps(float got, double exact) {
  if (std::abs(exact) < kSmallestNormal && std::abs(got) <= std::abs(exact) * 1.5) return 0;
  int exponent = 0;
  std::frexp(exact, &exponent);
  const double unit = std::ldexp(1.0, std::max(exponent, -125) - 24);
  return std::abs(static_cast<double>(got) - exact) / unit;
}

struct Worst {
  double ulps = 0;
  float x = 0, got = 0;
};

template <class F>
Worst worst(Isa isa, UnaryOp op, const std::vector<float>& x, F exact) {
  const std::vector<float> y = run(isa, op, x);
  Worst out;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double e = exact(static_cast<double>(x[i]));
    const double error = std::isfinite(y[i]) && std::isfinite(e) ? ulps(y[i], e) : 1e9;
    if (!(error <= out.ulps)) out = {error, x[i], y[i]};
  }
  return out;
}

// The largest error over a range is within the bound that math_body.h states.
template <class F>
void expect_within(UnaryOp op, float lo, float hi, double bound, F exact) {
  constexpr std::uint32_t kStep = 3067;  // a prime: all low bits occur
  for (const Isa isa : available_isas()) {
    const Worst w = worst(isa, op, floats_between(lo, hi, kStep), exact);
    EXPECT_LE(w.ulps, bound) << name(isa) << " at x = " << w.x << ": " << w.got << ", exact "
                             << exact(static_cast<double>(w.x));
    testing::Test::RecordProperty(std::string(name(isa)) + "_ulps_from_" + std::to_string(lo), std::to_string(w.ulps));
  }
}

double exact_exp(double x) { return std::exp(x); }
double exact_sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }
double exact_tanh(double x) { return std::tanh(x); }
double exact_log(double x) { return std::log(x); }
double exact_erf(double x) { return std::erf(x); }
double exact_silu(double x) { return x / (1.0 + std::exp(-x)); }
double exact_gelu(double x) { return 0.5 * x * std::erfc(-x * std::numbers::sqrt2 / 2); }
double exact_gelu_tanh(double x) {
  const double u = std::sqrt(2.0 * std::numbers::inv_pi) * (x + 0.044715 * x * x * x);
  return x / (1.0 + std::exp(-2.0 * u));
}

TEST(Math, ExpIsWithinTwoUlps) {
  expect_within(UnaryOp::kExp, 0.0f, 88.7228317f, 2, exact_exp);
  expect_within(UnaryOp::kExp, -0.0f, -87.3365402f, 2, exact_exp);
}

TEST(Math, ExpIsRightAtTheEnds) {
  for (const Isa isa : available_isas()) {
    const auto y =
        run(isa, UnaryOp::kExp, {kInf, -kInf, kNan, 0.0f, -0.0f, 88.7228394f, 1e30f, -88.0f, -104.0f, -1e30f});
    EXPECT_EQ(y[0], kInf);
    EXPECT_EQ(y[1], 0.0f);
    EXPECT_TRUE(std::isnan(y[2]));
    EXPECT_EQ(y[3], 1.0f);
    EXPECT_EQ(y[4], 1.0f);
    EXPECT_EQ(y[5], kInf);
    EXPECT_EQ(y[6], kInf);
    EXPECT_LE(y[7], 6.1e-39f);
    EXPECT_EQ(y[8], 0.0f);
    EXPECT_EQ(y[9], 0.0f);
  }
}

TEST(Math, NanWithAnyPayloadStaysNan) {
  std::vector<float> nans;
  for (const std::uint32_t bits :
       {0x7fc00000u, 0x7fc00001u, 0x7fc000ffu, 0xffc00000u, 0xffffffffu, 0x7fffffffu, 0x7fc1ff01u}) {
    float x = 0;
    std::memcpy(&x, &bits, sizeof(x));
    nans.push_back(x);
  }
  for (const Isa isa : available_isas()) {
    for (int op = 0; op < kUnaryOps; ++op) {
      for (const float y : run(isa, static_cast<UnaryOp>(op), nans)) EXPECT_TRUE(std::isnan(y)) << "op " << op;
    }
  }
}

TEST(Math, LogIsWithinOneUlp) {
  expect_within(UnaryOp::kLog, 1e-45f, 1.17549435e-38f, 1, exact_log);  // denormal numbers
  expect_within(UnaryOp::kLog, 1.17549435e-38f, 0.5f, 1, exact_log);
  expect_within(UnaryOp::kLog, 0.5f, 2.0f, 1, exact_log);
  expect_within(UnaryOp::kLog, 2.0f, std::numeric_limits<float>::max(), 1, exact_log);
}

TEST(Math, LogIsRightAtTheEnds) {
  for (const Isa isa : available_isas()) {
    const auto y = run(isa, UnaryOp::kLog, {0.0f, -0.0f, kInf, -kInf, kNan, -1.0f, -1e-45f, 1.0f});
    EXPECT_EQ(y[0], -kInf);
    EXPECT_EQ(y[1], -kInf);
    EXPECT_EQ(y[2], kInf);
    for (int i = 3; i < 7; ++i) EXPECT_TRUE(std::isnan(y[static_cast<std::size_t>(i)])) << i;
    EXPECT_EQ(y[7], 0.0f);
  }
}

TEST(Math, TanhIsWithinThreeUlpsNearZeroToo) {
  for (const float sign : {1.0f, -1.0f}) {
    expect_within(UnaryOp::kTanh, sign * 0.0f, sign * 1e-20f, 3, exact_tanh);
    expect_within(UnaryOp::kTanh, sign * 1e-20f, sign * 1.0f, 3, exact_tanh);
    expect_within(UnaryOp::kTanh, sign * 1.0f, sign * 3e38f, 3, exact_tanh);
  }
}

TEST(Math, SigmoidIsWithinThreeUlps) {
  expect_within(UnaryOp::kSigmoid, 0.0f, 3e38f, 3, exact_sigmoid);
  expect_within(UnaryOp::kSigmoid, -0.0f, -87.3f, 3, exact_sigmoid);
}

TEST(Math, ErfIsWithinTwoUlps) {
  expect_within(UnaryOp::kErf, 0.0f, 3e38f, 2, exact_erf);
  expect_within(UnaryOp::kErf, -0.0f, -3e38f, 2, exact_erf);
}

TEST(Math, SiluIsWithinThreeUlps) {
  expect_within(UnaryOp::kSilu, 0.0f, 3e38f, 3, exact_silu);
  expect_within(UnaryOp::kSilu, -0.0f, -87.3f, 3, exact_silu);
}

// Left of 0 the error of the argument of e^x counts: relative to the result it grows with x^2.
TEST(Math, GeluKeepsItsTail) {
  expect_within(UnaryOp::kGelu, 0.0f, 3e38f, 3, exact_gelu);
  expect_within(UnaryOp::kGelu, -0.0f, -1.0f, 3, exact_gelu);
  expect_within(UnaryOp::kGelu, -1.0f, -7.0f, 400, exact_gelu);
  expect_within(UnaryOp::kGeluTanh, 0.0f, 1e12f, 3, exact_gelu_tanh);
  expect_within(UnaryOp::kGeluTanh, -0.0f, -1.0f, 3, exact_gelu_tanh);
  expect_within(UnaryOp::kGeluTanh, -1.0f, -7.0f, 400, exact_gelu_tanh);
}

TEST(Math, SaturatingFunctionsAreRightAtTheEnds) {
  const std::vector<float> x = {kInf, -kInf, -0.0f, 1e30f, -1e30f};
  for (const Isa isa : available_isas()) {
    EXPECT_EQ(run(isa, UnaryOp::kTanh, x), (std::vector<float>{1, -1, -0.0f, 1, -1}));
    EXPECT_EQ(run(isa, UnaryOp::kErf, x), (std::vector<float>{1, -1, -0.0f, 1, -1}));
    EXPECT_EQ(run(isa, UnaryOp::kSigmoid, x), (std::vector<float>{1, 0, 0.5f, 1, 0}));
    EXPECT_TRUE(std::signbit(run(isa, UnaryOp::kTanh, x)[2]));
    EXPECT_TRUE(std::signbit(run(isa, UnaryOp::kErf, x)[2]));
    // -infinity * 0 is NaN, as docs/numerics.md says; large finite numbers give 0.
    for (const UnaryOp op : {UnaryOp::kSilu, UnaryOp::kGelu, UnaryOp::kGeluTanh, UnaryOp::kHardSwish}) {
      const auto y = run(isa, op, x);
      EXPECT_EQ(y[0], kInf);
      EXPECT_TRUE(std::isnan(y[1])) << static_cast<int>(op);
      EXPECT_EQ(y[2], 0.0f);
      EXPECT_EQ(y[3], 1e30f);
      EXPECT_EQ(y[4], 0.0f);
    }
  }
}

}  // namespace paw::math_test
