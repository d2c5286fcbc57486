// Nets, examples and comparisons that the tests of quantisation share.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/random.h"
#include "lower/plan_testing.h"
#include "ops/conv2d.h"
#include "optimize/calibration.h"

namespace paw {

inline CalibrationSet random_examples(const Graph& graph, int count, std::uint64_t seed = 5) {
  CalibrationSet set{graph.type(graph.inputs[0]).shape, {}};
  Random random(seed);
  for (int i = 0; i < count; ++i) {
    for (float& v : set.add()) v = static_cast<float>(random.uniform(-1, 1));
  }
  return set;
}

// Numbers of one example are much alike, as neighbouring pixels are.
inline CalibrationSet alike_examples(const Graph& graph, int count, std::uint64_t seed = 5) {
  CalibrationSet set{graph.type(graph.inputs[0]).shape, {}};
  Random random(seed);
  for (int i = 0; i < count; ++i) {
    const double common = random.uniform(-1, 1);
    for (float& v : set.add()) v = static_cast<float>(common + random.uniform(-0.2, 0.2));
  }
  return set;
}

// Results of a graph for each example, as the engine computes them.
inline std::vector<std::vector<double>> engine_results(const Graph& graph, const CalibrationSet& set) {
  const auto file = lower(graph);
  EXPECT_TRUE(file) << (file ? "" : file.error().text());
  if (!file) return {};
  const auto plan = Plan::load(*file, "test");
  std::vector<std::vector<double>> out;
  for (std::int64_t i = 0; i < set.size(); ++i) {
    RefTensor x{set.shape, {}};
    for (const float v : set.example(i)) x.data.push_back(v);
    out.push_back(real_values(run_plan(*plan, available_isas().back(), 1, std::span(&x, 1))[0]));
  }
  return out;
}

inline double mean_difference(const Graph& a, const Graph& b, const CalibrationSet& set) {
  const auto x = engine_results(a, set), y = engine_results(b, set);
  double sum = 0, count = 0;
  for (std::size_t i = 0; i < x.size() && i < y.size(); ++i) {
    for (std::size_t k = 0; k < x[i].size(); ++k) sum += std::abs(x[i][k] - y[i][k]), ++count;
  }
  return count > 0 ? sum / count : INFINITY;
}

// Layers whose channels differ by orders of magnitude: 1x1 with relu6, depthwise, 1x1, all with biases.
inline Graph uneven_net() {
  GraphBuilder b("uneven");
  Random random(3);
  const auto numbers = [&](Shape shape, double most) {
    std::vector<float> v(static_cast<std::size_t>(shape.elements()));
    for (std::size_t i = 0; i < v.size(); ++i) {
      v[i] = static_cast<float>(random.uniform(-most, most) * (i % 4 == 0 ? 1.0 : 0.02));
    }
    return b.constant(Tensor::f32(shape, v));
  };
  const ValueId x = b.input("x", {DType::kF32, {1, 6, 6, 4}});
  const ValueId one = b.call(op::conv2d, {x, numbers({8, 1, 1, 4}, 2), numbers(Shape{8}, 1)});
  const ValueId two =
      b.call(op::depthwise_conv2d, {b.call(op::relu6, {one}), numbers({1, 3, 3, 8}, 1), numbers(Shape{8}, 1)},
             DepthwiseConv2dAttrs{.padding = Padding::kSame});
  const ValueId three = b.call(op::conv2d, {b.call(op::relu, {two}), numbers({8, 1, 1, 8}, 1), numbers(Shape{8}, 1)});
  b.output(b.call(op::conv2d, {three, numbers({3, 1, 1, 8}, 1), numbers(Shape{3}, 1)}));
  return *b.finish();
}

}  // namespace paw
