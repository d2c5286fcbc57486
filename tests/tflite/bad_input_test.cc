// Every class of bad input by name: a good file with one thing changed is refused, and the message says which.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/random.h"
#include "file_objects.h"
#include "formats/tflite/tflite_file.h"
#include "ir/builder.h"
#include "ops/activation.h"
#include "ops/conv2d.h"
#include "ops/ops.h"
#include "ops/pool.h"
#include "ops/reduce.h"
#include "ops/resize.h"
#include "ops/shape_ops.h"

namespace paw::tflite_bad_input_test {

using namespace tflite_testing;
using tflite_objects::ModelT;
using tflite_objects::OperatorT;
using tflite_objects::TensorT;

constexpr std::int32_t kHuge = std::numeric_limits<std::int32_t>::max();
constexpr std::int32_t kLeast = std::numeric_limits<std::int32_t>::min();

Tensor weights(Shape shape) {
  Random random(5);
  std::vector<double> values;
  for (std::int64_t i = 0; i < shape.elements(); ++i) values.push_back(random.uniform(-1, 1));
  return tensor_from_real({DType::kF32, shape}, values);
}

// One operator of each kind that has parameters; `kNodes` names them by their place.
enum Place {
  kConv,
  kPad,
  kDepthwise,
  kMaxPool,
  kResize,
  kSlice,
  kConcat,
  kTranspose,
  kMean,
  kReshape,
  kDense,
  kSoftmax
};

Bytes good_file() {
  GraphBuilder b("good");
  const ValueId x = b.input("x", {DType::kF32, {1, 8, 8, 3}});
  ValueId y = b.call(op::conv2d, {x, b.constant(weights({4, 3, 3, 3})), b.constant(weights(Shape{4}))},
                     Conv2dAttrs{.stride = {2, 2}, .padding = Padding::kSame});
  y = b.call(op::pad, {y}, PadAttrs{{0, 1, 1, 0}, {0, 1, 1, 0}, 0});
  y = b.call(op::depthwise_conv2d, {y, b.constant(weights({1, 3, 3, 4})), b.constant(weights(Shape{4}))},
             DepthwiseConv2dAttrs{});
  y = b.call(op::max_pool, {y}, PoolAttrs{});
  y = b.call(op::resize_nearest, {y}, ResizeAttrs{.size = {4, 4}});
  const ValueId part = b.call(op::slice, {y}, SliceAttrs{{0, 0, 0, 0}, {1, 4, 4, 4}, {1, 2, 2, 1}});
  y = b.call(op::concat, {part, part}, ConcatAttrs{3});
  y = b.call(op::transpose, {y}, TransposeAttrs{{0, 2, 1, 3}});
  y = b.call(op::reduce_mean, {y}, ReduceAttrs{{1, 2}, true});
  y = b.call(op::reshape, {y}, ShapeAttrs{{1, 8}});
  y = b.call(op::fully_connected, {y, b.constant(weights({3, 8})), b.constant(weights(Shape{3}))});
  b.output(b.call(op::softmax, {y}, SoftmaxAttrs{}, {"scores", "scores", nullptr}));
  return *write_tflite({.graph = *b.finish()});
}

std::vector<std::unique_ptr<TensorT>>& tensors(ModelT& m) { return m.subgraphs[0]->tensors; }
OperatorT& at(ModelT& m, Place place) { return *m.subgraphs[0]->operators[static_cast<std::size_t>(place)]; }
TensorT& input(ModelT& m, Place place, std::size_t i) {
  return *tensors(m)[static_cast<std::size_t>(at(m, place).inputs[i])];
}
std::vector<std::uint8_t>& data(ModelT& m, const TensorT& tensor) { return m.buffers[tensor.buffer]->data; }
void set_integers(ModelT& m, Place place, std::size_t i, const std::vector<std::int32_t>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  auto& to = data(m, input(m, place, i));
  to.clear();
  for (const std::byte b : bytes) to.push_back(std::to_integer<std::uint8_t>(b));
}
std::int32_t code(tflite_objects::BuiltinOperator op) { return static_cast<std::int32_t>(op); }
void set_code(ModelT& m, Place place, std::int32_t to) {
  tflite_objects::OperatorCodeT& c = *m.operator_codes[at(m, place).opcode_index];
  c.deprecated_builtin_code = static_cast<std::int8_t>(std::min(to, 127));
  c.builtin_code = static_cast<tflite_objects::BuiltinOperator>(to);
}

// What the changed file is refused with; empty when it is read.
std::string refusal(const Change& change) {
  static const Bytes good = good_file();
  const auto read = read_tflite(changed(good, change), "bad.tflite");
  if (read) return {};
  EXPECT_EQ(read.error().code, ErrorCode::kUnsupported);
  EXPECT_TRUE(read.error().where.starts_with("bad.tflite")) << read.error().text();
  return read.error().text();
}

#define EXPECT_REFUSED(text, ...)                                                      \
  {                                                                                    \
    const std::string found = refusal([]([[maybe_unused]] ModelT& m) { __VA_ARGS__ }); \
    EXPECT_NE(found.find(text), std::string::npos) << #__VA_ARGS__ << "\n" << found;   \
  }

TEST(TfliteBadInput, TheGoodFileIsRead) {
  EXPECT_EQ(refusal([](ModelT&) {}), "");
}

TEST(TfliteBadInput, Headers) {
  EXPECT_FALSE(read_tflite({}, "empty"));
  const Bytes good = good_file();
  for (std::size_t size = 0; size < good.size(); size += size < 200 ? 1 : 97) {
    EXPECT_FALSE(read_tflite(good.slice(0, size), "cut.tflite")) << size;
  }
  AlignedBuffer other(good.size());
  std::ranges::copy(good.span(), other.data());
  other.data()[4] = std::byte{'X'};
  EXPECT_FALSE(is_tflite(Bytes(std::move(other)).span()));
}

TEST(TfliteBadInput, WhatIsMissing) {
  EXPECT_REFUSED("version 4", m.version = 4;);
  EXPECT_REFUSED("holds no graph", m.subgraphs.clear(););
  EXPECT_REFUSED("without operators", m.subgraphs[0]->operators.clear(););
  EXPECT_REFUSED("without outputs", m.subgraphs[0]->outputs.clear(););
  EXPECT_REFUSED("holds no tensors", tensors(m).clear(););
  EXPECT_REFUSED("refers to buffer", m.buffers.clear(););
  EXPECT_REFUSED("of kind 0 of 0", m.operator_codes.clear(););
  EXPECT_REFUSED("before anything makes it", m.subgraphs[0]->inputs.clear(););
  EXPECT_REFUSED("lacks its options", at(m, kConv).builtin_options.Reset(););
}

TEST(TfliteBadInput, ControlFlowAndSeveralGraphs) {
  EXPECT_REFUSED("several entry points", m.subgraphs.push_back(std::make_unique<tflite_objects::SubGraphT>()););
  EXPECT_REFUSED("is control flow", set_code(m, kConv, code(tflite_objects::BuiltinOperator::WHILE)););
  EXPECT_REFUSED("is control flow", set_code(m, kConv, code(tflite_objects::BuiltinOperator::IF)););
  EXPECT_REFUSED("is control flow", set_code(m, kConv, code(tflite_objects::BuiltinOperator::CALL_ONCE)););
  EXPECT_REFUSED("is a variable", tensors(m)[0]->is_variable = true;);
}

TEST(TfliteBadInput, OperatorsThatAreNotRead) {
  EXPECT_REFUSED("paw knows no op like SVDF", set_code(m, kConv, 27););
  EXPECT_REFUSED("paw knows no op like STABLEHLO_GATHER", set_code(m, kConv, 201););
  EXPECT_REFUSED("paw knows no op like operator 9999", set_code(m, kConv, 9999););
  EXPECT_REFUSED("operator -5", set_code(m, kConv, -5);
                 m.operator_codes[at(m, kConv).opcode_index]->deprecated_builtin_code = -5;);
  EXPECT_REFUSED("is the custom operator ''", set_code(m, kConv, code(tflite_objects::BuiltinOperator::CUSTOM)););
  EXPECT_REFUSED("is the custom operator 'mine'", set_code(m, kConv, code(tflite_objects::BuiltinOperator::CUSTOM));
                 m.operator_codes[at(m, kConv).opcode_index]->custom_code = "mine";);
  EXPECT_REFUSED("only TensorFlow can run", set_code(m, kConv, code(tflite_objects::BuiltinOperator::CUSTOM));
                 m.operator_codes[at(m, kConv).opcode_index]->custom_code = "FlexErf";);
}

TEST(TfliteBadInput, IndicesOfTensors) {
  for (const std::int32_t index : {-1, -2, kLeast, kHuge, 1000}) {
    const auto inputs = [index](ModelT& m) { m.subgraphs[0]->inputs[0] = index; };
    const auto outputs = [index](ModelT& m) { m.subgraphs[0]->outputs[0] = index; };
    const auto op_input = [index](ModelT& m) { at(m, kConv).inputs[1] = index; };
    const auto op_output = [index](ModelT& m) { at(m, kConv).outputs[0] = index; };
    for (const Change& change : {Change(inputs), Change(outputs), Change(op_input), Change(op_output)}) {
      const std::string found = refusal(change);
      EXPECT_TRUE(found.find("refers to tensor") != found.npos || found.find("lacks input") != found.npos)
          << index << found;
    }
  }
  EXPECT_REFUSED("of kind 99", at(m, kConv).opcode_index = 99;);
  EXPECT_REFUSED("refers to buffer 4294967295", input(m, kConv, 1).buffer = 0xFFFFFFFF;);
}

TEST(TfliteBadInput, WhoMakesATensor) {
  EXPECT_REFUSED("before anything makes it", at(m, kConv).inputs[0] = at(m, kConv).outputs[0];);
  EXPECT_REFUSED("before anything makes it", std::swap(m.subgraphs[0]->operators[0], m.subgraphs[0]->operators[1]););
  EXPECT_REFUSED("before anything makes it", input(m, kConv, 1).buffer = 0;);
  EXPECT_REFUSED("which is there already", at(m, kPad).outputs[0] = at(m, kConv).outputs[0];);
  EXPECT_REFUSED("which is there already", at(m, kPad).outputs[0] = at(m, kConv).inputs[1];);
  EXPECT_REFUSED("which is there already", at(m, kPad).outputs[0] = m.subgraphs[0]->inputs[0];);
  EXPECT_REFUSED("an input that is constant", m.subgraphs[0]->inputs.push_back(at(m, kConv).inputs[1]););
  EXPECT_REFUSED("an input twice", m.subgraphs[0]->inputs.push_back(m.subgraphs[0]->inputs[0]););
  EXPECT_REFUSED("that nothing makes", m.subgraphs[0]->operators.pop_back(););
}

TEST(TfliteBadInput, NumbersOfOperands) {
  EXPECT_REFUSED("has 1 inputs", at(m, kConv).inputs.resize(1););
  EXPECT_REFUSED("has 0 inputs", at(m, kConv).inputs.clear(););
  EXPECT_REFUSED("has 4 inputs", at(m, kConv).inputs.push_back(0););
  EXPECT_REFUSED("has 2 outputs", at(m, kSoftmax).outputs.push_back(static_cast<std::int32_t>(tensors(m).size()));
                 tensors(m).push_back(std::make_unique<TensorT>()););
  EXPECT_REFUSED("lacks input", at(m, kConcat).inputs[1] = -1;);
  EXPECT_REFUSED("5000 inputs or outputs", at(m, kConcat).inputs.resize(5000););
}

TEST(TfliteBadInput, ShapesAndSizes) {
  EXPECT_REFUSED("not supported", tensors(m)[0]->shape = (std::vector<std::int32_t>{kHuge, kHuge, kHuge, kHuge}););
  EXPECT_REFUSED("not supported", tensors(m)[0]->shape = (std::vector<std::int32_t>{1, -8, 8, 3}););
  EXPECT_REFUSED("not supported", tensors(m)[0]->shape = (std::vector<std::int32_t>{1, 0, 8, 3}););
  EXPECT_REFUSED("has 9 axes", tensors(m)[0]->shape = std::vector<std::int32_t>(9, 1););
  EXPECT_REFUSED("expected x as [N,H,W,C]", tensors(m)[0]->shape.clear(););
  EXPECT_REFUSED("needs", data(m, input(m, kConv, 1)).pop_back(););
  EXPECT_REFUSED("needs", data(m, input(m, kConv, 1)).push_back(0););
  EXPECT_REFUSED("needs", input(m, kConv, 1).shape = (std::vector<std::int32_t>{4, 3, 3, 30}););
  EXPECT_REFUSED("at most 2^40 elements", tensors(m)[0]->shape = (std::vector<std::int32_t>{1, kHuge, 512, 3}););
}

TEST(TfliteBadInput, DataOutsideTheFlatbuffer) {
  EXPECT_REFUSED("of a file of", auto& b = *m.buffers[input(m, kConv, 1).buffer]; b.data.clear(); b.offset = 1 << 20;
                 b.size = 432;);
  EXPECT_REFUSED("of a file of", auto& b = *m.buffers[input(m, kConv, 1).buffer]; b.data.clear(); b.offset = 64;
                 b.size = 0xFFFFFFFFFFFFFFF0;);
  EXPECT_REFUSED("of a file of", auto& b = *m.buffers[input(m, kConv, 1).buffer]; b.data.clear();
                 b.offset = 0xFFFFFFFFFFFFFFF0; b.size = 432;);
  EXPECT_REFUSED("in another file", input(m, kConv, 1).external_buffer = 1;);
}

TEST(TfliteBadInput, ElementTypes) {
  EXPECT_REFUSED("is of type STRING", tensors(m)[0]->type = tflite_objects::TensorType::STRING;);
  EXPECT_REFUSED("is of type INT2", input(m, kConv, 1).type = tflite_objects::TensorType::INT2;);
  EXPECT_REFUSED("is of type 99", tensors(m)[0]->type = static_cast<tflite_objects::TensorType>(99););
  EXPECT_REFUSED("but what makes it gives", auto& t = *tensors(m)[static_cast<std::size_t>(at(m, kConv).outputs[0])];
                 t.type = tflite_objects::TensorType::INT32;);
  EXPECT_REFUSED("integers", input(m, kReshape, 1).type = tflite_objects::TensorType::FLOAT32;);
}

std::unique_ptr<tflite_objects::QuantizationParametersT> quantisation(std::vector<float> scale,
                                                                      std::vector<std::int64_t> zeros,
                                                                      std::int32_t axis = 0) {
  auto out = std::make_unique<tflite_objects::QuantizationParametersT>();
  out->scale = std::move(scale);
  out->zero_point = std::move(zeros);
  out->quantized_dimension = axis;
  return out;
}

TEST(TfliteBadInput, Quantisation) {
  const auto with = [](std::vector<float> scale, std::vector<std::int64_t> zeros, std::int32_t axis) {
    return refusal([=](ModelT& m) {
      tensors(m)[0]->type = tflite_objects::TensorType::INT8;
      tensors(m)[0]->quantization = quantisation(scale, zeros, axis);
    });
  };
  EXPECT_NE(with({}, {}, 0).find("real numbers"), std::string::npos);  // missing altogether
  EXPECT_NE(with({0}, {0}, 0).find("not a positive finite number"), std::string::npos);
  EXPECT_NE(with({-1}, {0}, 0).find("not a positive finite number"), std::string::npos);
  EXPECT_NE(with({std::nanf("")}, {0}, 0).find("not a positive finite number"), std::string::npos);
  EXPECT_NE(with({std::numeric_limits<float>::infinity()}, {0}, 0).find("not a positive"), std::string::npos);
  EXPECT_NE(with({1}, {}, 0).find("1 scales and 0 zero points"), std::string::npos);
  EXPECT_NE(with({1}, {128}, 0).find("outside the type's range"), std::string::npos);
  EXPECT_NE(with({1}, {std::int64_t{1} << 40}, 0).find("has the zero point"), std::string::npos);
  EXPECT_NE(with({1, 1}, {0, 0}, 3).find("wrong number of scales"), std::string::npos);
  EXPECT_NE(with({1, 1}, {0, 0}, 4).find("outside the shape"), std::string::npos);
  EXPECT_NE(with({1, 1}, {0, 0}, kLeast).find("outside the shape"), std::string::npos);
  EXPECT_REFUSED("block by block", input(m, kConv, 1).type = tflite_objects::TensorType::INT8;
                 input(m, kConv, 1).quantization = quantisation({1}, {0});
                 input(m, kConv, 1).quantization->details.Set(tflite_objects::BlockwiseQuantizationT()););
  EXPECT_REFUSED("in a way of its own", input(m, kConv, 1).type = tflite_objects::TensorType::INT8;
                 input(m, kConv, 1).quantization = quantisation({1}, {0});
                 input(m, kConv, 1).quantization->details.Set(tflite_objects::CustomQuantizationT()););
}

TEST(TfliteBadInput, ParametersOfWindows) {
  for (const std::int32_t value : {0, -1, kLeast}) {
    const auto conv = [value](auto field) {
      return refusal([=](ModelT& m) { at(m, kConv).builtin_options.AsConv2DOptions()->*field = value; });
    };
    using Conv = tflite_objects::Conv2DOptionsT;
    EXPECT_NE(conv(&Conv::stride_h).find("stride must be at least 1"), std::string::npos);
    EXPECT_NE(conv(&Conv::stride_w).find("stride must be at least 1"), std::string::npos);
    EXPECT_NE(conv(&Conv::dilation_h).find("dilation must be at least 1"), std::string::npos);
    EXPECT_NE(conv(&Conv::dilation_w).find("dilation must be at least 1"), std::string::npos);
    const auto pool = [value](auto field) {
      return refusal([=](ModelT& m) { at(m, kMaxPool).builtin_options.AsPool2DOptions()->*field = value; });
    };
    using Pool = tflite_objects::Pool2DOptionsT;
    EXPECT_NE(pool(&Pool::filter_height).find("kernel extent"), std::string::npos);
    EXPECT_NE(pool(&Pool::filter_width).find("kernel extent"), std::string::npos);
    EXPECT_NE(pool(&Pool::stride_h).find("stride must be"), std::string::npos);
    EXPECT_NE(refusal([=](ModelT& m) {
                at(m, kDepthwise).builtin_options.AsDepthwiseConv2DOptions()->stride_w = value;
              }).find("stride must be"),
              std::string::npos);
  }
  EXPECT_REFUSED("does not fit", at(m, kDepthwise).builtin_options.AsDepthwiseConv2DOptions()->dilation_h = kHuge;);
  EXPECT_REFUSED("does not fit", at(m, kMaxPool).builtin_options.AsPool2DOptions()->filter_height = kHuge;);
  EXPECT_REFUSED("fused activation 77", at(m, kConv).builtin_options.AsConv2DOptions()->fused_activation =
                                            static_cast<tflite_objects::Activation>(77););
  EXPECT_REFUSED("expected weights", input(m, kConv, 1).shape = (std::vector<std::int32_t>{3, 3, 3, 4}););
  EXPECT_REFUSED("expected bias", at(m, kConv).inputs[2] = at(m, kDense).inputs[2];);
}

TEST(TfliteBadInput, IndicesAndSizesInConstants) {
  EXPECT_REFUSED("expected padding of 0 or more", set_integers(m, kPad, 1, {0, 0, -1, 1, 1, 1, 0, 0}););
  EXPECT_REFUSED("shape", set_integers(m, kPad, 1, {0, kHuge, 1, kHuge, 1, kHuge, 0, 0}););
  EXPECT_REFUSED("at least 1", set_integers(m, kResize, 1, {0, 4}););
  EXPECT_REFUSED("at least 1", set_integers(m, kResize, 1, {4, -4}););
  EXPECT_REFUSED("too large", set_integers(m, kResize, 1, {kHuge, kHuge}););
  EXPECT_REFUSED("slices backwards", set_integers(m, kSlice, 3, {1, 0, 2, 1}););
  EXPECT_REFUSED("slices backwards", set_integers(m, kSlice, 3, {1, -1, 2, 1}););
  EXPECT_REFUSED("0 <= begin < end", set_integers(m, kSlice, 1, {0, kHuge, 0, 0}););
  EXPECT_REFUSED("0 <= begin < end", set_integers(m, kSlice, 2, {1, kLeast, 4, 4}););
  EXPECT_REFUSED("axis", at(m, kConcat).builtin_options.AsConcatenationOptions()->axis = 4;);
  EXPECT_REFUSED("axis", at(m, kConcat).builtin_options.AsConcatenationOptions()->axis = kLeast;);
  EXPECT_REFUSED("perm", set_integers(m, kTranspose, 1, {0, 0, 1, 2}););
  EXPECT_REFUSED("perm", set_integers(m, kTranspose, 1, {0, 4, 1, 2}););
  EXPECT_REFUSED("axis", set_integers(m, kMean, 1, {1, 7}););
  EXPECT_REFUSED("axis", set_integers(m, kMean, 1, {1, kLeast}););
  EXPECT_REFUSED("expected a shape", set_integers(m, kReshape, 1, {-1, -1}););
  EXPECT_REFUSED("expected a shape", set_integers(m, kReshape, 1, {3, 3}););
  EXPECT_REFUSED("expected a shape", set_integers(m, kReshape, 1, {0, 8}););
  EXPECT_REFUSED("while it runs", at(m, kReshape).inputs[1] = at(m, kMean).outputs[0];);
}

TEST(TfliteBadInput, SparseTensors) {
  const auto sparse = [](const std::function<void(tflite_objects::SparsityParametersT&)>& change) {
    return refusal([&](ModelT& m) {
      TensorT& w = input(m, kDense, 1);  // [3,8]
      w.sparsity = std::make_unique<tflite_objects::SparsityParametersT>();
      auto& s = *w.sparsity;
      s.traversal_order = {0, 1};
      s.dim_metadata.push_back(std::make_unique<tflite_objects::DimensionMetadataT>());
      s.dim_metadata.back()->dense_size = 3;
      s.dim_metadata.push_back(std::make_unique<tflite_objects::DimensionMetadataT>());
      s.dim_metadata.back()->format = tflite_objects::DimensionType::SPARSE_CSR;
      tflite_objects::Uint8VectorT segments, indices;
      segments.values = {0, 1, 1, 3};
      indices.values = {7, 0, 5};
      s.dim_metadata.back()->array_segments.Set(segments);
      s.dim_metadata.back()->array_indices.Set(indices);
      data(m, w).resize(12);
      change(s);
    });
  };
  EXPECT_EQ(sparse([](auto&) {}), "");
  EXPECT_NE(sparse([](auto& s) { s.traversal_order = {1, 1}; }).find("do not fit together"), std::string::npos);
  EXPECT_NE(sparse([](auto& s) { s.traversal_order = {0, -1}; }).find("do not fit together"), std::string::npos);
  EXPECT_NE(sparse([](auto& s) { s.block_map = {0}; }).find("do not fit together"), std::string::npos);
  EXPECT_NE(sparse([](auto& s) { s.dim_metadata.pop_back(); }).find("do not fit together"), std::string::npos);
  EXPECT_NE(sparse([](auto& s) { s.dim_metadata[0]->dense_size = 4; }).find("do not fit together"), std::string::npos);
  EXPECT_NE(
      sparse([](auto& s) { s.dim_metadata[1]->array_segments.AsUint8Vector()->values = {0, 1, 1}; }).find("do not fit"),
      std::string::npos);
  EXPECT_NE(sparse([](auto& s) {
              s.dim_metadata[1]->array_segments.AsUint8Vector()->values = {0, 2, 1, 3};
            }).find("do not fit"),
            std::string::npos);
  EXPECT_NE(sparse([](auto& s) {
              s.dim_metadata[1]->array_segments.AsUint8Vector()->values = {0, 1, 1, 200};
            }).find("do not fit"),
            std::string::npos);
  EXPECT_NE(
      sparse([](auto& s) { s.dim_metadata[1]->array_indices.AsUint8Vector()->values = {7, 0, 8}; }).find("do not fit"),
      std::string::npos);
  EXPECT_NE(sparse([](auto& s) {
              s.dim_metadata[1]->array_segments.AsUint8Vector()->values = {0, 1, 1, 4};
              s.dim_metadata[1]->array_indices.AsUint8Vector()->values = {7, 0, 5, 6};
            }).find("fewer elements"),
            std::string::npos);
}

// A small file that says that it decodes to much.
TEST(TfliteBadInput, SparseBomb) {
  EXPECT_REFUSED(
      "larger than 256 MB", TensorT& w = input(m, kDense, 1); w.shape = (std::vector<std::int32_t>{1 << 15, 1 << 15});
      w.sparsity = std::make_unique<tflite_objects::SparsityParametersT>(); auto& s = *w.sparsity;
      s.traversal_order = {0, 1}; for (int i = 0; i < 2; ++i) {
        s.dim_metadata.push_back(std::make_unique<tflite_objects::DimensionMetadataT>());
        s.dim_metadata.back()->dense_size = 1 << 15;
      });
}

TEST(TfliteBadInput, ManyTensorsThatShareOneList) {
  const Bytes good = good_file();
  // 3,000 tensors with a shape of 10,000 axes each: 120 MB where the file has 40 KB.
  const auto model = unpack(good);
  flatbuffers::FlatBufferBuilder b;
  const auto shape = b.CreateVector(std::vector<std::int32_t>(10'000, 1));
  std::vector<flatbuffers::Offset<tflite_objects::Tensor>> list;
  for (int i = 0; i < 3000; ++i) list.push_back(tflite_objects::CreateTensor(b, shape));
  const auto tensors = b.CreateVector(list);
  const auto graph = tflite_objects::CreateSubGraph(b, tensors);
  const auto graphs = b.CreateVector(&graph, 1);
  tflite_objects::FinishModelBuffer(b, tflite_objects::CreateModel(b, 3, 0, graphs));
  const auto read =
      read_tflite(Bytes::copy_of(std::as_bytes(std::span(b.GetBufferPointer(), b.GetSize()))), "bad.tflite");
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("beyond reason"), std::string::npos) << read.error().text();
}

// Names reach terminals and pages: none can move a cursor.
TEST(TfliteBadInput, NamesAreSafeToPrint) {
  const Bytes file = changed(good_file(), [](ModelT& m) {
    for (auto& tensor : tensors(m)) tensor->name = "\x1b[31m<script>\xff %s";
    tensors(m)[0]->name = "123";
  });
  const auto read = read_tflite(file, "names.tflite");
  ASSERT_TRUE(read) << read.error().text();
  for (const Value& value : read->model.graph.values) {
    EXPECT_EQ(value.name.find('\x1b'), std::string::npos);
    EXPECT_EQ(value.name.find('\xff'), std::string::npos);
  }
  EXPECT_EQ(read->model.graph[read->model.graph.inputs[0]].name, "");  // digits only: kept for unnamed values
}

}  // namespace paw::tflite_bad_input_test
