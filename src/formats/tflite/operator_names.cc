#include "formats/tflite/operator_names.h"

#include <array>
#include <string_view>

namespace paw::tflite {

namespace {

constexpr std::array kNames = std::to_array<std::string_view>({
#include "formats/tflite/operator_names.inc"
});

}  // namespace

std::string operator_name(std::int32_t code) {
  if (code < 0 || static_cast<std::size_t>(code) >= kNames.size()) return "operator " + std::to_string(code);
  return std::string(kNames[static_cast<std::size_t>(code)]);
}

}  // namespace paw::tflite
