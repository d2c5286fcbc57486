// Attributes of scatter_add, gather's transpose.
#pragma once

#include "ir/attrs.h"

namespace paw {

// scatter_add: updates float[...], indices i32 of the same shape -> sums [size].
struct ScatterAddAttrs {
  std::int64_t size = 1;  // of the table that indices point into
  void fields(auto& v) { v("size", size); }
  bool operator==(const ScatterAddAttrs&) const = default;
};

// Which entry of a table of `size` >= 1 an index means: the nearest, where it lies outside.
constexpr std::int64_t table_entry(std::int64_t index, std::int64_t size) {
  return index < 0 ? 0 : index < size ? index : size - 1;
}

}  // namespace paw
