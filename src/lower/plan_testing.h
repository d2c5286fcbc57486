// For tests of the engine: a graph through plan file and executor against the interpreter, on every tier, grouped and
// not, with several thread counts.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "base/random.h"
#include "ir/builder.h"
#include "lower/lower.h"
#include "ops/ops.h"
#include "reference/interpreter.h"
#include "runtime/executor.h"

namespace paw {

// Numbers for each input of the graph, rounded to its type.
inline std::vector<RefTensor> random_inputs(const Graph& graph, Random& random) {
  std::vector<RefTensor> out;
  for (const ValueId id : graph.inputs) {
    const TensorType& type = graph.type(id);
    const double bound = is_float(type.dtype) ? 1 : 100;
    std::vector<double> values(static_cast<std::size_t>(type.shape.elements()));
    for (double& v : values) v = random.uniform(-bound, bound);
    out.push_back(to_ref(tensor_from_real(type, values)));
  }
  return out;
}

inline std::vector<Tensor> run_plan(const Plan& plan, Isa isa, int threads, std::span<const RefTensor> inputs) {
  Executor executor(plan, isa, threads);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Tensor t = from_ref(plan.inputs()[i].type, inputs[i]);
    std::memcpy(executor.input(i), t.data.data(), t.data.size());
  }
  executor.run();
  std::vector<Tensor> out;
  for (std::size_t i = 0; i < plan.outputs().size(); ++i) {
    const TensorType& type = plan.outputs()[i].type;
    out.push_back({type, Bytes::copy_of({static_cast<const std::byte*>(executor.output(i)), type.bytes()})});
  }
  return out;
}

// Within a share of 1 + |expected|; a NaN where the reference has one.
inline void expect_results(const std::vector<Tensor>& results, const std::vector<RefTensor>& expected, double tolerance,
                           const std::string& what) {
  ASSERT_EQ(results.size(), expected.size()) << what;
  for (std::size_t o = 0; o < expected.size(); ++o) {
    const RefTensor got = to_ref(results[o]);
    ASSERT_EQ(got.data.size(), expected[o].data.size()) << what << " output " << o;
    for (std::size_t i = 0; i < got.data.size(); ++i) {
      const double y = got.data[i], want = expected[o].data[i];
      if (std::isnan(want) && std::isnan(y)) continue;
      ASSERT_TRUE(y == want || std::abs(y - want) <= tolerance * (1 + std::abs(want)))
          << what << " output " << o << ", element " << i << ": " << y << ", expected " << want;
    }
  }
}

// The kinds of the grouped plan's steps, in order; empty after a failure.
inline std::vector<std::string> expect_plan_like_reference(const Graph& graph, std::span<const RefTensor> inputs,
                                                           double tolerance, const std::string& what) {
  std::vector<std::string> kinds;
  const auto expected = interpret(graph, inputs);
  EXPECT_TRUE(expected) << what;
  for (const bool group : {true, false}) {
    const auto file = lower(graph, {.deploy_passes = false, .group = group});
    EXPECT_TRUE(file) << what << ": " << (file ? "" : file.error().text());
    if (!file || !expected) return {};
    const auto plan = Plan::load(*file, "test");
    EXPECT_TRUE(plan) << what << ": " << (plan ? "" : plan.error().text());
    if (!plan) return {};
    for (const PlanStep& step : plan->steps()) {
      if (group) kinds.emplace_back(step.def->name);
    }
    for (const Isa isa : available_isas()) {
      const std::vector<Tensor> y = run_plan(*plan, isa, 1, inputs);
      expect_results(y, *expected, tolerance, what + " on " + std::string(name(isa)) + (group ? " grouped" : ""));
      for (const int threads : {2, 3}) {
        EXPECT_EQ(run_plan(*plan, isa, threads, inputs), y) << what << ": " << threads << " threads";
      }
    }
  }
  return kinds;
}

}  // namespace paw
