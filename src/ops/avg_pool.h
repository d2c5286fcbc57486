// The divisor that avg_pool and avg_pool_grad share.
#pragma once

#include "ops/pool_common.h"

namespace paw {

// For each output pixel of one image, row-major: the number of pixels that its sum is divided by.
std::vector<double> pool_divisors(const Window& window, bool count_padding);

}  // namespace paw
