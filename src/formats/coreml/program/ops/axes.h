// Axes that ops drop or add, between the graph's order and the file's.
#pragma once

#include <vector>

#include "formats/coreml/layout.h"

namespace paw::coreml::program {

// One flag per axis of the graph; `all_if_empty`: an empty list names all of them. Negative axes count from the end.
std::vector<bool> axis_flags(std::span<const std::int64_t> axes, int rank, bool all_if_empty);
// The flagged axes of the graph as axes of the file, ascending.
std::vector<std::int64_t> file_axes(const AxisOrder& order, const std::vector<bool>& flagged);
// The axes that are not flagged stand in the file as in the graph.
bool keeps_order(const AxisOrder& order, const std::vector<bool>& flagged);
// The order without the flagged axes of the graph.
AxisOrder without_axes(const AxisOrder& order, const std::vector<bool>& flagged);

}  // namespace paw::coreml::program
