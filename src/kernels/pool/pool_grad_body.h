// The bodies of the pools' gradients, shared by all tiers: a row of dx gathers from every window that it lies in, in
// the order of the windows. The windows of a maximum are searched again for each of their rows.
#pragma once

#include "kernels/pool/pool_body.h"

namespace paw::pool_detail {

// The windows [first, end) of an axis that hold position `at` of the image.
struct Holders {
  long first, end;
};
PAW_INLINE Holders holders(long at, long kernel, long stride, long pad, long outputs) {
  const long after = at + pad - kernel + 1;  // a window begins here or behind it
  const long first = after <= 0 ? 0 : (after + stride - 1) / stride, end = (at + pad) / stride + 1;
  return {first, end < outputs ? end : outputs};
}

// One window clipped to the image.
struct Window {
  long top, left;  // of the first pixel inside
  long rows, columns;
};

// The place of the first maximum, counted through the window's pixels in row-major order. NaN wins only as the first.
template <class T, bool Full>
PAW_INLINE typename T::V place_of_maximum(const Window& w, const float* first, long line, long channels, int lanes) {
  using V = typename T::V;
  V best = T::set(0.0f), place = T::set(0.0f);
  float number = 0.0f;
  for (long ky = 0; ky < w.rows; ++ky) {
    const float* at = first + ky * line;
    for (long kx = 0; kx < w.columns; ++kx, at += channels, number += 1.0f) {
      const V x = Full ? T::load(at) : T::load_first(at, lanes);
      const auto better = T::less(best, x);
      place = number == 0.0f ? place : T::select(better, T::set(number), place);
      best = number == 0.0f ? x : T::select(better, x, best);
    }
  }
  return place;
}

// What the window gives to its pixels in one row of the image. dy: of the window; dx: the row's first pixel inside; x:
// the window's first pixel inside; row: which row of the window.
template <class T, bool Max, bool Full>
PAW_INLINE void give(const Window& w, long row, const float* dy, const float* x, float* dx, long line, long channels,
                     float divisor, int lanes) {
  using V = typename T::V;
  const V given = Full ? T::load(dy) : T::load_first(dy, lanes);
  V place = T::set(0.0f), share = given;
  if constexpr (Max) {
    place = place_of_maximum<T, Full>(w, x, line, channels, lanes);
  } else {
    share = T::div(given, T::set(divisor));
  }
  for (long kx = 0; kx < w.columns; ++kx, dx += channels) {
    if constexpr (Max) {
      const V here = T::set(static_cast<float>(row * w.columns + kx));
      share = T::select(T::equal(place, here), given, T::set(0.0f));
    }
    const V sum = T::add(Full ? T::load(dx) : T::load_first(dx, lanes), share);
    if constexpr (Full) {
      T::store(dx, sum);
    } else {
      T::store_first(dx, sum, lanes);
    }
  }
}

template <class T, bool Max>
void pool_grad(const PoolF32& p, const float* dy, const float* x, float* dx, Range units) {
  const long channels = p.channels, line = p.in_w * channels;
  const float whole = static_cast<float>(p.kernel_h) * static_cast<float>(p.kernel_w);
  for (long unit = units.begin; unit < units.end; ++unit) {
    const long n = unit / p.in_h, iy = unit % p.in_h;
    float* to = dx + unit * line;
    for (long i = 0; i < line; ++i) to[i] = 0.0f;
    const Holders rows = holders(iy, p.kernel_h, p.stride_h, p.pad_top, p.out_h);
    for (long oy = rows.first; oy < rows.end; ++oy) {
      const long top = oy * p.stride_h - p.pad_top;
      const Inside down = inside(top, p.kernel_h, p.in_h);
      for (long ox = 0; ox < p.out_w; ++ox) {
        const long left = ox * p.stride_w - p.pad_left;
        const Inside across = inside(left, p.kernel_w, p.in_w);
        if (across.count == 0) continue;
        const Window w{top + down.first, left + across.first, down.count, across.count};
        const float count = static_cast<float>(w.rows) * static_cast<float>(w.columns);
        const float divisor = p.count_padding != 0 ? whole : count;
        const float* from = dy + ((n * p.out_h + oy) * p.out_w + ox) * channels;
        const float* pixel = Max ? x + (n * p.in_h + w.top) * line + w.left * channels : nullptr;
        float* target = to + w.left * channels;
        long c = 0;
        for (; c + T::kLanes <= channels; c += T::kLanes) {
          give<T, Max, true>(w, iy - w.top, from + c, Max ? pixel + c : nullptr, target + c, line, channels, divisor,
                             0);
        }
        if (c < channels) {
          give<T, Max, false>(w, iy - w.top, from + c, Max ? pixel + c : nullptr, target + c, line, channels, divisor,
                              static_cast<int>(channels - c));
        }
      }
    }
  }
}

}  // namespace paw::pool_detail
