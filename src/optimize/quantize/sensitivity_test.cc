#include "optimize/quantize/sensitivity.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "ops/ops.h"
#include "ops/shape_ops.h"
#include "optimize/quantize/measure.h"
#include "optimize/quantize/quantise.h"
#include "optimize/quantize/quantise_testing.h"
#include "optimize/quantize/range_search.h"

namespace paw::sensitivity_test {

// Two equal branches, each a layer with a clamp and a layer, added and put through a softmax. The first layer of the
// second branch has an activation of `outlier` that nothing reads, so that its integers are coarse.
Graph one_bad_layer(float outlier) {
  GraphBuilder b("branches");
  Random random(7);
  const auto numbers = [&](Shape shape) {
    std::vector<float> v(static_cast<std::size_t>(shape.elements()));
    for (float& x : v) x = static_cast<float>(random.uniform(-1, 1));
    return v;
  };
  const ValueId x = b.input("x", {DType::kF32, {1, 4, 4, 4}});
  const auto branch = [&](const std::string& name, bool bad) {
    std::vector<float> bias(8), after = numbers({4, 1, 1, 8});
    if (bad) {
      bias[3] = outlier;
      for (std::size_t o = 0; o < 4; ++o) after[8 * o + 3] = 0;
    }
    const ValueId one = b.call(
        op::conv2d,
        {x, b.constant(Tensor::f32({8, 1, 1, 4}, numbers({8, 1, 1, 4}))), b.constant(Tensor::f32(Shape{8}, bias))}, {},
        {"", name + "1", {}});
    return b.call(op::conv2d, {b.call(op::relu, {one}), b.constant(Tensor::f32({4, 1, 1, 8}, after))}, {},
                  {"", name + "2", {}});
  };
  const ValueId sum = b.call(op::add, {branch("good", false), branch("bad", true)});
  const ValueId flat = b.call(op::reshape, {sum}, ShapeAttrs{{1, 64}});
  b.output(b.call(op::softmax, {flat}));
  return *b.finish();
}

struct Fixture {
  explicit Fixture(float outlier = 1000) : graph(one_bad_layer(outlier)) {}
  Graph graph;
  CalibrationSet set = random_examples(graph, 24);
  Result<OutputNoise> noise = OutputNoise::create(graph, set, 8, 1);
  GroupRanges ranges(RangeEstimator estimator) {
    return *measure_groups(graph, set, estimator, std::vector<bool>(graph.nodes.size()), 1, {});
  }
};

TEST(OutputNoiseTest, IsNothingForTheGraphItselfAndForAShiftOfAllAnswers) {
  Fixture f;
  ASSERT_TRUE(f.noise) << f.noise.error().text();
  EXPECT_EQ(f.graph[f.noise->scored().outputs[0]].type.shape, (Shape{1, 64}));
  EXPECT_NE(f.noise->scored().outputs[0], f.graph.outputs[0]) << "what the softmax reads";
  EXPECT_EQ(*f.noise->of(f.noise->scored()), 0);
}

TEST(SensitivityTest, TheLayerWithAnOutlierIsHarmedMostAndKept) {
  Fixture f;
  ASSERT_TRUE(f.noise) << f.noise.error().text();
  const auto harms = measure_harm(*f.noise, f.ranges(RangeEstimator::kMinMax).ranges, {}, {});
  ASSERT_TRUE(harms) << harms.error().text();
  ASSERT_EQ(harms->size(), 4u);
  double good = 0, bad = 0;
  for (const LayerHarm& harm : *harms) {
    EXPECT_GT(harm.noise, 0);
    EXPECT_EQ(harm.macs, 4 * 4 * 4 * 8);
    (f.graph[harm.layer].source.starts_with("bad") ? bad : good) += harm.noise;
  }
  EXPECT_GT(bad, 100 * good);
  const auto kept = keep_most_harmed(f.graph, *harms, 50, std::vector<bool>(f.graph.nodes.size()));
  for (const LayerHarm& harm : *harms) {
    EXPECT_EQ(kept[harm.layer.index], f.graph[harm.layer].source.starts_with("bad"));
  }
  // The clamp goes with its layer.
  const Uses uses(f.graph);
  for (const LayerHarm& harm : *harms) {
    const NodeId reader = uses.users(f.graph[harm.layer].outputs[0])[0];
    if (f.graph[reader].op == &op::relu) {
      EXPECT_EQ(kept[reader.index], kept[harm.layer.index]);
    }
  }
  const auto none = keep_most_harmed(f.graph, *harms, 24, std::vector<bool>(f.graph.nodes.size()));
  EXPECT_EQ(std::ranges::count(none, true), 0) << "each layer has a quarter of the arithmetic";
}

TEST(SensitivityTest, MixedPrecisionAnswersCloser) {
  Fixture f;
  QuantiseSettings how{.estimator = RangeEstimator::kMinMax, .equalise = false, .absorb_bias = false};
  const auto plain = quantise(f.graph, f.set, how);
  how.mixed = 50;
  const auto mixed = quantise(f.graph, f.set, how);
  ASSERT_TRUE(plain && mixed);
  EXPECT_LT(mean_difference(f.graph, mixed->graph, f.set), 0.1 * mean_difference(f.graph, plain->graph, f.set));
  for (const LayerReport& layer : mixed->report.layers) {
    EXPECT_EQ(layer.kept_float.empty(), layer.name.starts_with("good")) << layer.name;
    EXPECT_GT(layer.noise, 0);
  }
}

TEST(RangeSearchTest, TakesRangesWithLessNoiseAndSaysWhose) {
  Fixture f(1);
  ASSERT_TRUE(f.noise) << f.noise.error().text();
  const std::vector<bool> keep(f.graph.nodes.size());
  GroupRanges ranges = f.ranges(RangeEstimator::kAutomatic);
  // As a poor estimator would have it: what is not read decides.
  const ScaleGroups groups = scale_groups(f.graph, keep);
  for (std::size_t i = 0; i < ranges.ranges.size(); ++i) {
    if (ranges.free[groups.group[i]] && ranges.ranges[i].seen()) ranges.ranges[i].max += 100;
  }
  const auto before = static_int8(f.noise->scored(), ranges.ranges);
  const auto searched = choose_by_output(ranges, groups, *f.noise, {});
  ASSERT_TRUE(searched) << searched.error().text();
  const auto after = static_int8(f.noise->scored(), ranges.ranges);
  ASSERT_TRUE(before && after);
  EXPECT_LT(*f.noise->of(*after), 0.5 * *f.noise->of(*before));
  for (std::size_t i = 0; i < ranges.ranges.size(); ++i) {
    const std::size_t group = groups.group[i];
    EXPECT_EQ(ranges.ranges[i].max, ranges.ranges[group].max) << "one range per group";
    if (!ranges.free[group] || !ranges.ranges[i].seen()) continue;
    EXPECT_EQ(ranges.ranges[i].max, estimate_range(ranges.seen[group], ranges.estimators[i]).max);
  }
}

}  // namespace paw::sensitivity_test
