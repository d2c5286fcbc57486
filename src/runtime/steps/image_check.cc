#include "runtime/steps/image_check.h"

namespace paw {

namespace {

constexpr std::uint64_t kMaxFloats = std::uint64_t{1} << 30;

}  // namespace

std::uint64_t image_floats(std::int32_t n, std::int32_t h, std::int32_t w, std::int32_t c) {
  std::uint64_t floats = static_cast<std::uint64_t>(n);
  for (const std::int32_t extent : {h, w, c}) {
    floats *= static_cast<std::uint64_t>(extent);
    if (floats > kMaxFloats) return kMaxFloats + 1;
  }
  return floats;
}

const char* check_image_operands(const StepOperands& operands, std::uint64_t in_floats, std::uint64_t out_floats) {
  if (in_floats > kMaxFloats || out_floats > kMaxFloats) return "a tensor is too large";
  if (operands.in[0] < in_floats * sizeof(float)) return "the input is too small";
  if (operands.out[0] < out_floats * sizeof(float)) return "the output is too small";
  return nullptr;
}

}  // namespace paw
