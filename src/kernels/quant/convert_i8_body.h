// The bodies of conversions and resizing, plain loops that compilers turn into vectors of each tier. T keeps the tiers'
// instances apart.
#pragma once

#include "kernels/quant/convert_i8.h"
#include "kernels/vec/portable.h"

namespace paw::convert_i8_detail {

template <class T>
void quantise(const QuantiseI8& p, const float* x, std::uint8_t* y, Range units) {
  const long limit = units.end * p.unit, end = limit < p.count ? limit : p.count;
  const float lo = static_cast<float>(p.y.min - p.y.zero), hi = static_cast<float>(p.y.max - p.y.zero);
  const float not_a_number = static_cast<float>(-p.y.zero);
  const float scale = p.scale;
  const std::int32_t zero = p.y.zero;
  if (p.way == Requantise::kFloat) {
    for (long i = units.begin * p.unit; i < end; ++i) {
      float v = x[i] * scale;
      v = v == v ? v : not_a_number;
      v = v > lo ? v : lo;
      v = v < hi ? v : hi;
      y[i] = static_cast<std::uint8_t>(static_cast<std::int32_t>(__builtin_nearbyintf(v)) + zero);
    }
    return;
  }
  for (long i = units.begin * p.unit; i < end; ++i) {
    float v = x[i] / scale;
    v = v == v ? v : not_a_number;
    v = v > lo ? v : lo;
    v = v < hi ? v : hi;
    // Halves away from zero: adding one half first would carry the number just below it up.
    const float whole = __builtin_truncf(v), rest = v - whole;
    const float up = rest >= 0.5f ? 1.0f : rest <= -0.5f ? -1.0f : 0.0f;
    y[i] = static_cast<std::uint8_t>(static_cast<std::int32_t>(whole + up) + zero);
  }
}

template <class T, class E>
PAW_INLINE void dequantise(const DequantiseI8& p, const E* x, float* y, Range units) {
  const long limit = units.end * p.unit, end = limit < p.count ? limit : p.count;
  const float scale = p.scale;
  const std::int32_t zero = p.zero;
  for (long i = units.begin * p.unit; i < end; ++i) y[i] = static_cast<float>(x[i] - zero) * scale;
}

template <class T>
void dequantise(const DequantiseI8& p, const std::uint8_t* x, float* y, Range units) {
  if (p.is_signed != 0) {
    dequantise<T>(p, reinterpret_cast<const std::int8_t*>(x), y, units);
  } else {
    dequantise<T, std::uint8_t>(p, x, y, units);
  }
}

// The four pixels that a result lies between, and where.
template <class E>
struct Corners {
  const E *top_left, *top_right, *bottom_left, *bottom_right;
  ResizePointI8 y, x;
};

template <class E>
PAW_INLINE void blend_eleven(const Corners<E>& c, E* to, long channels) {
  const std::int32_t wy = c.y.weight, wx = c.x.weight;
  for (long i = 0; i < channels; ++i) {
    const std::int32_t top = c.top_left[i] * 2048 + (c.top_right[i] - c.top_left[i]) * wx;
    const std::int32_t bottom = c.bottom_left[i] * 2048 + (c.bottom_right[i] - c.bottom_left[i]) * wx;
    to[i] = static_cast<E>((top * 2048 + (bottom - top) * wy + (1 << 21)) >> 22);
  }
}

template <class E>
PAW_INLINE void blend_ten(const Corners<E>& c, E* to, long channels) {
  const std::int64_t wy = c.y.weight, wx = c.x.weight;
  for (long i = 0; i < channels; ++i) {
    const std::int64_t sum = c.top_left[i] * (1024 - wy) * (1024 - wx) + c.bottom_left[i] * wy * (1024 - wx) +
                             c.top_right[i] * (1024 - wy) * wx + c.bottom_right[i] * wy * wx;
    to[i] = static_cast<E>((sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20));
  }
}

template <class E>
PAW_INLINE void blend_float(const Corners<E>& c, E* to, long channels) {
  const float wy = c.y.fraction, wx = c.x.fraction;
  for (long i = 0; i < channels; ++i) {
    const float sum =
        static_cast<float>(c.top_left[i]) * (1 - wy) * (1 - wx) + static_cast<float>(c.bottom_left[i]) * wy * (1 - wx) +
        static_cast<float>(c.top_right[i]) * (1 - wy) * wx + static_cast<float>(c.bottom_right[i]) * wy * wx;
    to[i] = static_cast<E>(half_added(sum));
  }
}

template <class T, class E>
PAW_INLINE void resize(const ResizeI8& p, const E* x, E* y, ResizePointI8* columns, Range units) {
  const ResizeF32& s = p.image;
  const long channels = s.channels, line = s.in_w * channels;
  for (std::int32_t i = 0; i < s.out_w; ++i) columns[i] = resize_point_i8(p.way, s.grid, s.in_w, s.out_w, i);
  for (long unit = units.begin; unit < units.end; ++unit) {
    const auto row = resize_point_i8(p.way, s.grid, s.in_h, s.out_h, static_cast<std::int32_t>(unit % s.out_h));
    const E* top = x + (unit / s.out_h * s.in_h + row.low) * line;
    const E* bottom = x + (unit / s.out_h * s.in_h + row.high) * line;
    E* to = y + unit * s.out_w * channels;
    for (long i = 0; i < s.out_w; ++i, to += channels) {
      const ResizePointI8& at = columns[i];
      const long left = at.low * channels, right = at.high * channels;
      const Corners<E> c{top + left, top + right, bottom + left, bottom + right, row, at};
      switch (p.way) {
        case ResizeI8Way::kEleven: blend_eleven(c, to, channels); break;
        case ResizeI8Way::kTen: blend_ten(c, to, channels); break;
        case ResizeI8Way::kFloat: blend_float(c, to, channels); break;
        case ResizeI8Way::kNearest: __builtin_memcpy(to, c.top_left, static_cast<unsigned long>(channels)); break;
      }
    }
  }
}

template <class T>
void resize(const ResizeI8& p, const std::uint8_t* x, std::uint8_t* y, ResizePointI8* scratch, Range units) {
  if (p.is_signed != 0) {
    resize<T>(p, reinterpret_cast<const std::int8_t*>(x), reinterpret_cast<std::int8_t*>(y), scratch, units);
  } else {
    resize<T, std::uint8_t>(p, x, y, scratch, units);
  }
}

}  // namespace paw::convert_i8_detail
