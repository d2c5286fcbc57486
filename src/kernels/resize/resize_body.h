// The bodies of the resize kernels, shared by all tiers. The points of the columns are laid out once per call, those of
// a row once per row.
#pragma once

#include "kernels/resize/resize.h"
#include "kernels/vec/portable.h"

namespace paw::resize_detail {

// to[c] = sum of N weighted pixels.
template <class T, int N>
PAW_INLINE void weighted(const float* const* pixels, const float* weights, float* to, long channels) {
  using V = typename T::V;
  V w[static_cast<unsigned>(N)];  // the cast: gcc 12 warns of int here
  PAW_UNROLL for (int n = 0; n < N; ++n) w[n] = T::set(weights[n]);
  long c = 0;
  for (; c + T::kLanes <= channels; c += T::kLanes) {
    V sum = T::mul(T::load(pixels[0] + c), w[0]);
    PAW_UNROLL for (int n = 1; n < N; ++n) sum = T::fma(T::load(pixels[n] + c), w[n], sum);
    T::store(to + c, sum);
  }
  if (c == channels) return;
  const int left = static_cast<int>(channels - c);
  V sum = T::mul(T::load_first(pixels[0] + c, left), w[0]);
  PAW_UNROLL for (int n = 1; n < N; ++n) sum = T::fma(T::load_first(pixels[n] + c, left), w[n], sum);
  T::store_first(to + c, sum, left);
}

template <class T>
PAW_INLINE void copy(const float* from, float* to, long channels) {
  long c = 0;
  for (; c + T::kLanes <= channels; c += T::kLanes) T::store(to + c, T::load(from + c));
  if (c < channels) {
    const int left = static_cast<int>(channels - c);
    T::store_first(to + c, T::load_first(from + c, left), left);
  }
}

template <class T>
void nearest(const ResizeF32& p, const float* x, float* y, ResizePoint* columns, Range units) {
  const long channels = p.channels;
  for (std::int32_t i = 0; i < p.out_w; ++i) columns[i] = nearest_point(p.grid, p.in_w, p.out_w, i);
  for (long unit = units.begin; unit < units.end; ++unit) {
    const ResizePoint row = nearest_point(p.grid, p.in_h, p.out_h, static_cast<std::int32_t>(unit % p.out_h));
    const float* line = x + (unit / p.out_h * p.in_h + row.low) * p.in_w * channels;
    float* out = y + unit * p.out_w * channels;
    for (long ox = 0; ox < p.out_w; ++ox, out += channels) copy<T>(line + columns[ox].low * channels, out, channels);
  }
}

// Pixels of weight 0 are not read: infinity times 0 would be NaN.
template <class T>
void bilinear(const ResizeF32& p, const float* x, float* y, ResizePoint* columns, Range units) {
  const long channels = p.channels;
  const long line_floats = p.in_w * channels;
  for (std::int32_t i = 0; i < p.out_w; ++i) columns[i] = bilinear_point(p.grid, p.in_w, p.out_w, i);
  for (long unit = units.begin; unit < units.end; ++unit) {
    const ResizePoint row = bilinear_point(p.grid, p.in_h, p.out_h, static_cast<std::int32_t>(unit % p.out_h));
    const float* image = x + unit / p.out_h * p.in_h * line_floats;
    const float* low = image + row.low * line_floats;
    const float* high = image + row.high * line_floats;
    float* out = y + unit * p.out_w * channels;
    for (long ox = 0; ox < p.out_w; ++ox, out += channels) {
      const ResizePoint& column = columns[ox];
      const long a = column.low * channels, b = column.high * channels;
      const double left = 1 - column.fraction, right = column.fraction;
      const double top = 1 - row.fraction, bottom = row.fraction;
      const float* const pixels[4] = {low + a, column.fraction != 0 ? low + b : high + a, high + a, high + b};
      const float weights[4] = {static_cast<float>(top * left),
                                static_cast<float>(column.fraction != 0 ? top * right : bottom * left),
                                static_cast<float>(bottom * left), static_cast<float>(bottom * right)};
      if (row.fraction != 0 && column.fraction != 0) {
        weighted<T, 4>(pixels, weights, out, channels);
      } else if (row.fraction != 0 || column.fraction != 0) {
        weighted<T, 2>(pixels, weights, out, channels);
      } else {
        copy<T>(pixels[0], out, channels);
      }
    }
  }
}

}  // namespace paw::resize_detail
