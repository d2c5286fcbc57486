#include "kernels/peak/peak.h"

#include "kernels/kernel_testing.h"

namespace paw::peak_test {

// s <- 0.999 s + 0.001 keeps every sum at its start, 1, but for rounding: the total counts the accumulators.
TEST(Peak, CountsWhatItDoes) {
  for (const Isa isa : available_isas()) {
    float sum = 0;
    const std::int64_t macs = kernel_table(isa).peak_f32(1000, &sum);
    EXPECT_EQ(macs % 1000, 0) << name(isa);
    EXPECT_NEAR(sum, static_cast<double>(macs) / 1000, 1e-2) << name(isa);
  }
}

}  // namespace paw::peak_test
