// Functions of one 8-bit number as tables of 256, indexed by the stored byte.
#pragma once

#include <array>
#include <functional>

#include "lower/quant/quant.h"

namespace paw {

using ByteTable = std::array<std::uint8_t, 256>;

// The table of `stored` to stored results.
ByteTable table_of(const ByteTensor& x, const std::function<std::int32_t(std::int32_t stored)>& result);

// x at the scale of y, within `range`.
ByteTable rescaled_table(const ByteTensor& x, const ByteTensor& y, const Quantised& range, Rounding rounding);
ByteTable leaky_relu_table(const ByteTensor& x, const ByteTensor& y, float alpha, Rounding rounding);
// Error: scales that the fixed-point form has no numbers for.
Result<ByteTable> hard_swish_table(const Node& node, const ByteTensor& x, const ByteTensor& y);
// Of a node with one input and one output: the real function, rounded once.
ByteTable real_table(const Node& node, const ByteTensor& x, const ByteTensor& y);

}  // namespace paw
