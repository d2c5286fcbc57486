#include "tensor/tensor.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "base/random.h"

namespace paw::tensor_test {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

double stored(DType dtype, double value) {
  std::byte storage[8] = {};
  store_element(dtype, storage, 0, value);
  return load_element(dtype, storage, 0);
}

TensorType quantised(DType dtype, Shape shape, QuantParams quant) {
  return {dtype, shape, std::make_shared<const QuantParams>(std::move(quant))};
}

TEST(Element, IntegersRoundToNearestEvenAndSaturate) {
  for (int i = 0; i < kDTypeCount; ++i) {
    const auto dtype = static_cast<DType>(i);
    if (!is_integer(dtype) || bits(dtype) > 32) continue;
    SCOPED_TRACE(name(dtype));
    EXPECT_EQ(stored(dtype, 2.5), 2);
    EXPECT_EQ(stored(dtype, 3.5), 4);
    EXPECT_EQ(stored(dtype, 2.51), 3);
    EXPECT_EQ(stored(dtype, -1.5), is_signed(dtype) ? -2 : 0);
    EXPECT_EQ(stored(dtype, kNan), 0);
    for (const double big : {1e300, kInf, highest(dtype), highest(dtype) + 1})
      EXPECT_EQ(stored(dtype, big), highest(dtype));
    for (const double small : {-1e300, -kInf, lowest(dtype), lowest(dtype) - 1}) {
      EXPECT_EQ(stored(dtype, small), lowest(dtype));
    }
  }
}

TEST(Element, SixtyFourBitIntegersSaturateAtTheLargestDoubleBelowTheirLimit) {
  EXPECT_EQ(stored(DType::kI64, kInf), 9223372036854774784.0);
  EXPECT_EQ(stored(DType::kI64, -kInf), -0x1p63);
  EXPECT_EQ(stored(DType::kU64, 0x1p64), 18446744073709549568.0);
  EXPECT_EQ(stored(DType::kU64, -1), 0);
  EXPECT_EQ(stored(DType::kI64, 9007199254740993.0), 9007199254740992.0);
}

TEST(Element, BoolIsNotZero) {
  EXPECT_EQ(stored(DType::kBool, 0.25), 1);
  EXPECT_EQ(stored(DType::kBool, -0.0), 0);
  EXPECT_EQ(stored(DType::kBool, kNan), 1);
}

TEST(Element, FloatsRoundToTheirPrecision) {
  EXPECT_EQ(stored(DType::kF64, 0.1), 0.1);
  EXPECT_EQ(stored(DType::kF32, 0.1), static_cast<double>(0.1f));
  EXPECT_EQ(stored(DType::kF16, 0.1), 0.0999755859375);
  EXPECT_EQ(stored(DType::kF16, 0), 0);
  EXPECT_EQ(stored(DType::kBF16, 0.1), 0.10009765625);
  EXPECT_EQ(stored(DType::kBF16, 1 + 0x1p-8 + 0x1p-40), 1 + 0x1p-7);  // not a tie, though its float is one
  for (const DType dtype : {DType::kF32, DType::kF64, DType::kF16, DType::kBF16}) {
    EXPECT_TRUE(std::isnan(stored(dtype, kNan)));
    EXPECT_EQ(stored(dtype, -kInf), -kInf);
    EXPECT_TRUE(std::signbit(stored(dtype, -0.0)));
  }
}

TEST(Element, FourBitsArePackedTwoPerByteEvenInTheLowBits) {
  std::array<std::byte, 2> data{};
  store_element(DType::kI4, data.data(), 0, -1);
  store_element(DType::kI4, data.data(), 1, 7);
  store_element(DType::kI4, data.data(), 2, -8);
  EXPECT_EQ(data[0], std::byte{0x7F});
  EXPECT_EQ(data[1], std::byte{0x08});
  EXPECT_EQ(load_element(DType::kI4, data.data(), 0), -1);
  EXPECT_EQ(load_element(DType::kI4, data.data(), 2), -8);
  store_element(DType::kU4, data.data(), 0, 15);  // leaves its neighbour alone
  EXPECT_EQ(load_element(DType::kU4, data.data(), 0), 15);
  EXPECT_EQ(load_element(DType::kI4, data.data(), 1), 7);
}

TEST(Element, EveryDTypeKeepsItsOwnValues) {
  for (int i = 0; i < kDTypeCount; ++i) {
    const auto dtype = static_cast<DType>(i);
    const TensorType type{dtype, {7}};
    const bool narrow = dtype == DType::kBool;
    const std::vector<double> values = {1, 0, 1, narrow ? 1.0 : 5.0, is_signed(dtype) ? -3.0 : 1.0, 0, 1};
    EXPECT_EQ(stored_values(tensor_from_stored(type, values)), values) << name(dtype);
  }
}

TEST(Tensor, FactoriesAndEquality) {
  const Tensor a = Tensor::f32({2, 2}, std::array{1.f, 2.f, 3.f, 4.f});
  EXPECT_EQ(a.as<float>()[3], 4.f);
  EXPECT_EQ(a, Tensor::f32({2, 2}, std::array{1.f, 2.f, 3.f, 4.f}));
  EXPECT_FALSE(a == Tensor::f32({2, 2}, std::array{1.f, 2.f, 3.f, 5.f}));
  EXPECT_FALSE(a == Tensor::f32({4}, std::array{1.f, 2.f, 3.f, 4.f}));
  EXPECT_EQ(Tensor::zeros({DType::kI4, {3}}).data.size(), 2u);
}

TEST(Quantised, PerTensor) {
  const TensorType type{DType::kI8, {6}, per_tensor(0.5f, 10)};
  const Tensor t = tensor_from_real(type, std::array{0.0, 0.5, -0.25, 100.0, -100.0, kNan});
  EXPECT_EQ(stored_values(t), (std::vector<double>{10, 11, 10, 127, -128, 0}));
  EXPECT_EQ(real_values(t), (std::vector<double>{0, 0.5, 0, 58.5, -69, -5}));
}

TEST(Quantised, PerChannel) {
  const TensorType type = quantised(DType::kI8, {2, 3}, {{1, 2, 4}, {0, 1, -1}, 1, 0});
  const Tensor t = tensor_from_real(type, std::array{3.0, 4.0, 8.0, -3.0, -4.0, -8.0});
  EXPECT_EQ(stored_values(t), (std::vector<double>{3, 3, 1, -3, -1, -3}));
  EXPECT_EQ(real_values(t), (std::vector<double>{3, 4, 8, -3, -4, -8}));
}

TEST(Quantised, Blockwise) {
  const TensorType type = quantised(DType::kI4, {2, 4}, {{1, 0.5f, 2, 4}, {0, 0, 1, 0}, -1, 2});
  const std::vector<double> real = {1, -2, 1, -2, 2, 4, 4, -8};
  const Tensor t = tensor_from_real(type, real);
  EXPECT_EQ(stored_values(t), (std::vector<double>{1, -2, 2, -4, 2, 3, 1, -2}));
  EXPECT_EQ(real_values(t), real);
}

TEST(Quantised, RoundToTypeIsStoringAndLoading) {
  const TensorType types[] = {
      {DType::kF16, {8}},
      {DType::kI8, {8}},
      {DType::kU8, {8}, per_tensor(0.1f, 128)},
      quantised(DType::kI8, {8}, {std::vector<float>(8, 0.3f), {0, 1, 2, 3, 4, 5, 6, 7}, 0, 0})};
  Random random(3);
  for (const TensorType& type : types) {
    for (int round = 0; round < 50; ++round) {
      std::vector<double> values(8), expected(8);
      for (std::size_t i = 0; i < 8; ++i) values[i] = random.uniform(-200, 200);
      for (std::size_t i = 0; i < 8; ++i) expected[i] = round_to_type(type, static_cast<std::int64_t>(i), values[i]);
      EXPECT_EQ(real_values(tensor_from_real(type, values)), expected) << type.text();
    }
  }
}

}  // namespace paw::tensor_test
