// Hostile image geometry: the checks that the steps on NHWC images without weights share.
#pragma once

#include <cstdint>

#include "runtime/step_def.h"

namespace paw {

// An extent, kernel or stride that kernels can run: products of two of them and offsets stay far below 2^62.
constexpr bool is_extent(std::int32_t value) { return value >= 1 && value <= 1 << 20; }

// Floats of an image [n,h,w,c] of extents that is_extent() accepted; more than 2^30 when it is larger than any buffer.
std::uint64_t image_floats(std::int32_t n, std::int32_t h, std::int32_t w, std::int32_t c);

// Null when the only input and the only output hold that many floats and neither is larger than any buffer.
const char* check_image_operands(const StepOperands& operands, std::uint64_t in_floats, std::uint64_t out_floats);

}  // namespace paw
