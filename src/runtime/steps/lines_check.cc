#include "runtime/steps/lines_check.h"

namespace paw {

namespace {

constexpr std::int64_t kMaxFloats = std::int64_t{1} << 30;  // more than any buffer holds

}  // namespace

const char* check_lines(std::int64_t outer, std::int64_t along, std::int64_t inner, std::int64_t kept,
                        const StepOperands& operands) {
  std::int64_t count = 1;
  for (const std::int64_t extent : {outer, along, inner}) {
    if (extent < 1 || extent > kMaxFloats / count) return "an extent is out of range";
    count *= extent;
  }
  const auto floats = static_cast<std::uint64_t>(count);
  if (operands.in[0] / sizeof(float) < floats) return "the input is too small";
  const auto results = static_cast<std::uint64_t>(outer * kept * inner);
  if (operands.out[0] / sizeof(float) < results) return "the output is too small";
  return nullptr;
}

}  // namespace paw
