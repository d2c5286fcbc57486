// Axes that ops drop or add, between the graph's order and the file's.
#pragma once

#include <array>
#include <vector>

#include "formats/coreml/layout.h"

namespace paw::coreml {

// Weights whose axes stand in the file as in the graph.
inline constexpr std::array<int, 1> kVector = {0};
inline constexpr std::array<int, 2> kMatrix = {0, 1};

inline AxisOrder home(const Shape& shape) { return AxisOrder::home(shape.rank()); }
// Only extents of 1 stand elsewhere in home order: no transpose is needed around a reshape.
inline bool same_at_home(const Shape& shape) { return home(shape).moves_nothing(shape); }
inline std::vector<std::int64_t> list(const Shape& shape) { return {shape.extents().begin(), shape.extents().end()}; }

// One flag per axis of the graph; `all_if_empty`: an empty list names all of them. Negative axes count from the end.
std::vector<bool> axis_flags(std::span<const std::int64_t> axes, int rank, bool all_if_empty);
// One flag per axis of the graph: the file's axes `file_axes`, within [0, order.rank()).
std::vector<bool> graph_flags(const AxisOrder& order, std::span<const std::int64_t> file_axes);
// The flagged axes of the graph as axes of the file, ascending.
std::vector<std::int64_t> file_axes(const AxisOrder& order, const std::vector<bool>& flagged);
// The numbers of the flagged axes, ascending.
std::vector<std::int64_t> flagged_axes(const std::vector<bool>& flags);
// The axes that are not flagged stand in the file as in the graph.
bool keeps_order(const AxisOrder& order, const std::vector<bool>& flagged);
// The order without the flagged axes of the graph.
AxisOrder without_axes(const AxisOrder& order, const std::vector<bool>& flagged);

// Where axes that a file adds go: `axes` of the graph, ascending, in a result that stands in the file as `order` says.
// An image gets them where the graph has them, as far as its other axes allow it.
struct NewAxes {
  AxisOrder order;
  std::vector<std::int64_t> axes;
};
// `file_axes`: within [0, rank).
NewAxes place_new_axes(std::span<const std::int64_t> file_axes, int rank);

}  // namespace paw::coreml
