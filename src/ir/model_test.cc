#include "ir/model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "ir/builder.h"
#include "ir/ops_testing.h"

namespace paw::model_test {

namespace ops = testing_ops;

Model sample() {
  GraphBuilder b("net");
  const ValueId x = b.input("image", {DType::kF32, {1, 4, 6, 3}});
  b.call(ops::copy, {x});
  const Shape scores{1, 2};
  b.output(b.call(ops::copy, {b.constant(Tensor::zeros({DType::kF32, scores}), "scores")}));
  Model model{.graph = b.finish().value(), .labels = {"cat", "dog"}};
  model.preprocess = Preprocess{};
  model.preprocess->height = 4;
  model.preprocess->width = 6;
  model.provenance = {.origin = "net", .photos = {SeenPhoto{}}};
  model.calibration = {ValueStats{.value = "image", .histogram = {1, 2}}};
  model.opaque = {OpaqueSection{.tag = "what", .data = Bytes::copy_of(std::as_bytes(std::span("x")))}};
  return model;
}

std::string after(const std::function<void(Model&)>& change) {
  Model model = sample();
  change(model);
  const Status status = verify(model);
  return status ? "" : status.error().text();
}

TEST(Model, VerifyAcceptsWhatIsAllowed) {
  EXPECT_EQ(after([](Model&) {}), "");
  EXPECT_EQ(after([](Model& m) { m.labels.clear(); }), "");
  EXPECT_EQ(after([](Model& m) { m.threshold = 1; }), "");
  EXPECT_EQ(after([](Model& m) { m.preprocess.reset(); }), "");
}

TEST(Model, WithoutPreprocessingItTakesNoPhotos) {
  Model model = sample();
  EXPECT_EQ(photo_preprocess(model, "a.paw").value(), *model.preprocess);
  model.preprocess.reset();
  const auto none = photo_preprocess(model, "a.paw");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().text(),
            "[a.paw] does not take photos: it reads f32[1,4,6,3]; only models with one image input and "
            "known preprocessing do");
}

TEST(Model, VerifyNamesEachProblem) {
  EXPECT_EQ(after([](Model& m) { m.graph[m.graph.inputs[0]].name = "7"; }),
            "[%7] a name of digits only is kept for unnamed values");
  EXPECT_EQ(after([](Model& m) { m.graph.outputs.clear(); }), "[model] needs an input and an output");
  EXPECT_EQ(after([](Model& m) { m.graph = {}; }), "[model] needs an input and an output");
  EXPECT_EQ(after([](Model& m) { m.preprocess->scale[0] = 0; }),
            "[model] preprocessing: scale must be finite and not zero");
  EXPECT_EQ(after([](Model& m) { m.preprocess->height = 5; }),
            "[model] input [1,4,6,3] does not match the preprocessing, which makes [1,5,6,3]");
  EXPECT_EQ(after([](Model& m) { m.preprocess->color = ColorOrder::kGray; }),
            "[model] input [1,4,6,3] does not match the preprocessing, which makes [1,4,6,1]");
  EXPECT_EQ(after([](Model& m) { m.labels.push_back("cow"); }), "[model] 3 labels for scores [1,2]");
  for (const double t : {0.0, -1.0, std::nan(""), static_cast<double>(INFINITY)}) {
    EXPECT_EQ(after([t](Model& m) { m.temperature = t; }), "[model] temperature must be positive");
  }
  for (const double t : {-0.1, 1.1, std::nan("")}) {
    EXPECT_EQ(after([t](Model& m) { m.threshold = t; }), "[model] threshold must be between 0 and 1");
  }
}

TEST(Model, EqualIsSensitiveToEveryPart) {
  EXPECT_TRUE(equal(sample(), sample()));
  const std::function<void(Model&)> changes[] = {
      [](Model& m) { m.graph.name = "other"; },
      [](Model& m) { m.preprocess->pad_value = 1; },
      [](Model& m) { m.labels[1] = "cow"; },
      [](Model& m) { m.temperature = 2; },
      [](Model& m) { m.threshold = 0.5; },
      [](Model& m) { m.provenance.origin = "file"; },
      [](Model& m) { m.provenance.photos[0].sha256[31] = 1; },
      [](Model& m) { m.provenance.photos[0].split = Split::kTest; },
      [](Model& m) { m.calibration[0].value = "other"; },
      [](Model& m) { m.calibration[0].min = -1; },
      [](Model& m) { m.calibration[0].max = 1; },
      [](Model& m) { m.calibration[0].mean = 1; },
      [](Model& m) { m.calibration[0].variance = 1; },
      [](Model& m) { m.calibration[0].samples = 1; },
      [](Model& m) { m.calibration[0].histogram[1] = 3; },
      [](Model& m) { m.opaque[0].tag = "that"; },
      [](Model& m) { m.opaque[0].data = {}; },
  };
  std::size_t i = 0;
  for (const auto& change : changes) {
    Model changed = sample();
    change(changed);
    EXPECT_FALSE(equal(sample(), changed)) << "change " << i;
    ++i;
  }
}

TEST(Model, TotalsCountEachConstantOnce) {
  static constinit const OpDef dense{.name = "dense",
                                     .inputs = {"x", "w"},
                                     .infer = ops::like_first,
                                     .cost = [](const OpCall& call, std::span<const TensorType>) {
                                       return Cost{.macs = call.shape(1).elements() * 10};
                                     }};
  GraphBuilder b("net");
  ValueId x = b.input("x", {DType::kF32, {2}});
  const ValueId w = b.constant(Tensor::zeros({DType::kF16, {3, 5}}));
  const ValueId indices = b.constant(Tensor::zeros({DType::kI32, {4}}));
  b.constant(Tensor::zeros({DType::kF32, {100}}));  // nobody reads it
  x = b.call(dense, {x, w});
  x = b.call(dense, {x, w});
  b.output(b.call(ops::pick, {x, indices}));
  const ModelTotals sum = totals(b.finish().value());
  EXPECT_EQ(sum.parameters, 15);
  EXPECT_EQ(sum.weight_bytes, 15 * 2 + 4 * 4);
  EXPECT_EQ(sum.macs, 300);
}

}  // namespace paw::model_test
