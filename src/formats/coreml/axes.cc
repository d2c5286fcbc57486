#include "formats/coreml/axes.h"

namespace paw::coreml {

std::vector<bool> axis_flags(std::span<const std::int64_t> axes, int rank, bool all_if_empty) {
  std::vector<bool> flags(static_cast<std::size_t>(rank), axes.empty() && all_if_empty);
  for (const std::int64_t axis : axes) flags[static_cast<std::size_t>(axis < 0 ? axis + rank : axis)] = true;
  return flags;
}

std::vector<bool> graph_flags(const AxisOrder& order, std::span<const std::int64_t> file_axes) {
  std::vector<bool> flags(static_cast<std::size_t>(order.rank()));
  for (const std::int64_t axis : file_axes) flags[static_cast<std::size_t>(order[static_cast<int>(axis)])] = true;
  return flags;
}

std::vector<std::int64_t> file_axes(const AxisOrder& order, const std::vector<bool>& flagged) {
  std::vector<std::int64_t> out;
  for (int i = 0; i < order.rank(); ++i) {
    if (flagged[static_cast<std::size_t>(order[i])]) out.push_back(i);
  }
  return out;
}

std::vector<std::int64_t> flagged_axes(const std::vector<bool>& flags) {
  std::vector<std::int64_t> axes;
  for (std::size_t i = 0; i < flags.size(); ++i) {
    if (flags[i]) axes.push_back(static_cast<std::int64_t>(i));
  }
  return axes;
}

AxisOrder without_axes(const AxisOrder& order, const std::vector<bool>& flagged) {
  std::vector<int> left;
  for (int i = 0; i < order.rank(); ++i) {
    int axis = order[i];
    if (flagged[static_cast<std::size_t>(axis)]) continue;
    for (int before = 0; before < order[i]; ++before) axis -= flagged[static_cast<std::size_t>(before)] ? 1 : 0;
    left.push_back(axis);
  }
  return AxisOrder(left);
}

bool keeps_order(const AxisOrder& order, const std::vector<bool>& flagged) {
  return without_axes(order, flagged).identity();
}

NewAxes place_new_axes(std::span<const std::int64_t> file_axes, int rank) {
  const AxisOrder home = AxisOrder::home(rank);
  const AxisOrder order = keeps_order(home, graph_flags(home, file_axes)) ? home : AxisOrder(rank);
  return {order, flagged_axes(graph_flags(order, file_axes))};
}

}  // namespace paw::coreml
