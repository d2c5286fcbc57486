#include "formats/tflite/runtime_version.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace paw::tflite {

namespace {

// Three numbers between dots.
std::optional<std::array<int, 3>> parse(std::string_view text) {
  std::array<int, 3> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), numbers[i]);
    if (error != std::errc() || numbers[i] < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (i + 1 == numbers.size()) break;
    if (!text.starts_with('.')) return std::nullopt;
    text.remove_prefix(1);
  }
  if (!text.empty()) return std::nullopt;
  return numbers;
}

}  // namespace

bool is_runtime_version(std::string_view text) { return parse(text).has_value(); }

bool runtime_before(std::string_view a, std::string_view b) {
  return parse(a).value_or(std::array<int, 3>{}) < parse(b).value_or(std::array<int, 3>{});
}

}  // namespace paw::tflite
