// Moving elements without computing: one strided copy over up to six axes. It is transpose, slice, each part of a
// concat, both halves of a pad and, with input strides of 0, broadcasting and filling.
// Work unit: a block of the last two axes, about kMoveBlock elements.
#pragma once

#include <cstdint>

#include "kernels/range.h"

namespace paw {

inline constexpr int kMoveAxes = 6;
inline constexpr std::int64_t kMoveBlock = 4096;

// y[to_offset + sum i * to] = x[from_offset + sum i * from] for all coordinates i below the extents, outermost axis
// first; offsets and strides in elements. Trivially copyable: stored in plans.
struct Move {
  std::int64_t extents[kMoveAxes] = {1, 1, 1, 1, 1, 1};
  std::int64_t from[kMoveAxes] = {};
  std::int64_t to[kMoveAxes] = {};
  std::int64_t from_offset = 0, to_offset = 0;
  std::int64_t element_bytes = 4;  // 1, 2, 4 or 8
};

// The same elements moved, in the form that runs fastest: no axes of extent 1 but in front, neighbouring axes joined
// where both sides are contiguous, written in ascending order, and last but one an axis along which the input is
// contiguous if the last is not such an axis.
Move normalised(const Move& move);

// Extents of a block along the last two axes, and how many blocks there are.
struct MoveBlocks {
  std::int64_t rows, columns;  // elements of a block
  std::int64_t down, across;   // blocks along the last but one axis and the last
};
MoveBlocks move_blocks(const Move& move);
std::int64_t move_units(const Move& move);

using MoveFn = void (*)(const Move& params, const void* x, void* y, Range units);

}  // namespace paw
