// The engine on quantised operands: every case in 8 bits, with both roundings, within one step of the real result
// rounded once, and the same bits on every tier and for any number of threads.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "generated_ops/properties.h"
#include "lower/plan_testing.h"

namespace paw {

namespace {

// Why the engine may refuse a quantised node that it otherwise runs in integers.
bool may_be_refused(const Error& refusal) {
  constexpr std::array kReasons = {"does not run this op", "in float32 only",        "does not count padding",
                                   "do not count padding", "takes the last axis",    "neighbouring axes only",
                                   "at one scale",         "does not move elements", "does not cast"};
  return std::ranges::any_of(kReasons,
                             [&](const char* reason) { return refusal.message.find(reason) != std::string::npos; });
}

void expect_within_a_step(const std::vector<Tensor>& got, const std::vector<RefTensor>& expected,
                          const std::string& what) {
  ASSERT_EQ(got.size(), expected.size()) << what;
  for (std::size_t o = 0; o < got.size(); ++o) {
    const TensorType& type = got[o].type;
    const double step = type.quant ? static_cast<double>(type.quant->scale[0]) : 0;
    const std::vector<double> values = real_values(got[o]);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double want = expected[o].data[i];
      ASSERT_NEAR(values[i], want, step * 1.001 + 2e-6 * std::abs(want)) << what << " output " << o << " element " << i;
    }
  }
}

void expect_plan(const CaseGraph& made, Rounding rounding, const std::string& what) {
  const auto expected = interpret(made.graph, made.feeds);
  ASSERT_TRUE(expected) << what;
  const auto file = lower(made.graph, {.deploy_passes = false, .rounding = rounding});
  if (!file) {
    EXPECT_TRUE(may_be_refused(file.error())) << what << ": " << file.error().text();
    return;
  }
  const auto plan = Plan::load(*file, "test");
  ASSERT_TRUE(plan) << what << ": " << plan.error().text();
  const std::vector<Tensor> first = run_plan(*plan, available_isas()[0], 1, made.feeds);
  expect_within_a_step(first, *expected, what);
  for (const Isa isa : available_isas()) {
    for (const int threads : {1, 3}) {
      EXPECT_EQ(run_plan(*plan, isa, threads, made.feeds), first) << what << " on " << name(isa) << ", " << threads;
    }
  }
}

}  // namespace

void expect_plan_in_steps(const CaseGraph& made, const std::string& what) {
  expect_plan(made, Rounding::kFloat, what + ", float");
  expect_plan(made, Rounding::kFixedPoint, what + ", fixed point");
}

void check_plan_int8(const OpDef& op, const OpCase& c) {
  const auto made = int8_graph(op, c);
  if (made) expect_plan_in_steps(*made, case_name(op, c));
}

}  // namespace paw
