#include "runtime/steps/quant_check.h"

#include <initializer_list>

namespace paw {

const char* check_quantised(const Quantised& q, Requantise way) {
  for (const std::int32_t v : {q.zero, q.min, q.max}) {
    if (v < -128 || v > 255) return "a number that 8 bits do not hold";
  }
  if (q.min > q.max) return "an empty range of results";
  const auto number = static_cast<std::int32_t>(way);
  return number < 0 || number >= kRequantiseWays ? "an unknown way to round" : nullptr;
}

const char* check_zero_point(std::int32_t is_signed, std::int32_t zero) {
  if (is_signed != 0 && is_signed != 1) return "elements neither signed nor unsigned";
  const std::int32_t lowest = is_signed != 0 ? -128 : 0;
  return zero < lowest || zero > lowest + 255 ? "a zero point out of range" : nullptr;
}

const char* check_bytes(const StepOperands& operands, std::initializer_list<std::uint64_t> in, std::uint64_t out) {
  std::size_t i = 0;
  for (const std::uint64_t bytes : in) {
    if (bytes > 4 * kMostElements) return "a tensor is too large";
    if (operands.in[i++] < bytes) return "an input is too small";
  }
  if (out > 4 * kMostElements) return "a tensor is too large";
  return operands.out[0] < out ? "the output is too small" : nullptr;
}

std::uint64_t bounded_product(std::int64_t a, std::int64_t b, std::int64_t c) {
  std::uint64_t all = 1;
  for (const std::int64_t extent : {a, b, c}) {
    if (extent < 1 || static_cast<std::uint64_t>(extent) > kMostElements / all) return 8 * kMostElements;
    all *= static_cast<std::uint64_t>(extent);
  }
  return all;
}

}  // namespace paw
