#include "optimize/quantize/quantise.h"

#include <algorithm>

#include "ir/verify.h"
#include "nets/nets.h"
#include "ops/conv2d.h"
#include "optimize/prune/magnitude.h"
#include "optimize/quantize/quantise_testing.h"
#include "optimize/quantize/staged_run.h"
#include "passes/passes.h"

namespace paw::quantise_test {

// A small net in export form, its random weights as nets::build_net draws them.
Graph small_net(std::string_view name) {
  auto model = build_net(name, {.size = 32, .width = name.starts_with("mobilenet") ? 0.5 : 1.0, .classes = 4});
  EXPECT_TRUE(model) << (model ? "" : model.error().text());
  EXPECT_TRUE(run_pipeline(model->graph, *find_pipeline("deploy")));
  return model->graph;
}

constexpr QuantForm kForms[] = {QuantForm::kFloat16,       QuantForm::kDynamicWi8,   QuantForm::kWeightOnlyWi8,
                                QuantForm::kWeightOnlyWi4, QuantForm::kStaticWi8Ai8, QuantForm::kStaticWi8Ai16};

QuantiseSettings plain(QuantForm form = QuantForm::kStaticWi8Ai8) {
  return {.form = form,
          .estimator = RangeEstimator::kMinMax,
          .equalise = false,
          .absorb_bias = false,
          .bias_correction = BiasCorrection::kNone};
}

Graph quantised(const Graph& graph, const CalibrationSet& set, const QuantiseSettings& settings) {
  const auto made = quantise(graph, set, settings);
  EXPECT_TRUE(made) << (made ? "" : made.error().text());
  return made ? made->graph : Graph{};
}

// What a staged run knows is what the whole graph makes.
TEST(StagedRun, EqualsTheWholeGraph) {
  const Graph graph = small_net("pawnet");
  const CalibrationSet set = random_examples(graph, 3);
  StagedRun run(graph, set, 3, 2);
  ASSERT_TRUE(run.run_until(NodeId(graph.nodes.size())));
  const auto wanted = engine_results(graph, set);
  std::vector<float> got;
  for (std::int64_t e = 0; e < 3; ++e) {
    run.read(graph.outputs[0], e, got);
    for (std::size_t k = 0; k < got.size(); ++k) EXPECT_NEAR(got[k], wanted[static_cast<std::size_t>(e)][k], 1e-5);
  }
}

// Channels that differ by orders of magnitude are what equalising is for.
TEST(Quantise, RecoveriesBringResultsCloser) {
  const Graph graph = uneven_net();
  const CalibrationSet set = random_examples(graph, 24), others = random_examples(graph, 12, 77);
  const double without = mean_difference(graph, quantised(graph, set, plain()), others);
  for (const bool learn : {false, true}) {
    const QuantiseSettings how{.equalise = true, .learn_rounding = learn};
    EXPECT_LT(mean_difference(graph, quantised(graph, set, how), others), 0.7 * without) << learn;
  }
}

TEST(Quantise, LearnedRoundingSavesFourBits) {
  const Graph graph = uneven_net();
  const CalibrationSet set = random_examples(graph, 24), others = random_examples(graph, 12, 77);
  QuantiseSettings settings = plain(QuantForm::kWeightOnlyWi4);
  const double without = mean_difference(graph, quantised(graph, set, settings), others);
  settings.learn_rounding = true;
  const double learned = mean_difference(graph, quantised(graph, set, settings), others);
  EXPECT_LT(learned, 0.8 * without);
  settings.weight_block = 4;
  EXPECT_LT(mean_difference(graph, quantised(graph, set, settings), others), 0.95 * learned);
}

TEST(Quantise, SameForAnyNumberOfThreads) {
  const Graph graph = uneven_net();
  const CalibrationSet set = random_examples(graph, 5);
  for (const QuantForm form : kForms) {
    QuantiseSettings settings{.form = form, .learn_rounding = true, .threads = 1};
    const Graph one = quantised(graph, set, settings);
    settings.threads = 3;
    EXPECT_TRUE(equal(one, quantised(graph, set, settings))) << enum_names(form)[static_cast<std::size_t>(form)];
  }
}

TEST(Quantise, ProgressIsSaidAndLayersReported) {
  const Graph graph = small_net("pawnet");
  std::int64_t told = 0;
  const auto made = quantise(graph, random_examples(graph, 3), {.learn_rounding = true},
                             [&](std::string_view stage, std::int64_t done, std::int64_t total) {
                               EXPECT_FALSE(stage.empty());
                               EXPECT_LE(done, total);
                               ++told;
                             });
  ASSERT_TRUE(made);
  EXPECT_GT(told, 6);
  EXPECT_EQ(made->report.examples, 3);
  ASSERT_FALSE(made->report.layers.empty());
  for (const LayerReport& l : made->report.layers) {
    EXPECT_FALSE(l.name.empty());
    EXPECT_FALSE(l.estimator.empty()) << l.name;
    EXPECT_GT(l.sqnr_db, 10) << l.name;
  }
}

TEST(Quantise, LayersStayFloatWhenAsked) {
  const Graph graph = small_net("pawnet");
  const auto made = quantise(graph, random_examples(graph, 3), {.keep_float = {graph.nodes[0].source}});
  ASSERT_TRUE(made);
  const auto& layers = made->report.layers;
  const auto kept = std::ranges::count_if(layers, [](const LayerReport& l) { return !l.kept_float.empty(); });
  EXPECT_EQ(kept, 1);
  const auto refused = quantise(graph, random_examples(graph, 3), {.keep_float = {"no such layer"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUsage);
}

// Bad input.

// One 1x1 convolution with three channels and a dense layer behind.
Graph tiny(std::vector<float> weights, std::vector<float> bias = {0.1f, 0.2f, 0.3f}) {
  GraphBuilder b("tiny");
  const ValueId x = b.input("photo", {DType::kF32, {1, 2, 2, 2}});
  const ValueId y =
      b.call(op::conv2d, {x, b.constant(Tensor::f32({3, 1, 1, 2}, weights)), b.constant(Tensor::f32(Shape{3}, bias))},
             {}, {{}, "first", {}});
  const std::vector<float> more{1, -1, 0.5f, 0.25f, 2, 1};
  b.output(b.call(op::conv2d,
                  {b.call(op::relu6, {y}), b.constant(Tensor::f32({2, 1, 1, 3}, more)),
                   b.constant(Tensor::f32(Shape{2}, std::vector<float>{0, 1}))},
                  {}, {{}, "second", {}}));
  return *b.finish();
}

TEST(QuantiseBadInput, NoExamples) {
  const Graph graph = tiny({1, 2, 3, 4, 5, 6});
  const CalibrationSet none{graph.type(graph.inputs[0]).shape, {}};
  for (const QuantForm form : kForms) {
    const auto made = quantise(graph, none, {.form = form, .learn_rounding = true});
    const bool needs = form == QuantForm::kStaticWi8Ai8 || form == QuantForm::kStaticWi8Ai16;
    EXPECT_EQ(made.has_value(), !needs) << enum_names(form)[static_cast<std::size_t>(form)];
    EXPECT_TRUE(!needs || made.error().code == ErrorCode::kBadData);
  }
}

TEST(QuantiseBadInput, OneExampleAndConstantOnes) {
  const Graph graph = tiny({1, 2, 3, 4, 5, 6});
  CalibrationSet set{graph.type(graph.inputs[0]).shape, {}};
  std::ranges::fill(set.add(), -1.0f);
  for (const QuantForm form : kForms) {
    for (const bool learn : {false, true}) {
      const Graph made = quantised(graph, set, {.form = form, .learn_rounding = learn});
      if (form == QuantForm::kStaticWi8Ai16) continue;  // the engine does not run it
      EXPECT_LT(mean_difference(graph, made, set), 0.1) << static_cast<int>(form);
    }
  }
}

TEST(QuantiseBadInput, NumbersThatAreNone) {
  const Graph graph = tiny({1, 2, 3, 4, 5, 6});
  CalibrationSet set = random_examples(graph, 2);
  set.values[3] = NAN;
  const auto refused = quantise(graph, set, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kBadData);
  EXPECT_EQ(refused.error().where, "%photo");
  for (const float bad : {NAN, INFINITY}) {
    const auto weights = quantise(tiny({1, 2, 3, 4, bad, 6}), random_examples(graph, 2), {});
    ASSERT_FALSE(weights);
    EXPECT_EQ(weights.error().code, ErrorCode::kBadData);
    EXPECT_EQ(weights.error().where, "conv2d 'first'");
  }
}

TEST(QuantiseBadInput, DeadChannelsAndTinyScales) {
  const Graph graph = tiny({0, 0, 1e-38f, -1e-38f, 0.5f, 0.25f}, {0, 3.0f, 0.1f});
  const CalibrationSet set = random_examples(graph, 4);
  for (const QuantForm form : {QuantForm::kStaticWi8Ai8, QuantForm::kWeightOnlyWi8, QuantForm::kWeightOnlyWi4}) {
    for (const bool learn : {false, true}) {
      const Graph made = quantised(graph, set, {.form = form, .learn_rounding = learn});
      EXPECT_LT(mean_difference(graph, made, set), form == QuantForm::kWeightOnlyWi4 ? 0.3 : 0.05)
          << static_cast<int>(form);
      for (const Value& v : made.values) {
        if (v.type.dtype != DType::kI32) continue;
        for (const double stored : stored_values({v.type, *v.constant})) EXPECT_LE(std::abs(stored), 1.2 * (1 << 30));
        for (const float s : v.type.quant->scale) EXPECT_TRUE(std::isnormal(s));
      }
    }
  }
}

// A weight of 1e30 stands for a broken model, but not for a broken tool: a result or an error, never a crash.
TEST(QuantiseBadInput, HugeWeights) {
  const Graph graph = tiny({1e30f, 2, 3, 4, 5, 6});
  const CalibrationSet set = random_examples(graph, 3);
  for (const QuantForm form : kForms) {
    for (const bool learn : {false, true}) {
      const auto made = quantise(graph, set, {.form = form, .learn_rounding = learn});
      EXPECT_TRUE(made || made.error().code != ErrorCode::kInternal);
    }
  }
}

TEST(QuantiseBadInput, AlreadyQuantised) {
  const Graph graph = tiny({1, 2, 3, 4, 5, 6});
  const CalibrationSet set = random_examples(graph, 2);
  for (const QuantForm form : {QuantForm::kStaticWi8Ai8, QuantForm::kWeightOnlyWi8, QuantForm::kDynamicWi8}) {
    const auto again = quantise(quantised(graph, set, {.form = form}), set, {});
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::kUnsupported);
  }
}

std::size_t zeros_of(const Tensor& weights) {
  const std::vector<double> values = real_values(weights);
  return static_cast<std::size_t>(std::ranges::count(values, 0.0));
}

// The mark stays where writers need it, and learned rounding keeps the zeros.
TEST(Quantise, SparseWeightsStaySparse) {
  Graph graph = small_net("pawnet");
  ASSERT_TRUE(prune_magnitude(graph, {.percent = 60, .block = 4}));
  const auto marked = [](const Graph& g) {
    std::size_t elements = 0, zeros = 0;
    for (const Value& v : g.values) {
      if (!v.encoding) continue;
      EXPECT_EQ(*v.encoding, Encoding{.kind = Encoding::Kind::kSparse});
      elements += static_cast<std::size_t>(v.type.shape.elements());
      zeros += zeros_of({v.type, *v.constant});
    }
    return std::pair(elements, zeros);
  };
  const auto [elements, zeros] = marked(graph);
  ASSERT_GT(zeros, elements / 2);
  const CalibrationSet examples = random_examples(graph, 8);
  for (const QuantForm form : {QuantForm::kFloat16, QuantForm::kWeightOnlyWi8, QuantForm::kStaticWi8Ai8}) {
    const auto made = quantise(graph, examples, {.form = form, .learn_rounding = true});
    ASSERT_TRUE(made) << made.error().text();
    const auto [kept, still_zero] = marked(made->graph);
    EXPECT_EQ(kept, elements);
    EXPECT_GE(still_zero, zeros);
    EXPECT_TRUE(verify(made->graph));
  }
}

}  // namespace paw::quantise_test
