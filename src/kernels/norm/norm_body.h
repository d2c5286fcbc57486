// What the bodies of the norm kernels share: chunks of rows, and columns of channels within them.
#pragma once

#include "kernels/norm/norm.h"
#include "kernels/vec/part.h"

namespace paw::norm_detail {

// Rows [begin, end) of a range of units, and of each chunk in it.
struct Rows {
  long begin, end;
};

PAW_INLINE long least(long a, long b) { return a < b ? a : b; }

PAW_INLINE Rows rows_of(const BatchNormF32& p, Range units) {
  return {least(units.begin * p.unit_rows, p.rows), least(units.end * p.unit_rows, p.rows)};
}

// Calls f(number of the chunk, its rows) for every chunk of the units.
template <class F>
PAW_INLINE void for_each_chunk(const BatchNormF32& p, Range units, const F& f) {
  for (std::int64_t unit = units.begin; unit < units.end; unit += p.grain) {
    const std::int64_t end = unit + p.grain < units.end ? unit + p.grain : units.end;
    f(unit / p.grain, rows_of(p, {unit, end}));
  }
}

PAW_INLINE void write_header(const BatchNormF32& p, Range units, float* partials) {
  if (units.begin == 0) partials[0] = static_cast<float>(static_cast<long>(p.grain) * p.unit_rows);
}

// Rows of a chunk by the header; within what the buffer is made for, whatever it says.
PAW_INLINE long chunk_rows(const BatchNormF32& p, const float* partials) {
  const long fewest = norm_chunk_rows(p.channels);
  const float said = partials[0];
  return said >= static_cast<float>(fewest) && said < 1e6f ? static_cast<long>(said) : fewest;
}

// Calls f.template operator()<NV, Full>(first channel, channels left) for blocks of Wide vectors, then of one.
template <class T, int Wide, class F>
PAW_INLINE void for_each_column(long channels, const F& f) {
  long c = 0;
  for (; c + Wide * T::kLanes <= channels; c += Wide * T::kLanes) f.template operator()<Wide, true>(c, 0);
  for (; c + T::kLanes <= channels; c += T::kLanes) f.template operator()<1, true>(c, 0);
  if (c < channels) f.template operator()<1, false>(c, static_cast<int>(channels - c));
}

// Calls f.template operator()<Full>(offset of the element, its channel, lanes) along rows of memory.
template <class T, class F>
PAW_INLINE void for_each_vector(const BatchNormF32& p, Range units, const F& f) {
  const Rows rows = rows_of(p, units);
  const long channels = p.channels;
  for (long row = rows.begin; row < rows.end; ++row) {
    const long at = row * channels;
    long c = 0;
    for (; c + T::kLanes <= channels; c += T::kLanes) f.template operator()<true>(at + c, c, 0);
    if (c < channels) f.template operator()<false>(at + c, c, static_cast<int>(channels - c));
  }
}

// Columns [c, c + count) of the combining kernels; calls f(rows of the chunk, its first partial at c, its second).
template <class F>
PAW_INLINE void for_each_partial(const BatchNormF32& p, const float* partials, long c, const F& f) {
  const long rows = chunk_rows(p, partials);
  const float* at = partials + kNormHeader + c;
  for (long first = 0; first < p.rows; first += rows, at += 2 * static_cast<long>(p.channels)) {
    f(static_cast<double>(least(rows, p.rows - first)), at, at + p.channels);
  }
}

// Calls f(first channel, how many, at most kNormColumns).
template <class F>
PAW_INLINE void for_each_finish(const BatchNormF32& p, Range units, const F& f) {
  for (std::int64_t unit = units.begin; unit < units.end; ++unit) {
    const long c = unit * kNormColumns;
    f(c, static_cast<int>(least(kNormColumns, p.channels - c)));
  }
}

}  // namespace paw::norm_detail
