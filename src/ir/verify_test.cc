#include "ir/verify.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "ir/builder.h"
#include "ir/ops_testing.h"

namespace paw::verify_test {

namespace ops = testing_ops;

const TensorType kType{DType::kF32, {2}};
const TensorType kQuantised{DType::kI8, {2}, per_tensor(0.5f, 3)};

std::string verdict(const Graph& graph) {
  const Status status = verify(graph);
  if (status) return "";
  EXPECT_EQ(status.error().code, ErrorCode::kUnsupported);
  return status.error().text();
}

// x -> copy -> h -> plus c -> y
Graph sample() {
  GraphBuilder b("sample");
  const ValueId x = b.input("x", kType);
  const ValueId c = b.constant(Tensor::f32({2}, std::array{1.f, 2.f}), "c");
  const ValueId h = b.call(ops::copy, {x}, {}, {.name = "h"});
  b.output(b.call(ops::plus, {h, c}, {}, {.name = "y", .source = "head"}));
  return b.finish().value();
}

std::string after(const std::function<void(Graph&)>& change) {
  Graph graph = sample();
  change(graph);
  return verdict(graph);
}

TEST(Verify, AcceptsWhatIsAllowed) {
  EXPECT_EQ(verdict(sample()), "");
  EXPECT_EQ(verdict(Graph{}), "");
  EXPECT_EQ(after([](Graph& g) { g.outputs.push_back(g.outputs[0]); }), "");
  EXPECT_EQ(after([](Graph& g) { g.outputs = {g.find("c"), g.find("x")}; }), "");
  EXPECT_EQ(after([](Graph& g) { g.outputs.clear(); }), "");
}

TEST(Verify, IdsMustExist) {
  EXPECT_EQ(after([](Graph& g) { g.inputs.emplace_back(); }), "[graph input] refers to a value that does not exist");
  EXPECT_EQ(after([](Graph& g) { g.inputs[0] = ValueId(99); }), "[graph input] refers to a value that does not exist");
  EXPECT_EQ(after([](Graph& g) { g.outputs[0] = {}; }), "[graph output] refers to a value that does not exist");
  EXPECT_EQ(after([](Graph& g) { g.nodes[0].inputs[0] = ValueId(99); }),
            "[node input] refers to a value that does not exist");
  EXPECT_EQ(after([](Graph& g) { g.nodes[0].outputs[0] = {}; }), "[node output] refers to a value that does not exist");
}

TEST(Verify, ValuesAreDefinedOnceAndBeforeTheirUse) {
  EXPECT_EQ(after([](Graph& g) { std::swap(g.nodes[0], g.nodes[1]); }), "[plus 'head'] reads %h before it is computed");
  EXPECT_EQ(after([](Graph& g) { g.nodes[0].inputs[0] = g.find("h"); }), "[copy -> %h] reads %h before it is computed");
  EXPECT_EQ(after([](Graph& g) { g.nodes[1].outputs[0] = g.find("h"); }), "[%h] defined twice");
  EXPECT_EQ(after([](Graph& g) { g.inputs.push_back(g.inputs[0]); }), "[%x] defined twice");
  EXPECT_EQ(after([](Graph& g) { g.inputs.push_back(g.find("h")); }), "[%h] defined twice");
  EXPECT_EQ(after([](Graph& g) { g.values.push_back({.name = "z", .type = kType, .constant = {}, .encoding = {}}); }),
            "[%z] a value that nothing defines");
  EXPECT_EQ(after([](Graph& g) { g.nodes.pop_back(); }), "[%y] a graph output that nothing computes");
  EXPECT_EQ(after([](Graph& g) { g.inputs.push_back(g.find("c")); }), "[%c] a graph input cannot be a constant");
  EXPECT_EQ(after([](Graph& g) { g[g.find("h")].constant = g[g.find("c")].constant; }),
            "[%h] a constant cannot be computed");
}

TEST(Verify, Names) {
  EXPECT_EQ(after([](Graph& g) { g[g.find("h")].name = "x"; }), "[%x] two values have this name");
  EXPECT_EQ(after([](Graph& g) { g[g.find("h")].name = "12"; }),
            "[%12] a name of digits only is kept for unnamed values");
  EXPECT_EQ(after([](Graph& g) { g[g.find("h")].name = "12a"; }), "");
  EXPECT_EQ(after([](Graph& g) { g[g.find("h")].name = std::string("\0 \xff", 3); }), "");
  EXPECT_EQ(after([](Graph& g) { g[g.find("h")].name.assign(4096, 'n'); }), "");
  EXPECT_EQ(after([](Graph& g) { g[g.find("h")].name.assign(4097, 'n'); }), "[a value] its name is too long");
}

TEST(Verify, Types) {
  const Shape empty{0, 2};
  EXPECT_EQ(after([&](Graph& g) { g[g.find("x")].type.shape = empty; }),
            "[%x] shape [0,2] is not supported; extents must be positive and the tensor at most 2^40 elements");
  EXPECT_EQ(after([](Graph& g) { g[g.find("x")].type.quant = per_tensor(1, 0); }),
            "[%x] quantisation needs an integer type of at most 32 bits");
}

TEST(Verify, ConstantsAreStoredAsTheirTypeSays) {
  const auto constant = [](TensorType type, std::initializer_list<int> data) {
    Graph g;
    std::vector<std::byte> bytes;
    for (const int b : data) bytes.push_back(static_cast<std::byte>(b));
    g.values.push_back({.name = "c", .type = std::move(type), .constant = Bytes::copy_of(bytes), .encoding = {}});
    return verdict(g);
  };
  EXPECT_EQ(constant({DType::kI16, {2}}, {1, 2, 3}), "[%c] holds 3 bytes, its type i16[2] needs 4");
  EXPECT_EQ(constant({DType::kI4, {3}}, {0x21}), "[%c] holds 1 bytes, its type i4[3] needs 2");
  EXPECT_EQ(constant({DType::kI4, {3}}, {0x21, 0x03}), "");
  EXPECT_EQ(constant({DType::kU4, {3}}, {0x21, 0x13}), "[%c] the unused bits of its last byte are not zero");
  EXPECT_EQ(constant({DType::kI4, {4}}, {0x21, 0x43}), "");
  EXPECT_EQ(constant({DType::kBool, {3}}, {0, 1, 1}), "");
  EXPECT_EQ(constant({DType::kBool, {3}}, {0, 2, 1}), "[%c] a bool is stored as 0 or 1");
}

// --- encodings ---

constexpr const char* kFalse = "[%c] its elements do not have the form that its encoding states";

std::string encoded(const TensorType& type, const std::vector<double>& values, const Encoding& encoding) {
  Graph g;
  g.values.push_back(
      {.name = "c", .type = type, .constant = tensor_from_stored(type, values).data, .encoding = encoding});
  return verdict(g);
}

Encoding palette(int bits, int axis, int group) { return {Encoding::Kind::kPalette, bits, axis, group}; }
Encoding sparse(int axis, int group) { return {Encoding::Kind::kSparse, 0, axis, group}; }

TEST(VerifyEncoding, PaletteOfTheWholeTensor) {
  const TensorType type{DType::kF32, {2, 3}};
  EXPECT_EQ(encoded(type, {1, 2, 1, 2, 1, 2}, palette(1, 0, 0)), "");
  EXPECT_EQ(encoded(type, {1, 2, 1, 2, 1, 3}, palette(1, 0, 0)), kFalse);
  EXPECT_EQ(encoded(type, {1, 2, 1, 2, 1, 3}, palette(2, 1, 0)), "");
  EXPECT_EQ(encoded(type, {1, 1, 1, 1, 1, 1}, palette(0, 0, 0)), kFalse);
  EXPECT_EQ(encoded(type, {1, 1, 1, 1, 1, 1}, palette(9, 0, 0)), kFalse);
  EXPECT_EQ(encoded({DType::kF32, {}}, {1}, palette(1, 0, 0)), "");
}

TEST(VerifyEncoding, PalettePerGroupOfAnAxis) {
  const TensorType type{DType::kI8, {2, 4}};
  const std::vector<double> rows = {1, 2, 1, 2, 3, 4, 3, 4};
  EXPECT_EQ(encoded(type, rows, palette(1, 0, 1)), "");
  EXPECT_EQ(encoded(type, rows, palette(1, 0, 2)), kFalse);
  EXPECT_EQ(encoded(type, rows, palette(1, 1, 1)), "");
  EXPECT_EQ(encoded(type, rows, palette(1, 1, 2)), kFalse);
  EXPECT_EQ(encoded(type, rows, palette(1, 1, 3)), kFalse);  // groups of 3 and 1
  EXPECT_EQ(encoded(type, rows, palette(2, 1, 99)), "");     // one group
  EXPECT_EQ(encoded(type, rows, palette(2, 2, 0)), kFalse);  // no such axis
  EXPECT_EQ(encoded(type, rows, palette(2, -1, 0)), kFalse);
  EXPECT_EQ(encoded(type, rows, palette(2, 0, -1)), kFalse);
}

TEST(VerifyEncoding, PaletteTellsBitsApart) {
  const TensorType type{DType::kF32, {4}};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(encoded(type, {nan, 1, 2, nan}, palette(1, 0, 0)), kFalse);
  EXPECT_EQ(encoded(type, {nan, 1, 1, nan}, palette(1, 0, 0)), "");
  EXPECT_EQ(encoded(type, {0, -0.0, 1, 1}, palette(1, 0, 0)), kFalse);
  Graph g;  // 64-bit integers that are equal as doubles
  const std::array<std::int64_t, 4> wide = {1LL << 60, (1LL << 60) + 1, (1LL << 60) + 2, 0};
  const Tensor t = Tensor::of<std::int64_t>({DType::kI64, {4}}, wide);
  g.values.push_back({.name = "c", .type = t.type, .constant = t.data, .encoding = palette(1, 0, 0)});
  EXPECT_EQ(verdict(g), kFalse);
}

TEST(VerifyEncoding, PaletteOfPackedElements) {
  EXPECT_EQ(encoded({DType::kI4, {5}}, {-8, 7, -8, 7, 7}, palette(1, 0, 0)), "");
  EXPECT_EQ(encoded({DType::kU4, {5}}, {0, 7, 0, 7, 8}, palette(1, 0, 0)), kFalse);
}

TEST(VerifyEncoding, TwoOfFour) {
  const TensorType type{DType::kF32, {2, 8}};
  EXPECT_EQ(encoded(type, {1, 0, 2, 0, 0, 0, -0.0, 3, 0, 0, 0, 0, 1, 1, 0, 0}, sparse(1, 4)), "");
  EXPECT_EQ(encoded(type, {1, 0, 2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1, 1, 1, 0}, sparse(1, 4)), kFalse);
  EXPECT_EQ(encoded(type, {1, 0, 2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1, 1, 1, 0}, sparse(1, 0)), "");  // unstructured
  EXPECT_EQ(encoded(type, std::vector<double>(16), sparse(0, 4)), kFalse);                       // 2 is no multiple
  EXPECT_EQ(encoded(type, std::vector<double>(16), sparse(1, 2)), kFalse);
  EXPECT_EQ(encoded(type, std::vector<double>(16), sparse(2, 0)), kFalse);
  // Along the first axis, the quads are columns.
  const TensorType columns{DType::kI8, {4, 2}};
  EXPECT_EQ(encoded(columns, {1, 0, 1, 0, 0, 1, 0, 1}, sparse(0, 4)), "");
  EXPECT_EQ(encoded(columns, {1, 0, 1, 0, 1, 1, 0, 1}, sparse(0, 4)), kFalse);
}

TEST(VerifyEncoding, OnlyConstantsHaveOne) {
  EXPECT_EQ(after([](Graph& g) { g[g.find("h")].encoding = sparse(0, 0); }),
            "[%h] its elements do not have the form that its encoding states");
}

// --- nodes ---

TEST(VerifyNode, OpAndArity) {
  EXPECT_EQ(after([](Graph& g) { g.nodes[0].op = nullptr; }), "[node 0] has no op");
  EXPECT_EQ(after([](Graph& g) { g.nodes[1].inputs.pop_back(); }), "[plus 'head'] input 'b' is missing");
  EXPECT_EQ(after([](Graph& g) { g.nodes[1].inputs[0] = {}; }), "[plus 'head'] input 'a' is missing");
  EXPECT_EQ(after([](Graph& g) { g.nodes[1].inputs.push_back(g.find("x")); }),
            "[plus 'head'] takes at most 2 inputs, got 3");
  EXPECT_EQ(after([](Graph& g) { g.nodes[0].outputs.clear(); }), "[copy] has the wrong number of outputs");
  EXPECT_EQ(after([](Graph& g) { g.nodes[0].op = &ops::split; }), "[split -> %h] has the wrong number of outputs");
}

std::string inferred(const OpDef& op, const Attrs& attrs, std::initializer_list<const TensorType*> inputs) {
  const auto types = infer_types(op, attrs, std::span(inputs.begin(), inputs.size()), "src");
  if (types) return types->empty() ? "" : types->front().text();
  return types.error().text();
}

TEST(InferTypes, OptionalAndVariadicInputs) {
  EXPECT_EQ(inferred(ops::pick, {}, {&kType}), "f32[2]");
  EXPECT_EQ(inferred(ops::pick, {}, {&kType, nullptr, &kType}), "f32[2]");
  EXPECT_EQ(inferred(ops::pick, {}, {nullptr, &kType}), "[pick 'src'] input 'x' is missing");
  EXPECT_EQ(inferred(ops::join, {}, {}), "[join 'src'] input 'xs' is missing");
  EXPECT_EQ(inferred(ops::join, {}, {&kType, &kType, &kType}), "f32[2]");
  EXPECT_EQ(inferred(ops::join, {}, {&kType, nullptr}), "[join 'src'] input 'xs' is missing");
}

TEST(InferTypes, ChecksAttributesBeforeTheOpSeesThem) {
  const auto with = [](ops::AllAttrs attrs) { return inferred(ops::many, attrs, {&kType}); };
  constexpr std::int64_t kLimit = std::int64_t{1} << 31;
  EXPECT_EQ(with({}), "f32[2]");
  EXPECT_EQ(with({.count = -kLimit, .list = std::vector<std::int64_t>(4096, kLimit)}), "f32[2]");
  EXPECT_EQ(with({.count = kLimit + 1}), "[many 'src'] attribute count is out of range: 2147483649");
  EXPECT_EQ(with({.pair = {1, -kLimit - 1}}), "[many 'src'] attribute pair is out of range: -2147483649");
  EXPECT_EQ(with({.list = {1, kLimit + 1}}), "[many 'src'] attribute list is out of range: 2147483649");
  EXPECT_EQ(with({.list = std::vector<std::int64_t>(4097)}), "[many 'src'] attribute list has too many entries");
  EXPECT_EQ(with({.rate = std::nan("")}), "[many 'src'] attribute rate is not a number");
  EXPECT_EQ(with({.color = static_cast<ops::Color>(3)}), "[many 'src'] attribute color is not a known choice");
  EXPECT_EQ(inferred(ops::many, {}, {&kType}), "[many 'src'] attributes of another op");
  EXPECT_EQ(inferred(ops::copy, ops::AllAttrs{}, {&kType}), "[copy 'src'] attributes of another op");
}

TEST(InferTypes, ChecksWhatTheOpAnswers) {
  EXPECT_EQ(inferred(ops::huge, {}, {&kType}), "[huge 'src'] the result would be too large: f32[1048576,1048576,2]");
  EXPECT_EQ(inferred(ops::liar, {}, {&kType}), "[liar] infer returned another number of outputs");
}

TEST(VerifyNode, StatedTypesAreTheInferredOnes) {
  EXPECT_EQ(after([](Graph& g) { g[g.find("y")].type.shape = {3}; }),
            "[plus 'head'] computes f32[2], the graph states f32[3]");
  EXPECT_EQ(after([](Graph& g) { g[g.find("h")].type.dtype = DType::kF16; }),
            "[copy -> %h] computes f32[2], the graph states f16[2]");
}

// --- the quantisation rule of each trait ---

std::string resolved(const OpDef& op, const TensorType& input, std::shared_ptr<const QuantParams> declared,
                     DType result = DType::kI8) {
  const TensorType* inputs[] = {&input};
  const auto type = resolve_output_type(op, inputs, {result, {2}}, std::move(declared), "src");
  return type ? type->text() : type.error().text();
}

TEST(ResolveOutputType, PlainOps) {
  EXPECT_EQ(resolved(ops::copy, kType, nullptr, DType::kF32), "f32[2]");
  EXPECT_EQ(resolved(ops::copy, {DType::kI8, {2}}, nullptr), "i8[2]");
  EXPECT_EQ(resolved(ops::copy, kQuantised, nullptr),
            "[copy 'src'] a quantised result needs its scale and zero point declared");
  EXPECT_EQ(resolved(ops::copy, kQuantised, per_tensor(2, 1)), "i8[2]{scale=2, zero_point=1}");
  EXPECT_EQ(resolved(ops::copy, kQuantised, nullptr, DType::kF32), "f32[2]");
  EXPECT_EQ(resolved(ops::copy, kQuantised, per_tensor(-1, 0)), "[copy 'src'] a scale is not a positive finite number");
  EXPECT_EQ(resolved(ops::moves, kQuantised, nullptr), "i8[2]");
}

TEST(ResolveOutputType, SharesItsInputsScale) {
  EXPECT_EQ(resolved(ops::shares, kQuantised, nullptr), "i8[2]{scale=0.5, zero_point=3}");
  EXPECT_EQ(resolved(ops::shares, kQuantised, per_tensor(0.5f, 3)), "i8[2]{scale=0.5, zero_point=3}");
  EXPECT_EQ(resolved(ops::shares, kQuantised, per_tensor(0.5f, 4)),
            "[shares 'src'] output must have its input's quantisation, got i8[2]{scale=0.5, zero_point=4} from "
            "i8[2]{scale=0.5, zero_point=3}");
  EXPECT_EQ(resolved(ops::shares, {DType::kI8, {2}}, per_tensor(0.5f, 3)),
            "[shares 'src'] output must have its input's quantisation, got i8[2]{scale=0.5, zero_point=3} from i8[2]");
  // Per-channel parameters that no longer fit the result.
  const auto channels = std::make_shared<const QuantParams>(QuantParams{{1, 1, 1}, {0, 0, 0}, 0, 0});
  EXPECT_EQ(resolved(ops::shares, {DType::kI8, {3}, channels}, nullptr),
            "[shares 'src'] wrong number of scales for the shape");
}

TEST(ResolveOutputType, FixedByTheOp) {
  EXPECT_EQ(resolved(ops::fixed, kQuantised, nullptr), "i8[2]{scale=0.00390625, zero_point=-128}");
  EXPECT_EQ(resolved(ops::fixed, kQuantised, per_tensor(1.0f / 256, -128)), "i8[2]{scale=0.00390625, zero_point=-128}");
  EXPECT_EQ(resolved(ops::fixed, kQuantised, per_tensor(0.5f, 0)),
            "[fixed 'src'] this op's quantised output is fixed by definition, got i8[2]{scale=0.5, zero_point=0}");
  EXPECT_EQ(resolved(ops::fixed, kQuantised, nullptr, DType::kI16), "[fixed 'src'] has no quantised form of type i16");
  EXPECT_EQ(resolved(ops::fixed, kType, nullptr, DType::kF32), "f32[2]");
}

TEST(ResolveOutputType, DeclaredByTheGraph) {
  EXPECT_EQ(resolved(ops::declares, kType, nullptr),
            "[declares 'src'] a quantised result needs its scale and zero point declared");
  EXPECT_EQ(resolved(ops::declares, kType, per_tensor(0.5f, 3)), "i8[2]{scale=0.5, zero_point=3}");
}

TEST(ResolveOutputType, WhatInferFixesCannotBeDeclaredOtherwise) {
  const TensorType* inputs[] = {&kType};
  const auto type = resolve_output_type(ops::copy, inputs, kQuantised, per_tensor(1, 0), "src");
  EXPECT_EQ(type.error().text(),
            "[copy 'src'] declared quantisation i8[2]{scale=1, zero_point=0} differs from "
            "i8[2]{scale=0.5, zero_point=3}");
}

}  // namespace paw::verify_test
