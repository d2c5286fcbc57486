// check() of the elementwise, softmax and reduction steps: hostile parameters are refused, and what is accepted stays
// inside operands of exactly the stated sizes (ASan watches).
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "base/random.h"
#include "runtime/steps.h"

namespace paw::elementwise_test {

struct Sizes {
  std::vector<std::uint64_t> in, out;
  StepOperands operands() const { return {in, out}; }
};

const char* check(const StepDef& def, const void* params, const Sizes& sizes) {
  return def.check(params, sizes.operands());
}

// Runs accepted parameters on operands of exactly `sizes`, all tiers, every other unit.
void run(const StepDef& def, const void* params, const Sizes& sizes) {
  std::vector<std::vector<float>> memory;
  for (const auto* list : {&sizes.in, &sizes.out}) {
    for (const std::uint64_t bytes : *list) memory.emplace_back(bytes / sizeof(float), 1.0f);
  }
  std::vector<const void*> in;
  for (std::size_t i = 0; i < sizes.in.size(); ++i) in.push_back(memory[i].data());
  void* out[] = {memory.back().data()};
  for (const Isa isa : available_isas()) {
    const std::int64_t units = def.units(params);
    for (std::int64_t u = 0; u < units; u += 1 + units / 7) {
      def.run({kernel_table(isa), params, in.data(), out, nullptr, {u, u + 1}});
    }
  }
}

template <class P>
P damaged(Random& random, const P& sound) {
  P p = sound;
  auto* bytes = reinterpret_cast<unsigned char*>(&p);
  const std::uint64_t edits = 1 + random.below(4);
  for (std::uint64_t e = 0; e < edits; ++e) {
    const std::uint64_t at = random.below(sizeof(P) / 4) * 4;
    const std::uint32_t words[] = {0,           1,           2,           3,           5,           0x7fffffffu,
                                   0x80000000u, 0xffffffffu, 0x00100000u, 0x40000000u, 0x20000000u, 7};
    const std::uint32_t word = words[random.below(std::size(words))];
    std::memcpy(bytes + at, &word, sizeof(word));
  }
  return p;
}

// 20,000 damaged parameter blocks: refused, or run without a step outside. Some of each.
template <class P>
void attack(const StepDef& def, const P& sound, const Sizes& sizes) {
  ASSERT_EQ(check(def, &sound, sizes), nullptr) << def.name;
  Random random(def.params_bytes);
  int accepted = 0, refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    const P p = damaged(random, sound);
    if (check(def, &p, sizes) != nullptr) {
      ++refused;
    } else {
      ++accepted;
      run(def, &p, sizes);
    }
  }
  EXPECT_GT(accepted, 100) << def.name;
  EXPECT_GT(refused, 100) << def.name;
}

BinaryF32 channel_add() {
  BinaryF32 p;
  p.extents[3] = 4;
  p.extents[4] = 3;
  p.extents[5] = 5;
  p.a[3] = 15;
  p.a[4] = 5;
  p.a[5] = p.b[5] = 1;
  return p;
}

TEST(ElementwiseSteps, DamagedParametersNeverLeaveTheOperands) {
  attack(step::unary_f32, UnaryF32{.count = 37, .unit = 5, .op = UnaryOp::kTanh}, {{37 * 4}, {37 * 4}});
  attack(step::binary_f32, channel_add(), {{60 * 4, 5 * 4}, {60 * 4}});
  attack(step::softmax_f32, SoftmaxF32{.outer = 3, .axis = 5, .inner = 2}, {{30 * 4}, {30 * 4}});
  attack(step::reduce_f32, ReduceF32{.outer = 3, .reduce = 5, .inner = 2}, {{30 * 4}, {6 * 4}});
}

TEST(ElementwiseSteps, OperandsOneFloatTooSmallAreRefused) {
  const UnaryF32 unary{.count = 10};
  EXPECT_EQ(check(step::unary_f32, &unary, {{40}, {40}}), nullptr);
  EXPECT_NE(check(step::unary_f32, &unary, {{39}, {40}}), nullptr);
  EXPECT_NE(check(step::unary_f32, &unary, {{40}, {39}}), nullptr);
  const BinaryF32 binary = channel_add();
  EXPECT_NE(check(step::binary_f32, &binary, {{236, 20}, {240}}), nullptr);
  EXPECT_NE(check(step::binary_f32, &binary, {{240, 16}, {240}}), nullptr);
  EXPECT_NE(check(step::binary_f32, &binary, {{240, 20}, {236}}), nullptr);
  const ReduceF32 reduce{.outer = 2, .reduce = 3, .inner = 4};
  EXPECT_EQ(check(step::reduce_f32, &reduce, {{96}, {32}}), nullptr);
  EXPECT_NE(check(step::reduce_f32, &reduce, {{95}, {32}}), nullptr);
  EXPECT_NE(check(step::reduce_f32, &reduce, {{96}, {31}}), nullptr);
}

TEST(ElementwiseSteps, UnitsFollowTheGroupOnlyWhereOperandsAreReadInStep) {
  BinaryF32 p = channel_add();
  EXPECT_EQ(step::binary_f32.in_place(&p), 1u);
  EXPECT_TRUE(step::binary_f32.set_unit(&p, 7, 1u));
  EXPECT_EQ(p.unit, 7);
  EXPECT_EQ(step::binary_f32.units(&p), 9);
  EXPECT_FALSE(step::binary_f32.set_unit(&p, 9, 2u));  // the channel vector is not
  EXPECT_FALSE(step::binary_f32.set_unit(&p, 9, 3u));
  EXPECT_FALSE(step::binary_f32.set_unit(&p, 0, 1u));
  EXPECT_EQ(p.unit, 7);
}

}  // namespace paw::elementwise_test
