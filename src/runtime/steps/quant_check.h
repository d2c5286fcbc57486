// Hostile parameters of integer steps: what their checks share.
#pragma once

#include <cstdint>

#include "kernels/quant/requantise.h"
#include "runtime/step_def.h"

namespace paw {

// Null when bounds and zero point are numbers that 8-bit elements hold and `way` is known.
const char* check_quantised(const Quantised& q, Requantise way);
// A zero point of i8 (is_signed 1) or u8 (0) elements.
const char* check_zero_point(std::int32_t is_signed, std::int32_t zero);

// Null when every input and the output have at least so many bytes and none is larger than any buffer.
const char* check_bytes(const StepOperands& operands, std::initializer_list<std::uint64_t> in, std::uint64_t out);

// a * b * c of positive extents, or more than any buffer holds.
std::uint64_t bounded_product(std::int64_t a, std::int64_t b, std::int64_t c);

inline constexpr std::uint64_t kMostElements = std::uint64_t{1} << 30;
inline constexpr std::int64_t kMostUnit = std::int64_t{1} << 40;  // keeps the end of every unit far below 2^63

// A run of elements cut into units.
inline bool is_run(std::int64_t count, std::int64_t unit) {
  return count >= 1 && static_cast<std::uint64_t>(count) <= kMostElements && unit >= 1 && unit <= kMostUnit;
}

}  // namespace paw
