#include "kernels/move/move.h"

namespace paw {

namespace {

// Transposing blocks are about square, so that both sides use whole cache lines.
constexpr std::int64_t kSquare = 64;

struct Axis {
  std::int64_t extent, from, to;
};

struct Axes {
  Axis items[kMoveAxes];
  int count = 0;
};

// Axes worth a loop, sorted by the output's strides (stable, descending).
Axes sorted_axes(const Move& move) {
  Axes axes;
  for (int i = 0; i < kMoveAxes; ++i) {
    if (move.extents[i] == 1) continue;
    const Axis axis{move.extents[i], move.from[i], move.to[i]};
    int at = axes.count++;
    for (; at > 0 && axes.items[at - 1].to < axis.to; --at) axes.items[at] = axes.items[at - 1];
    axes.items[at] = axis;
  }
  return axes;
}

Axes joined(const Axes& axes) {
  Axes out;
  for (int i = 0; i < axes.count; ++i) {
    const Axis& axis = axes.items[i];
    if (out.count > 0) {
      Axis& outer = out.items[out.count - 1];
      if (outer.from == axis.from * axis.extent && outer.to == axis.to * axis.extent) {
        outer = {outer.extent * axis.extent, axis.from, axis.to};
        continue;
      }
    }
    out.items[out.count++] = axis;
  }
  return out;
}

// Brings the axis with the smallest input stride next to the last one.
void pair_contiguous(Axes& axes) {
  if (axes.count < 3 || axes.items[axes.count - 1].from <= 1) return;
  int best = axes.count - 2;
  for (int i = 0; i < axes.count - 2; ++i) {
    if (axes.items[i].from > 0 && axes.items[i].from < axes.items[best].from) best = i;
  }
  const Axis chosen = axes.items[best];
  for (int i = best; i < axes.count - 2; ++i) axes.items[i] = axes.items[i + 1];
  axes.items[axes.count - 2] = chosen;
}

constexpr std::int64_t lesser(std::int64_t a, std::int64_t b) { return a < b ? a : b; }

}  // namespace

Move normalised(const Move& move) {
  Axes axes = joined(sorted_axes(move));
  pair_contiguous(axes);
  Move out{.from_offset = move.from_offset, .to_offset = move.to_offset, .element_bytes = move.element_bytes};
  const int skipped = kMoveAxes - axes.count;
  for (int i = 0; i < axes.count; ++i) {
    out.extents[skipped + i] = axes.items[i].extent;
    out.from[skipped + i] = axes.items[i].from;
    out.to[skipped + i] = axes.items[i].to;
  }
  return out;
}

MoveBlocks move_blocks(const Move& move) {
  const std::int64_t all_rows = move.extents[kMoveAxes - 2], all_columns = move.extents[kMoveAxes - 1];
  MoveBlocks out{};
  if (move.from[kMoveAxes - 1] <= 1) {
    out.columns = lesser(all_columns, kMoveBlock);
    out.rows = lesser(all_rows, kMoveBlock / out.columns);
  } else {
    out.rows = lesser(all_rows, kMoveBlock / lesser(all_columns, kSquare));
    out.columns = lesser(all_columns, kMoveBlock / out.rows);
  }
  out.down = ceil_div(all_rows, out.rows);
  out.across = ceil_div(all_columns, out.columns);
  return out;
}

std::int64_t move_units(const Move& move) {
  const MoveBlocks blocks = move_blocks(move);
  std::int64_t units = blocks.down * blocks.across;
  for (int i = 0; i < kMoveAxes - 2; ++i) units *= move.extents[i];
  return units;
}

}  // namespace paw
