#include "ops/axes.h"

#include <algorithm>

namespace paw {

Result<int> resolve_axis(const OpCall& call, std::int64_t axis, int rank) {
  if (axis < -rank || axis >= rank) {
    return call.error("expected an axis of a tensor of rank " + std::to_string(rank) + ", got " + std::to_string(axis));
  }
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

Result<AxisSet> resolve_axes(const OpCall& call, std::span<const std::int64_t> axes, int rank) {
  AxisSet set{};
  for (const std::int64_t axis : axes) {
    PAW_ASSIGN_OR_RETURN(const int resolved, resolve_axis(call, axis, rank));
    bool& flag = set[static_cast<std::size_t>(resolved)];
    if (flag) return call.error("expected every axis once, got axis " + std::to_string(axis) + " again");
    flag = true;
  }
  return set;
}

AxisSet axis_set(std::span<const std::int64_t> axes, int rank) {
  AxisSet set{};
  for (const std::int64_t axis : axes) set[static_cast<std::size_t>(axis < 0 ? axis + rank : axis)] = true;
  return set;
}

std::string list_text(std::span<const std::int64_t> values) {
  constexpr std::size_t kShown = 8;
  std::string out = "[";
  for (std::size_t i = 0; i < std::min(values.size(), kShown); ++i) {
    if (i > 0) out += ",";
    out += std::to_string(values[i]);
  }
  return out + (values.size() > kShown ? ",...]" : "]");
}

}  // namespace paw
