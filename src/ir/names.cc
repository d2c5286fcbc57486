#include "ir/names.h"

#include <algorithm>

namespace paw {

bool is_reserved_name(std::string_view name) {
  return std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
}

std::string UniqueNames::make(const std::string& wanted) {
  if (claim(wanted)) return wanted;
  for (int& n = counts_[wanted];;) {
    std::string name = wanted + "_" + std::to_string(++n);
    if (claim(name)) return name;
  }
}

}  // namespace paw
