#include <cstddef>

#include "runtime/steps/step_testing.h"

namespace paw::quant_test {

constexpr ConvI8 kConv{.shape = {.batch = 2,
                                 .in_h = 6,
                                 .in_w = 5,
                                 .in_c = 3,
                                 .out_h = 6,
                                 .out_w = 5,
                                 .out_c = 18,
                                 .kernel_h = 3,
                                 .kernel_w = 3,
                                 .pad_top = 1,
                                 .pad_left = 1}};
constexpr DwconvI8 kDwconv{.shape = {.batch = 2,
                                     .in_h = 6,
                                     .in_w = 5,
                                     .in_c = 18,
                                     .out_h = 6,
                                     .out_w = 5,
                                     .out_c = 18,
                                     .kernel_h = 3,
                                     .kernel_w = 3,
                                     .pad_top = 1,
                                     .pad_left = 1,
                                     .groups = 18}};

BinaryI8 binary() {
  BinaryI8 p{.op = BinaryI8Op::kAddTwice};
  p.grid.extents[4] = 5;
  p.grid.extents[5] = 7;
  p.grid.a[4] = 7;
  p.grid.a[5] = p.grid.b[5] = 1;
  p.grid.unit = 4;
  return p;
}

constexpr LookupI8 kLookup{.count = 37, .unit = 5};
constexpr QuantiseI8 kQuantise{.count = 37, .unit = 5};
constexpr DequantiseI8 kDequantise{.count = 37, .unit = 5};
constexpr PoolI8 kPool{.window = {.in_h = 6,
                                  .in_w = 5,
                                  .channels = 7,
                                  .out_h = 3,
                                  .out_w = 2,
                                  .kernel_h = 2,
                                  .kernel_w = 2,
                                  .stride_h = 2,
                                  .stride_w = 2},
                       .average = 1};
constexpr ReduceI8 kReduce{.outer = 2, .reduce = 5, .inner = 70};
constexpr SoftmaxI8 kSoftmax{.lines = 3, .axis = 11};
constexpr ResizeI8 kResize{.image = {.in_h = 4, .in_w = 5, .channels = 3, .out_h = 6, .out_w = 7},
                           .way = ResizeI8Way::kEleven};

TEST(QuantSteps, NeedEveryByte) {
  const auto conv_weights = static_cast<std::size_t>(conv_i8_packed_bytes(kConv.shape));
  const auto dwconv_weights = static_cast<std::size_t>(dwconv_i8_packed_bytes(kDwconv.shape));
  expect_every_byte_needed(step::conv_i8, kConv, {2 * 6 * 5 * 3, conv_weights}, 2 * 6 * 5 * 18);
  expect_every_byte_needed(step::dwconv_i8, kDwconv, {2 * 6 * 5 * 18, dwconv_weights}, 2 * 6 * 5 * 18);
  expect_every_byte_needed(step::binary_i8, binary(), {35, 7}, 35);
  expect_every_byte_needed(step::lookup_i8, kLookup, {37, 256}, 37);
  expect_every_byte_needed(step::quantise_i8, kQuantise, {37 * 4}, 37);
  expect_every_byte_needed(step::dequantise_i8, kDequantise, {37}, 37 * 4);
  expect_every_byte_needed(step::pool_i8, kPool, {6 * 5 * 7}, 3 * 2 * 7);
  expect_every_byte_needed(step::reduce_i8, kReduce, {2 * 5 * 70}, 2 * 70);
  expect_every_byte_needed(step::softmax_i8, kSoftmax, {33, 1024}, 33);
  expect_every_byte_needed(step::resize_i8, kResize, {4 * 5 * 3}, 6 * 7 * 3);
}

// `wide` fields of 64 bits come first in the struct, then fields of 32 bits.
template <class P>
void attack(const StepDef& def, const P& p, std::size_t wide, const std::vector<std::size_t>& in, std::size_t out) {
  Random random(98, sizeof(P));
  int accepted = 0;
  const std::size_t narrow = sizeof(P) / 4 - wide * 2;
  for (int i = 0; i < 4'000; ++i) {
    const bool of_wide = narrow == 0 || (wide > 0 && i % 2 == 0);
    const P changed =
        of_wide ? hostile<std::int64_t>(random, p, 0, wide) : hostile<std::int32_t>(random, p, wide * 2, narrow);
    accepted += run_if_accepted(def, changed, in, std::vector{out}) ? 1 : 0;
  }
  EXPECT_GT(accepted, 100) << def.name;
}

TEST(QuantSteps, HostileParametersNeverLeaveTheBuffers) {
  const auto conv_weights = static_cast<std::size_t>(conv_i8_packed_bytes(kConv.shape));
  const auto dwconv_weights = static_cast<std::size_t>(dwconv_i8_packed_bytes(kDwconv.shape));
  attack(step::conv_i8, kConv, 0, {2 * 6 * 5 * 3, conv_weights}, 2 * 6 * 5 * 18);
  attack(step::dwconv_i8, kDwconv, 0, {2 * 6 * 5 * 18, dwconv_weights}, 2 * 6 * 5 * 18);
  attack(step::binary_i8, binary(), sizeof(BinaryF32) / 8 - 2, {35, 7}, 35);
  attack(step::lookup_i8, kLookup, 2, {37, 256}, 37);
  attack(step::quantise_i8, kQuantise, 2, {37 * 4}, 37);
  attack(step::dequantise_i8, kDequantise, 2, {37}, 37 * 4);
  attack(step::pool_i8, kPool, 0, {6 * 5 * 7}, 3 * 2 * 7);
  attack(step::reduce_i8, kReduce, 3, {2 * 5 * 70}, 2 * 70);
  attack(step::softmax_i8, kSoftmax, 2, {33, 1024}, 33);
  attack(step::resize_i8, kResize, 0, {4 * 5 * 3}, 6 * 7 * 3);
}

// Constants are not looked at before they are used: any bits are harmless.
TEST(QuantSteps, HostileWeightsAndTablesAreHarmless) {
  Random random(99);
  for (int i = 0; i < 200; ++i) {
    ConvI8 p = kConv;
    p.way = static_cast<Requantise>(i % kRequantiseWays);
    std::vector<std::byte> weights(static_cast<std::size_t>(conv_i8_packed_bytes(p.shape)));
    std::vector<std::byte> table(1024), x(2 * 6 * 5 * 3), y(2 * 6 * 5 * 18);
    for (auto* bytes : {&weights, &table, &x}) {
      for (std::byte& b : *bytes) b = static_cast<std::byte>(random.below(256));
    }
    std::vector<std::byte> scratch(step::conv_i8.scratch_bytes(&p));
    const SoftmaxI8 softmax{.lines = 3, .axis = 11, .way = i % 2 == 0 ? Requantise::kFloat : Requantise::kDouble};
    for (const Isa isa : available_isas()) {
      const void* conv_in[] = {x.data(), weights.data()};
      const void* softmax_in[] = {x.data(), table.data()};
      void* out[] = {y.data()};
      step::conv_i8.run({kernel_table(isa), &p, conv_in, out, scratch.data(), {0, step::conv_i8.units(&p)}});
      step::softmax_i8.run({kernel_table(isa), &softmax, softmax_in, out, nullptr, {0, 3}});
    }
  }
}

}  // namespace paw::quant_test
