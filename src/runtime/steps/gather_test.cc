#include "runtime/steps/step_testing.h"

namespace paw::gather_test {

constexpr GatherF32 kParams{.count = 37, .size = 5};

TEST(GatherStep, NeedsEveryByte) {
  expect_every_byte_needed(step::gather_f32, kParams, {5 * 4, 37 * 4}, 37 * 4);
  expect_every_byte_needed(step::scatter_add_f32, kParams, {37 * 4, 37 * 4}, 5 * 4);
}

}  // namespace paw::gather_test
