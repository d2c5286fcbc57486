#include "tensor/type.h"

#include <gtest/gtest.h>

#include <limits>

namespace paw::type_test {

TensorType quantised(DType dtype, Shape shape, QuantParams quant) {
  return {dtype, shape, std::make_shared<const QuantParams>(std::move(quant))};
}

TEST(TensorType, Text) {
  EXPECT_EQ((TensorType{DType::kF32, {1, 8}}.text()), "f32[1,8]");
  EXPECT_EQ((TensorType{DType::kI8, {1, 8}, per_tensor(0.5f, 3)}.text()), "i8[1,8]{scale=0.5, zero_point=3}");
  EXPECT_EQ(quantised(DType::kI8, {2, 4}, {{0.1f, 2}, {0, 0}, 0, 0}).text(),
            "i8[2,4]{scale=[0.1,2], zero_point=[0,0], axis=0}");
  EXPECT_EQ(quantised(DType::kI4, {1, 4}, {{1, 2}, {-8, 7}, -1, 2}).text(),
            "i4[1,4]{scale=[1,2], zero_point=[-8,7], block=2}");
}

TEST(TensorType, EqualityComparesQuantisationByContents) {
  const TensorType plain{DType::kI8, {4}};
  const TensorType a{DType::kI8, {4}, per_tensor(0.5f, 3)};
  EXPECT_EQ(a, (TensorType{DType::kI8, {4}, per_tensor(0.5f, 3)}));
  EXPECT_FALSE(a == (TensorType{DType::kI8, {4}, per_tensor(0.5f, 2)}));
  EXPECT_FALSE(a == (TensorType{DType::kI8, {4}, per_tensor(0.25f, 3)}));
  EXPECT_FALSE(a == plain);
  EXPECT_FALSE(plain == a);
  EXPECT_FALSE(a == (TensorType{DType::kU8, {4}, per_tensor(0.5f, 3)}));
  EXPECT_FALSE(a == (TensorType{DType::kI8, {1, 4}, per_tensor(0.5f, 3)}));
}

TEST(TensorType, RealNumbersAndBytes) {
  EXPECT_TRUE((TensorType{DType::kBF16, {}}.is_real()));
  EXPECT_FALSE((TensorType{DType::kI8, {}}.is_real()));
  EXPECT_TRUE((TensorType{DType::kI8, {}, per_tensor(1, 0)}.is_real()));
  EXPECT_EQ((TensorType{DType::kI4, {3, 3}}.bytes()), 5u);
}

TEST(CheckQuant, AcceptsTheThreeGranularities) {
  EXPECT_EQ(check_quant(quantised(DType::kU8, {2, 4}, {{0.5f}, {128}, -1, 0})), "");
  EXPECT_EQ(check_quant(quantised(DType::kI8, {2, 4}, {{1, 1, 1, 1}, {0, 0, 0, 0}, 1, 0})), "");
  EXPECT_EQ(check_quant(quantised(DType::kI4, {2, 4}, {{1, 1, 1, 1}, {0, 0, 0, 0}, -1, 2})), "");
  EXPECT_EQ(check_quant(quantised(DType::kI32, {}, {{1}, {-2147483647 - 1}, -1, 0})), "");
}

TEST(CheckQuant, NamesEachProblem) {
  const auto check = [](DType dtype, Shape shape, QuantParams quant) {
    return check_quant(quantised(dtype, shape, std::move(quant)));
  };
  constexpr float kInf = std::numeric_limits<float>::infinity();
  const char* integer = "quantisation needs an integer type of at most 32 bits";
  EXPECT_EQ(check(DType::kF32, {4}, {{1}, {0}, -1, 0}), integer);
  EXPECT_EQ(check(DType::kI64, {4}, {{1}, {0}, -1, 0}), integer);
  EXPECT_EQ(check(DType::kBool, {4}, {{1}, {0}, -1, 0}), integer);
  EXPECT_EQ(check(DType::kI8, {4}, {{}, {}, -1, 0}), "scales and zero points differ in number");
  EXPECT_EQ(check(DType::kI8, {4}, {{1}, {0, 0}, -1, 0}), "scales and zero points differ in number");
  EXPECT_EQ(check(DType::kI8, {4}, {{1, 1}, {0, 0}, 0, 2}), "axis and block exclude each other");
  EXPECT_EQ(check(DType::kI8, {4}, {{1}, {0}, 1, 0}), "quantised axis outside the shape");
  EXPECT_EQ(check(DType::kI8, {4}, {{1}, {0}, -2, 0}), "quantised axis outside the shape");
  EXPECT_EQ(check(DType::kI8, {4}, {{1}, {0}, -1, -1}), "negative block size");
  EXPECT_EQ(check(DType::kI8, {4}, {{1}, {0}, -1, 3}), "block does not divide the last extent");
  EXPECT_EQ(check(DType::kI8, {}, {{1}, {0}, -1, 1}), "block does not divide the last extent");
  EXPECT_EQ(check(DType::kI8, {4}, {{1, 1}, {0, 0}, -1, 0}), "wrong number of scales for the shape");
  EXPECT_EQ(check(DType::kI8, {4}, {{1, 1}, {0, 0}, 0, 0}), "wrong number of scales for the shape");
  EXPECT_EQ(check(DType::kI8, {2, 4}, {{1, 1}, {0, 0}, -1, 2}), "wrong number of scales for the shape");
  for (const float bad : {0.0f, -1.0f, kInf, std::numeric_limits<float>::quiet_NaN()}) {
    EXPECT_EQ(check(DType::kI8, {4}, {{bad}, {0}, -1, 0}), "a scale is not a positive finite number");
  }
  EXPECT_EQ(check(DType::kI8, {4}, {{1}, {128}, -1, 0}), "a zero point is outside the type's range");
  EXPECT_EQ(check(DType::kU8, {4}, {{1}, {-1}, -1, 0}), "a zero point is outside the type's range");
  EXPECT_EQ(check(DType::kI4, {4}, {{1}, {8}, -1, 0}), "a zero point is outside the type's range");
}

TEST(QuantIndex, PerTensorChannelAndBlock) {
  EXPECT_EQ(quant_index(quantised(DType::kI8, {2, 3}, {{1}, {0}, -1, 0}), 5), 0u);
  const TensorType channel = quantised(DType::kI8, {2, 3, 2}, {{1, 1, 1}, {0, 0, 0}, 1, 0});
  const std::size_t expected[] = {0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2};
  for (std::int64_t i = 0; i < 12; ++i) EXPECT_EQ(quant_index(channel, i), expected[i]);
  const TensorType block = quantised(DType::kI8, {2, 4}, {{1, 1, 1, 1}, {0, 0, 0, 0}, -1, 2});
  for (std::int64_t i = 0; i < 8; ++i) EXPECT_EQ(quant_index(block, i), static_cast<std::size_t>(i / 2));
}

}  // namespace paw::type_test
