// The body of the strided copy. It needs no arithmetic; T keeps the tiers' instances apart.
//
// Operands of a plan may overlap by mistake or malice: copies that could be memcpy are memmove.
#pragma once

#include "kernels/move/move.h"
#include "kernels/vec/portable.h"

namespace paw::move_detail {

typedef std::uint32_t Quad __attribute__((vector_size(16)));

// One block: rows and columns with their strides, in elements.
struct Block {
  long rows, columns;
  long from_row, from_column, to_row, to_column;
};

// A run of sizeof(Part) to 2 * sizeof(Part) bytes, as two parts that may overlap.
template <class T, class Part>
PAW_INLINE void copy_ends(const char* from, char* to, long bytes) {
  Part first, last;
  const long behind = bytes - static_cast<long>(sizeof(Part));
  __builtin_memcpy(&first, from, sizeof(Part));
  __builtin_memcpy(&last, from + behind, sizeof(Part));
  __builtin_memcpy(to, &first, sizeof(Part));
  __builtin_memcpy(to + behind, &last, sizeof(Part));
}

// Up to 64 bytes without a call.
template <class T>
PAW_INLINE void copy_run(const char* from, char* to, long bytes) {
  struct Pair {
    Quad q[2];
  };
  if (bytes > 64) {
    __builtin_memmove(to, from, static_cast<unsigned long>(bytes));
  } else if (bytes > 32) {
    copy_ends<T, Pair>(from, to, bytes);
  } else if (bytes >= 16) {
    copy_ends<T, Quad>(from, to, bytes);
  } else if (bytes >= 8) {
    copy_ends<T, std::uint64_t>(from, to, bytes);
  } else if (bytes >= 4) {
    copy_ends<T, std::uint32_t>(from, to, bytes);
  } else {
    for (long i = 0; i < bytes; ++i) to[i] = from[i];
  }
}

template <class T, class E>
PAW_INLINE void copy_rows(const Block& b, const E* from, E* to) {
  const long bytes = b.columns * static_cast<long>(sizeof(E));
  for (long r = 0; r < b.rows; ++r) {
    copy_run<T>(reinterpret_cast<const char*>(from + r * b.from_row), reinterpret_cast<char*>(to + r * b.to_row),
                bytes);
  }
}

template <class T, class E>
PAW_INLINE void fill_rows(const Block& b, const E* from, E* to) {
  for (long r = 0; r < b.rows; ++r) {
    const E value = from[r * b.from_row];
    E* line = to + r * b.to_row;
    for (long c = 0; c < b.columns; ++c) line[c] = value;
  }
}

template <class T, class E>
PAW_INLINE void copy_strided(const Block& b, const E* from, E* to) {
  for (long r = 0; r < b.rows; ++r) {
    for (long c = 0; c < b.columns; ++c) to[r * b.to_row + c * b.to_column] = from[r * b.from_row + c * b.from_column];
  }
}

// Four rows of four 32-bit elements, transposed in registers.
template <class T>
PAW_INLINE void transpose4(const std::uint32_t* from, long from_column, std::uint32_t* to, long to_row) {
  Quad q[4];
  PAW_UNROLL for (int i = 0; i < 4; ++i) __builtin_memcpy(&q[i], from + i * from_column, 16);
  const Quad a = __builtin_shufflevector(q[0], q[1], 0, 4, 1, 5), b = __builtin_shufflevector(q[2], q[3], 0, 4, 1, 5);
  const Quad c = __builtin_shufflevector(q[0], q[1], 2, 6, 3, 7), d = __builtin_shufflevector(q[2], q[3], 2, 6, 3, 7);
  q[0] = __builtin_shufflevector(a, b, 0, 1, 4, 5);
  q[1] = __builtin_shufflevector(a, b, 2, 3, 6, 7);
  q[2] = __builtin_shufflevector(c, d, 0, 1, 4, 5);
  q[3] = __builtin_shufflevector(c, d, 2, 3, 6, 7);
  PAW_UNROLL for (int i = 0; i < 4; ++i) __builtin_memcpy(to + i * to_row, &q[i], 16);
}

// The input is contiguous along rows, the output along columns.
template <class T>
PAW_INLINE void transpose(const Block& b, const std::uint32_t* from, std::uint32_t* to) {
  const long rows = b.rows / 4 * 4, columns = b.columns / 4 * 4;
  for (long r = 0; r < rows; r += 4) {
    for (long c = 0; c < columns; c += 4) {
      transpose4<T>(from + r + c * b.from_column, b.from_column, to + r * b.to_row + c, b.to_row);
    }
  }
  Block right = b, below = b;
  right.rows = rows;
  right.columns = b.columns - columns;
  copy_strided<T>(right, from + columns * b.from_column, to + columns);
  below.rows = b.rows - rows;
  copy_strided<T>(below, from + rows, to + rows * b.to_row);
}

template <class T, class E>
PAW_INLINE void move_block(const Block& b, const E* from, E* to) {
  if (b.to_column == 1 && b.from_column == 1) {
    copy_rows<T>(b, from, to);
  } else if (b.to_column == 1 && b.from_column == 0) {
    fill_rows<T>(b, from, to);
  } else if (sizeof(E) == 4 && b.to_column == 1 && b.from_row == 1) {
    if constexpr (sizeof(E) == 4) transpose<T>(b, from, to);
  } else {
    copy_strided<T>(b, from, to);
  }
}

// Where a unit stands: the outer coordinates, then the block.
struct Position {
  long at[kMoveAxes];
};

PAW_INLINE void next(const long* counts, Position& position) {
  for (int i = kMoveAxes - 1; i >= 0; --i) {
    if (++position.at[i] < counts[i]) return;
    position.at[i] = 0;
  }
}

template <class T, class E>
void move_elements(const Move& m, const E* x, E* y, Range units) {
  constexpr int kRow = kMoveAxes - 2, kColumn = kMoveAxes - 1;
  const MoveBlocks blocks = move_blocks(m);
  const long counts[kMoveAxes] = {m.extents[0], m.extents[1], m.extents[2], m.extents[3], blocks.down, blocks.across};
  Position position{};
  long rest = units.begin;
  for (int i = kColumn; i >= 0; --i) {
    position.at[i] = rest % counts[i];
    rest /= counts[i];
  }
  for (long unit = units.begin; unit < units.end; ++unit, next(counts, position)) {
    const long row = position.at[kRow] * blocks.rows, column = position.at[kColumn] * blocks.columns;
    long from = m.from_offset + row * m.from[kRow] + column * m.from[kColumn];
    long to = m.to_offset + row * m.to[kRow] + column * m.to[kColumn];
    for (int i = 0; i < kRow; ++i) {
      from += position.at[i] * m.from[i];
      to += position.at[i] * m.to[i];
    }
    const long rows = m.extents[kRow] - row, columns = m.extents[kColumn] - column;
    const Block block{rows < blocks.rows ? rows : blocks.rows,
                      columns < blocks.columns ? columns : blocks.columns,
                      m.from[kRow],
                      m.from[kColumn],
                      m.to[kRow],
                      m.to[kColumn]};
    move_block<T>(block, x + from, y + to);
  }
}

template <class T>
void move(const Move& m, const void* x, void* y, Range units) {
  switch (m.element_bytes) {
    case 1: move_elements<T>(m, static_cast<const std::uint8_t*>(x), static_cast<std::uint8_t*>(y), units); break;
    case 2: move_elements<T>(m, static_cast<const std::uint16_t*>(x), static_cast<std::uint16_t*>(y), units); break;
    case 4: move_elements<T>(m, static_cast<const std::uint32_t*>(x), static_cast<std::uint32_t*>(y), units); break;
    default: move_elements<T>(m, static_cast<const std::uint64_t*>(x), static_cast<std::uint64_t*>(y), units); break;
  }
}

}  // namespace paw::move_detail
