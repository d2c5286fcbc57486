// The bodies of the pools, shared by all tiers: per output pixel, up to four vectors of channels at a time over the
// taps that lie inside the image.
#pragma once

#include "kernels/pool/pool.h"
#include "kernels/vec/portable.h"

namespace paw::pool_detail {

template <class T>
struct Max {
  using V = typename T::V;
  static PAW_INLINE V start() { return T::set(-__builtin_inff()); }
  // at_least() passes on a NaN of `best`; that of `x` needs the select.
  static PAW_INLINE V join(V best, V x) { return T::select(T::equal(x, x), T::at_least(best, x), x); }
  static PAW_INLINE V finish(V best, V /*divisor*/) { return best; }
};

template <class T>
struct Average {
  using V = typename T::V;
  static PAW_INLINE V start() { return T::set(0.0f); }
  static PAW_INLINE V join(V sum, V x) { return T::add(sum, x); }
  static PAW_INLINE V finish(V sum, V divisor) { return T::div(sum, divisor); }
};

// The taps of one window inside the image.
template <class T>
struct Taps {
  const float* x;  // the first one, channel 0
  long line;       // floats from a row of taps to the next
  long pixel;      // from a tap to the next
  long ny, nx;
  typename T::V divisor;
};

// NV vectors of channels, Full: all of them exist, else the first `channels` of one vector. Rows are joined first and
// then with each other: sums of large windows stay accurate.
template <class T, class Op, int NV, bool Full>
PAW_INLINE void tile(const Taps<T>& taps, long channel, float* y, int channels) {
  using V = typename T::V;
  V all[static_cast<unsigned>(NV)];  // the cast: gcc 12 warns of int here
  PAW_UNROLL for (int v = 0; v < NV; ++v) all[v] = Op::start();
  const float* line = taps.x + channel;
  for (long ky = 0; ky < taps.ny; ++ky, line += taps.line) {
    V row[static_cast<unsigned>(NV)];
    PAW_UNROLL for (int v = 0; v < NV; ++v) row[v] = Op::start();
    const float* at = line;
    for (long kx = 0; kx < taps.nx; ++kx, at += taps.pixel) {
      PAW_UNROLL for (int v = 0; v < NV; ++v) {
        row[v] = Op::join(row[v], Full ? T::load(at + v * T::kLanes) : T::load_first(at, channels));
      }
    }
    PAW_UNROLL for (int v = 0; v < NV; ++v) all[v] = Op::join(all[v], row[v]);
  }
  PAW_UNROLL for (int v = 0; v < NV; ++v) {
    const V out = Op::finish(all[v], taps.divisor);
    if constexpr (Full) {
      T::store(y + channel + v * T::kLanes, out);
    } else {
      T::store_first(y + channel, out, channels);
    }
  }
}

template <class T, class Op>
PAW_INLINE void pixel(const Taps<T>& taps, long channels, float* y) {
  constexpr int kWide = 4;
  long c = 0;
  for (; c + kWide * T::kLanes <= channels; c += kWide * T::kLanes) tile<T, Op, kWide, true>(taps, c, y, 0);
  for (; c + T::kLanes <= channels; c += T::kLanes) tile<T, Op, 1, true>(taps, c, y, 0);
  if (c < channels) tile<T, Op, 1, false>(taps, c, y, static_cast<int>(channels - c));
}

// The taps [first, first + count) of a window that begins at `start` of an axis of `extent`.
struct Inside {
  long first, count;
};
PAW_INLINE Inside inside(long start, long kernel, long extent) {
  const long first = start < 0 ? -start : 0;
  const long end = kernel < extent - start ? kernel : extent - start;
  return {first, end > first ? end - first : 0};
}

template <class T, class Op>
void pool(const PoolF32& p, const float* x, float* y, Range units) {
  const long channels = p.channels;
  const float whole = static_cast<float>(p.kernel_h) * static_cast<float>(p.kernel_w);
  for (long unit = units.begin; unit < units.end; ++unit) {
    const long iy = unit % p.out_h * p.stride_h - p.pad_top;
    const Inside rows = inside(iy, p.kernel_h, p.in_h);
    const float* image = x + unit / p.out_h * p.in_h * p.in_w * channels;
    float* out = y + unit * p.out_w * channels;
    for (long ox = 0; ox < p.out_w; ++ox, out += channels) {
      const long ix = ox * p.stride_w - p.pad_left;
      const Inside columns = inside(ix, p.kernel_w, p.in_w);
      const bool any = rows.count > 0 && columns.count > 0;
      const float* first = any ? image + ((iy + rows.first) * p.in_w + ix + columns.first) * channels : x;
      const float count = static_cast<float>(rows.count) * static_cast<float>(columns.count);
      const Taps<T> taps{first,         p.in_w * channels,
                         channels,      any ? rows.count : 0,
                         columns.count, T::set(p.count_padding != 0 ? whole : count)};
      pixel<T, Op>(taps, channels, out);
    }
  }
}

}  // namespace paw::pool_detail
