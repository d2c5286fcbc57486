// What quantize and dequantize promise about types; their rounding is that of the tensor layer.
#include "ops/cast.h"
#include "ops/golden_testing.h"

namespace paw::quantize_test {

const TensorType kFloat{DType::kF32, Shape{3}};
const TensorType kInt8{DType::kI8, Shape{3}, per_tensor(0.5f, 1)};

TEST(Quantize, NeedsADeclaredScale) {
  const TensorType* in[] = {&kFloat};
  const auto inferred = infer_types(op::quantize, DtypeAttrs{DType::kI8}, in, "");
  ASSERT_TRUE(inferred);
  EXPECT_EQ((*inferred)[0].text(), "i8[3]");
  EXPECT_FALSE(resolve_output_type(op::quantize, in, (*inferred)[0], nullptr, ""));
  const auto declared = resolve_output_type(op::quantize, in, (*inferred)[0], kInt8.quant, "");
  ASSERT_TRUE(declared);
  EXPECT_EQ(*declared, kInt8);
}

TEST(Quantize, AcceptsQuantisedInput) {
  const TensorType* in[] = {&kInt8};
  const auto inferred = infer_types(op::quantize, DtypeAttrs{DType::kU8}, in, "");
  ASSERT_TRUE(inferred);
  EXPECT_EQ((*inferred)[0].text(), "u8[3]");
}

// 0.3 / 0.5 + 1 = 1.6 -> 2 -> 0.5;  -0.25 / 0.5 + 1 = 0.5 -> 0 (even) -> -0.5;  1e6 saturates at 127 -> 63.
TEST(Quantize, StoredValuesRoundToNearestEvenAndSaturate) {
  const auto y = evaluate(op::quantize, {{kFloat, {0.3, -0.25, 1e6}}}, DtypeAttrs{DType::kI8});
  ASSERT_TRUE(y);
  const Tensor stored = tensor_from_real(kInt8, y->front().data);
  EXPECT_THAT(stored_values(stored), testing::ElementsAre(2, 0, 127));
  EXPECT_THAT(real_values(stored), testing::ElementsAre(0.5, -0.5, 63));
}

TEST(Dequantize, GivesTheChosenFloatType) {
  const TensorType* in[] = {&kInt8};
  EXPECT_EQ((*infer_types(op::dequantize, DtypeAttrs{DType::kF16}, in, ""))[0].text(), "f16[3]");
  expect_output(evaluate(op::dequantize, {{kInt8, {0.5, -0.5, 63}}}), 0, {3}, {0.5, -0.5, 63});
}

TEST(Quantize, Refusals) {
  expect_refused(op::quantize, {kFloat}, DtypeAttrs{DType::kF16}, "integer type of at most 32 bits");
  expect_refused(op::quantize, {kFloat}, DtypeAttrs{DType::kI64}, "got i64");
  expect_refused(op::quantize, {{DType::kI32, Shape{3}}}, DtypeAttrs{DType::kI8}, "real numbers");
  expect_refused(op::dequantize, {kFloat}, DtypeAttrs{}, "expected x to be quantised");
  expect_refused(op::dequantize, {kInt8}, DtypeAttrs{DType::kI8}, "float type to dequantise to");
}

}  // namespace paw::quantize_test
