// Limits of parsing: what a few bytes may cost.
#include "formats/coreml/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/coreml/bit_pack.h"
#include "formats/coreml/layout.h"
#include "formats/coreml/lists.h"

namespace paw::parse_test {
namespace {

using namespace coreml;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::span<const std::byte> bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

// A field of `number` that holds `payload`.
std::string field(int number, const std::string& payload) {
  std::string out(1, static_cast<char>(number << 3 | 2));
  std::size_t size = payload.size();
  for (; size >= 0x80; size >>= 7) out += static_cast<char>(size | 0x80);
  return out + static_cast<char>(size) + payload;
}

TEST(CoreMlParse, CountsWhatMayBeAMessage) {
  EXPECT_EQ(count_parts(bytes("")), 0u);
  EXPECT_EQ(count_parts(bytes(field(1, field(2, "xx") + field(2, "yy")))), 3u);
  EXPECT_EQ(count_parts(bytes("\x08\x01")), 0u);
  std::string many;
  for (int i = 0; i < 1000; ++i) many += field(1, "");
  EXPECT_EQ(count_parts(bytes(many)), 1000u);
  EXPECT_EQ(count_parts(bytes(many), 10), 10u);
}

TEST(CoreMlParse, RefusesTooManyPartsAndTooMuchDepth) {
  std::string bomb;
  for (std::size_t i = 0; i <= kMaxParts; ++i) bomb += std::string("\x0a\x00", 2);
  const auto many = parse_model(bytes(bomb), "a.mlmodel");
  ASSERT_FALSE(many);
  EXPECT_THAT(many.error().text(), HasSubstr("[a.mlmodel] holds more than 1000000 parts"));
  std::string deep = "x";
  for (int i = 0; i < 1000; ++i) deep = field(3, deep);
  const auto nested = parse_model(bytes(deep), "a.mlmodel");
  ASSERT_FALSE(nested);
  EXPECT_THAT(nested.error().text(), HasSubstr("nested too deep"));
}

TEST(CoreMlParse, RefusesWhatIsNoProtobuf) {
  for (const std::string& text :
       {std::string("hello"), std::string("\x12\x7f"), std::string("\x08"), std::string(10, '\xff')}) {
    const auto read = parse_model(bytes(text), "a.mlmodel");
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().text(), HasSubstr("is damaged"));
  }
}

TEST(CoreMlLists, AreDecodedWithinLimits) {
  const std::vector<std::int64_t> values = {0, 1, 127, 128, -1, INT64_MAX, INT64_MIN};
  EXPECT_EQ(unpack_integers(pack_integers(values)), values);
  EXPECT_FALSE(unpack_integers(pack_integers(values), 6));
  EXPECT_FALSE(unpack_integers("\x80"));
  EXPECT_FALSE(unpack_floats("abc"));
  EXPECT_THAT(*unpack_floats(pack_floats(std::array{1.5f, -2.0f})), ElementsAre(1.5f, -2.0f));
}

TEST(CoreMlLists, KnowWhatNumberWasMeant) {
  EXPECT_EQ(meant(0.01f), 0.01);
  EXPECT_EQ(meant(1e-3f), 1e-3);
  EXPECT_EQ(meant(-6.0f), -6.0);
  EXPECT_EQ(meant_half(0.010002136f), 0.01);
  EXPECT_EQ(meant_half(65504.0f), 65504);
}

// The two forms begin at opposite ends of a byte: 1, 2, 3 of three bits each.
TEST(CoreMlBits, ArePackedFromEitherEnd) {
  const std::vector<std::uint8_t> numbers = {1, 2, 3};
  EXPECT_EQ(pack_bits(numbers, 3, BitOrder::kLeastFirst), std::string("\xd1\x00", 2));  // 11 010 001, then 0
  EXPECT_EQ(pack_bits(numbers, 3, BitOrder::kMostFirst), std::string("\x29\x80", 2));   // 001 010 01 | 1 0000000
  for (const BitOrder order : {BitOrder::kLeastFirst, BitOrder::kMostFirst}) {
    for (int width = 1; width <= 8; ++width) {
      std::vector<std::uint8_t> all;
      for (int i = 0; i < 37; ++i) all.push_back(static_cast<std::uint8_t>((i * 91 + 7) & ((1 << width) - 1)));
      const std::string packed = pack_bits(all, width, order);
      EXPECT_EQ(packed.size(), packed_bytes(all.size(), width));
      EXPECT_EQ(unpack_bits(bytes(packed), all.size(), width, order), all);
    }
  }
}

TEST(CoreMlLayout, PutsChannelsFirst) {
  const AxisOrder image = AxisOrder::home(4);
  EXPECT_THAT(image.to_file(Shape{1, 2, 3, 4}).extents(), ElementsAre(1, 4, 2, 3));
  EXPECT_THAT(image.to_graph(Shape{1, 4, 2, 3}).extents(), ElementsAre(1, 2, 3, 4));
  EXPECT_TRUE(AxisOrder::home(3).identity());
  EXPECT_TRUE(image.moves_nothing({1, 1, 1, 8}));
  EXPECT_TRUE(image.moves_nothing({2, 3, 4, 1}));
  EXPECT_FALSE(image.moves_nothing({1, 2, 1, 8}));
}

TEST(CoreMlLayout, MovesElementsOfAnyWidthAndTheirScales) {
  for (const DType dtype : {DType::kI4, DType::kI8, DType::kF16, DType::kF32, DType::kI64}) {
    std::vector<double> values(24);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i % 8);
    const Tensor x = tensor_from_stored({dtype, {2, 3, 4}}, values);
    const Tensor y = permuted(x, std::array<int, 3>{2, 0, 1});
    EXPECT_THAT(y.type.shape.extents(), ElementsAre(4, 2, 3));
    const std::vector<double> moved = stored_values(y);
    for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(moved[i % 4 * 6 + i / 4], values[i]) << name(dtype) << i;
  }
  Tensor quantised = Tensor::zeros({DType::kI8, {2, 3}});
  quantised.type.quant = std::make_shared<const QuantParams>(QuantParams{{0.1f, 0.2f, 0.3f}, {0, 0, 0}, 1, 0});
  EXPECT_EQ(permuted(quantised, std::array<int, 2>{1, 0}).type.quant->axis, 0);
}

}  // namespace
}  // namespace paw::parse_test
