// Axis lists as attributes: resolved against a rank, negative axes counted from the end.
#pragma once

#include <array>

#include "ir/op_def.h"

namespace paw {

// One flag per axis.
using AxisSet = std::array<bool, kMaxRank>;

// `axis` as a number in [0, rank). Error: outside [-rank, rank).
Result<int> resolve_axis(const OpCall& call, std::int64_t axis, int rank);

// The axes listed. Errors: one outside [-rank, rank), or named twice.
Result<AxisSet> resolve_axes(const OpCall& call, std::span<const std::int64_t> axes, int rank);

// The same without a check, for lists that resolve_axes accepted.
AxisSet axis_set(std::span<const std::int64_t> axes, int rank);

// "[0,-1,7]", for messages; long lists are cut.
std::string list_text(std::span<const std::int64_t> values);

}  // namespace paw
