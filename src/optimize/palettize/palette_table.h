// A constant with a palette as what formats store of it: a table, and an index for each element.
#pragma once

#include <cstdint>
#include <vector>

#include "ir/graph.h"

namespace paw {

struct PaletteTable {
  Tensor values;                      // f32 [groups, entries]: ascending; a group with fewer repeats its last
  std::vector<std::int32_t> indices;  // of each element into the flat table
};

// `weights`: f32, as `encoding` (kPalette) states it.
PaletteTable palette_table(const Tensor& weights, const Encoding& encoding);

// Elements by index into `values`, which has as many as the table; of `shape`.
Tensor looked_up(std::span<const float> values, const PaletteTable& table, const Shape& shape);

}  // namespace paw
