// For tests of lowerings: a graph through plan file and executor against the interpreter, on every tier, grouped and
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

// One node of an op's case, all its results outputs, and the case's inputs. Values of floats are floats.
struct CaseGraph {
  Result<Graph> graph;
  std::vector<RefTensor> inputs;
};

inline CaseGraph case_graph(const OpDef& op, const OpCase& c, Random& random) {
  GraphBuilder b("case");
  std::vector<ValueId> ids;
  std::vector<RefTensor> inputs;
  for (const CaseInput& input : c.inputs) {
    ids.push_back(input.absent ? ValueId{} : b.input("x" + std::to_string(ids.size()), input.type));
    if (input.absent) continue;
    RefTensor t{input.type.shape, input.values};
    if (t.data.empty()) {
      t.data.resize(static_cast<std::size_t>(t.shape.elements()));
      for (double& v : t.data) v = random.uniform(input.lo, input.hi);
    }
    if (input.type.dtype == DType::kF32) {
      for (double& v : t.data) v = static_cast<float>(v);
    }
    inputs.push_back(std::move(t));
  }
  for (const ValueId output : b.call_all(op, ids, c.attrs)) b.output(output);
  return {b.finish(), std::move(inputs)};
}

// All outputs of a plan as floats, one after the other. Inputs of i64 and f32.
inline std::vector<float> run_plan(const Plan& plan, Isa isa, int threads, std::span<const RefTensor> inputs) {
  Executor executor(plan, isa, threads);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Tensor t = from_ref(plan.inputs()[i].type, inputs[i]);
    std::memcpy(executor.input(i), t.data.data(), t.data.size());
  }
  executor.run();
  std::vector<float> out;
  for (std::size_t i = 0; i < plan.outputs().size(); ++i) {
    const auto* y = static_cast<const float*>(executor.output(i));
    out.insert(out.end(), y, y + plan.outputs()[i].type.shape.elements());
  }
  return out;
}

inline void expect_results(const std::vector<float>& y, const std::vector<RefTensor>& expected, double tolerance,
                           const std::string& what) {
  std::size_t at = 0;
  for (std::size_t o = 0; o < expected.size(); ++o) {
    for (const double want : expected[o].data) {
      const double got = y[at++];
      if (std::isnan(want) && std::isnan(got)) continue;
      ASSERT_TRUE(got == want || std::abs(got - want) <= tolerance * (1 + std::abs(want)))
          << what << " output " << o << ", element " << at - 1 << " of all: " << got << ", expected " << want;
    }
  }
  ASSERT_EQ(at, y.size()) << what;
}

// The kinds of the grouped plan's steps, in order; empty after a failure.
inline std::vector<std::string> expect_plan_like_reference(const Graph& graph, const std::vector<RefTensor>& inputs,
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
      const std::vector<float> y = run_plan(*plan, isa, 1, inputs);
      expect_results(y, *expected, tolerance, what + " on " + std::string(name(isa)) + (group ? " grouped" : ""));
      for (const int threads : {2, 3}) {
        const std::vector<float> shared = run_plan(*plan, isa, threads, inputs);
        EXPECT_EQ(std::memcmp(shared.data(), y.data(), y.size() * sizeof(float)), 0) << what << ": threads";
      }
    }
  }
  return kinds;
}

// Every case of an op.
inline void expect_cases_like_reference(const OpDef& op, double tolerance) {
  Random random(17);
  int run = 0;
  for (const OpCase& c : op.cases()) {
    CaseGraph one = case_graph(op, c, random);
    const std::string what = std::string(op.name) + " " + c.name;
    ASSERT_TRUE(one.graph) << what << one.graph.error().text();
    expect_plan_like_reference(*one.graph, one.inputs, tolerance, what);
    ++run;
  }
  EXPECT_GT(run, 0) << op.name;
}

}  // namespace paw
