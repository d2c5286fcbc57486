#include "passes/export_form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "ir/builder.h"
#include "ir/text.h"
#include "ops/ops.h"
#include "ops/reduce.h"
#include "reference/interpreter.h"

namespace paw::export_form_test {

using testing::HasSubstr;

enum class Tail { kDense, kDivided, kBare, kNone };

// Mean colours, a dense layer, maybe divided by something, maybe a softmax.
Model colors(Tail tail) {
  GraphBuilder b("colors");
  const ValueId image = b.input("image", {DType::kF32, {1, 2, 2, 3}});
  ValueId x = b.call(op::reduce_mean, {image}, ReduceAttrs{.axes = {1, 2}});
  if (tail != Tail::kBare) {
    const float weights[] = {1, 2, 3, -1, 0, 1}, bias[] = {0.5f, -0.25f};
    x = b.call(op::fully_connected,
               {x, b.constant(Tensor::f32({2, 3}, weights), "weights"), b.constant(Tensor::f32({2}, bias), "bias")});
  }
  if (tail == Tail::kDivided) x = b.call(op::div, {x, b.scalar(1.5)});
  if (tail != Tail::kNone) x = b.call(op::softmax, {x});
  b.output(x);
  Model model{.graph = b.finish().value()};
  model.preprocess = Preprocess{.width = 2, .height = 2, .geometry = Geometry::kStretch};
  return model;
}

std::vector<double> answer(const Graph& graph, const RefTensor& image) {
  const auto outputs = interpret(graph, {&image, 1});
  EXPECT_TRUE(outputs) << outputs.error().text();
  return outputs ? outputs->at(0).data : std::vector<double>{};
}

RefTensor floats() {
  RefTensor image{{1, 2, 2, 3}, {}};
  for (int i = 0; i < 12; ++i) image.data.push_back(std::sin(i));
  return image;
}

TEST(ExportForm, TheTemperatureIsInTheGraph) {
  for (const Tail tail : {Tail::kDense, Tail::kDivided, Tail::kBare}) {
    Model model = colors(tail);
    const std::vector<double> plain = answer(model.graph, floats());
    model.temperature = 0.5;
    const auto out = export_form(model);
    ASSERT_TRUE(out) << out.error().text();
    EXPECT_EQ(out->temperature, 1);
    double sum = 0;
    for (const double p : plain) sum += p * p;
    const std::vector<double> scores = answer(out->graph, floats());
    for (std::size_t i = 0; i < plain.size(); ++i) EXPECT_NEAR(scores[i], plain[i] * plain[i] / sum, 1e-6);
    EXPECT_EQ(print_graph(out->graph).find("mul(") != std::string::npos, tail == Tail::kBare) << "no layer to take it";
  }
}

TEST(ExportForm, RefusesATemperatureThatHasNoSoftmax) {
  Model model = colors(Tail::kNone);
  EXPECT_TRUE(export_form(model));
  model.temperature = 2;
  const auto out = export_form(model);
  ASSERT_FALSE(out);
  EXPECT_THAT(out.error().text(), HasSubstr("does not end in a softmax"));
}

// What the graph gives for pixels must be what it gave for the input that preprocessing makes of them.
void expect_same_for_pixels(const Preprocess& preprocess, bool exact) {
  Model model = colors(Tail::kDense);
  model.preprocess = preprocess;
  Model pixels = model;
  ASSERT_TRUE(take_pixels(pixels, DType::kU8));
  ASSERT_TRUE(verify(pixels));
  const TensorType& type = pixels.graph.type(pixels.graph.inputs[0]);
  EXPECT_EQ(type.dtype, DType::kU8);
  EXPECT_EQ(print_graph(pixels.graph).find("mul(") == std::string::npos, exact);
  RefTensor before{{1, 2, 2, 3}, {}}, after = before;
  for (int i = 0; i < 12; ++i) {
    const auto c = static_cast<std::size_t>(i % 3);
    const double pixel = i * 23;
    before.data.push_back(pixel * preprocess.scale[c] + preprocess.bias[c]);
    // Interpreters and engines are given real numbers; quantising them must give the pixel back.
    after.data.push_back(pixel * pixels.preprocess->scale[c] + pixels.preprocess->bias[c]);
    EXPECT_EQ(std::round(after.data.back() / static_cast<double>(type.quant->scale[0])) + type.quant->zero_point[0],
              pixel);
  }
  const auto a = answer(model.graph, before), b = answer(pixels.graph, after);
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-6);
}

TEST(ExportForm, TakesPixels) {
  Preprocess p{.width = 2, .height = 2, .geometry = Geometry::kStretch};
  expect_same_for_pixels(p, true);
  p.scale = {1.0 / 128, 1.0 / 128, 1.0 / 128};
  p.bias = {-127.0 / 128, -127.0 / 128, -127.0 / 128};
  expect_same_for_pixels(p, true);
  p.scale = {1 / 127.5, 1 / 127.5, 1 / 127.5};
  p.bias = {-1, -1, -1};
  expect_same_for_pixels(p, false);
  p.scale = {1 / 58.4, 1 / 57.1, 1 / 57.4};
  p.bias = {-2.1, -2.0, -1.8};
  expect_same_for_pixels(p, false);
}

TEST(ExportForm, TakesPixelsAsFloats) {
  Model model = colors(Tail::kDense);
  model.preprocess->scale = {1 / 58.4, 1 / 57.1, 1 / 57.4};
  model.preprocess->bias = {-2.1, -2.0, -1.8};
  Model pixels = model;
  ASSERT_TRUE(take_pixels(pixels, DType::kF32));
  EXPECT_EQ(pixels.preprocess->scale[1], 1);
  RefTensor before{{1, 2, 2, 3}, {}}, after = before;
  for (std::size_t i = 0; i < 12; ++i) {
    after.data.push_back(static_cast<double>(i * 23));
    before.data.push_back(after.data[i] * model.preprocess->scale[i % 3] + model.preprocess->bias[i % 3]);
  }
  const auto a = answer(model.graph, before), b = answer(pixels.graph, after);
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-6);
}

TEST(ExportForm, OnlyFloatPhotoModelsTakePixels) {
  Model model = colors(Tail::kDense);
  ASSERT_TRUE(take_pixels(model, DType::kU8));
  EXPECT_FALSE(take_pixels(model, DType::kU8)) << "they are pixels already";
  Model other = colors(Tail::kDense);
  other.preprocess.reset();
  const Status status = take_pixels(other, DType::kU8);
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().text(), HasSubstr("does not take photos"));
}

}  // namespace paw::export_form_test
