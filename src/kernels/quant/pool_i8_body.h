// The bodies of pooling, sums and softmax on 8-bit elements: plain loops over channels, which compilers turn into
// vectors of each tier. T keeps the tiers' instances apart.
#pragma once

#include "kernels/quant/fixed_point.h"
#include "kernels/quant/pool_i8.h"
#include "kernels/vec/portable.h"

namespace paw::pool_i8_detail {

constexpr long kChannels = 64;  // of a block

// The taps [first, first + count) of a window that begins at `start` of an axis of `extent`.
struct Inside {
  long first, count;
};
PAW_INLINE Inside inside(long start, long kernel, long extent) {
  const long first = start < 0 ? -start : 0;
  const long end = kernel < extent - start ? kernel : extent - start;
  return {first, end > first ? end - first : 0};
}

// sum / count, halves away from zero. Floats divide exactly enough as long as the quotient's distance to the next
// integer, 1 / count at least, is more than their rounding.
PAW_INLINE std::int32_t average(std::int32_t sum, std::int32_t count) {
  const std::int32_t half = count / 2;
  return (sum > 0 ? sum + half : sum - half) / count;
}
PAW_INLINE std::int32_t average_of_few(std::int32_t sum, std::int32_t count) {
  const std::int32_t half = count / 2;
  return static_cast<std::int32_t>(static_cast<float>(sum > 0 ? sum + half : sum - half) / static_cast<float>(count));
}
constexpr std::int32_t kFew = 1 << 14;

// Channels [0, n) of one output pixel; rows x columns taps from `x`.
template <class T, class E>
PAW_INLINE void maximum(const E* x, long line, long channels, long rows, long columns, long n, E* y) {
  E best[kChannels];
  for (long c = 0; c < n; ++c) best[c] = x[c];
  for (long r = 0; r < rows; ++r) {
    for (long k = 0; k < columns; ++k) {
      const E* tap = x + r * line + k * channels;
      for (long c = 0; c < n; ++c) best[c] = tap[c] > best[c] ? tap[c] : best[c];
    }
  }
  for (long c = 0; c < n; ++c) y[c] = best[c];
}

template <class T, class E>
PAW_INLINE void mean(const E* x, long line, long channels, long rows, long columns, long n, E* y) {
  std::int32_t sums[kChannels] = {};
  for (long r = 0; r < rows; ++r) {
    for (long k = 0; k < columns; ++k) {
      const E* tap = x + r * line + k * channels;
      for (long c = 0; c < n; ++c) sums[c] += tap[c];
    }
  }
  const auto count = static_cast<std::int32_t>(rows * columns);
  if (count <= kFew) {
    for (long c = 0; c < n; ++c) y[c] = static_cast<E>(average_of_few(sums[c], count));
  } else {
    for (long c = 0; c < n; ++c) y[c] = static_cast<E>(average(sums[c], count));
  }
}

template <class T, class E>
void pool(const PoolI8& params, const E* x, E* y, Range units) {
  const PoolF32& p = params.window;
  const long channels = p.channels, line = p.in_w * channels;
  for (long unit = units.begin; unit < units.end; ++unit) {
    const long iy = unit % p.out_h * p.stride_h - p.pad_top;
    const Inside rows = inside(iy, p.kernel_h, p.in_h);
    const E* image = x + unit / p.out_h * p.in_h * line;
    E* out = y + unit * p.out_w * channels;
    for (long ox = 0; ox < p.out_w; ++ox, out += channels) {
      const long ix = ox * p.stride_w - p.pad_left;
      const Inside columns = inside(ix, p.kernel_w, p.in_w);
      const bool any = rows.count > 0 && columns.count > 0;
      const E* first = any ? image + (iy + rows.first) * line + (ix + columns.first) * channels : nullptr;
      for (long c = 0; c < channels; c += kChannels) {
        const long n = channels - c < kChannels ? channels - c : kChannels;
        if (!any) {  // no graph makes such a window
          __builtin_memset(out + c, 0, static_cast<unsigned long>(n));
        } else if (params.average != 0) {
          mean<T>(first + c, line, channels, rows.count, columns.count, n, out + c);
        } else {
          maximum<T>(first + c, line, channels, rows.count, columns.count, n, out + c);
        }
      }
    }
  }
}

template <class T>
void pool(const PoolI8& p, const std::uint8_t* x, std::uint8_t* y, Range units) {
  if (p.is_signed != 0) {
    pool<T>(p, reinterpret_cast<const std::int8_t*>(x), reinterpret_cast<std::int8_t*>(y), units);
  } else {
    pool<T, std::uint8_t>(p, x, y, units);
  }
}

PAW_INLINE std::int32_t reduced(const ReduceI8& p, std::int32_t sum) {
  const Quantised& q = p.y;
  if (p.way == Requantise::kFloat) {
    float v = static_cast<float>(sum) * __builtin_bit_cast(float, p.scale) + p.offset;
    v = __builtin_nearbyintf(v);
    v = v > static_cast<float>(q.min) ? v : static_cast<float>(q.min);
    return static_cast<std::int32_t>(v < static_cast<float>(q.max) ? v : static_cast<float>(q.max));
  }
  const auto none = static_cast<std::uint32_t>(p.reduce) * static_cast<std::uint32_t>(p.x_zero);
  const auto less = static_cast<std::int32_t>(static_cast<std::uint32_t>(sum) - none);
  const std::int32_t v = scaled_twice_rounded(less, {p.scale, p.shift});
  return clamped(wrapped(static_cast<std::int64_t>(v) + q.zero), q.min, q.max);
}

template <class T, class E>
void reduce(const ReduceI8& p, const E* x, std::uint8_t* y, Range units) {
  const long blocks = ceil_div(p.inner, kReduceColumns);
  for (long unit = units.begin; unit < units.end; ++unit) {
    const long outer = unit / blocks, first = unit % blocks * kReduceColumns;
    const long n = p.inner - first < kReduceColumns ? p.inner - first : kReduceColumns;
    std::uint32_t sums[kReduceColumns] = {};
    const E* from = x + outer * p.reduce * p.inner + first;
    for (long r = 0; r < p.reduce; ++r, from += p.inner) {
      for (long c = 0; c < n; ++c) sums[c] += static_cast<std::uint32_t>(static_cast<std::int32_t>(from[c]));
    }
    std::uint8_t* to = y + outer * p.inner + first;
    for (long c = 0; c < n; ++c) to[c] = static_cast<std::uint8_t>(reduced(p, static_cast<std::int32_t>(sums[c])));
  }
}

template <class T>
void reduce(const ReduceI8& p, const std::uint8_t* x, std::uint8_t* y, Range units) {
  if (p.is_signed != 0) {
    reduce<T>(p, reinterpret_cast<const std::int8_t*>(x), y, units);
  } else {
    reduce<T, std::uint8_t>(p, x, y, units);
  }
}

// One line in floats: sums in the order of the elements.
template <class E>
PAW_INLINE void line_float(const SoftmaxI8& p, const float* table, const E* x, E* y, std::int32_t most) {
  float sum = 0;
  for (long i = 0; i < p.axis; ++i) sum += table[most - x[i]];
  const float inverse = 1.0f / (sum * p.y_scale);
  for (long i = 0; i < p.axis; ++i) {
    float v = table[most - x[i]] * inverse;
    v = v < 255.0f ? v : 255.0f;  // also what a table of no exponentials may give
    v = v > 0.0f ? v : 0.0f;
    y[i] = static_cast<E>(half_added(v) - (p.is_signed != 0 ? 128 : 0));
  }
}

template <class E>
PAW_INLINE void line_fixed(const SoftmaxI8& p, const std::int32_t* table, const E* x, E* y, std::int32_t most) {
  constexpr int kSumBits = 12;
  const std::int32_t lowest = p.is_signed != 0 ? -128 : 0;
  std::uint32_t sum = 0;
  for (long i = 0; i < p.axis; ++i) {
    const std::int32_t d = most - x[i];
    if (d <= p.last) sum += static_cast<std::uint32_t>(rounded_shift(table[d], kSumBits));
  }
  int over = 0;
  const std::int32_t inverse = fixed_point::reciprocal(static_cast<std::int32_t>(sum | (sum == 0)), kSumBits, over);
  for (long i = 0; i < p.axis; ++i) {
    const std::int32_t d = most - x[i];
    std::int32_t v = 0;
    if (d <= p.last) v = rounded_shift(fixed_point::times(inverse, table[d]), over + 31 - 8);
    y[i] = static_cast<E>(clamped(v, 0, 255) + lowest);
  }
}

template <class T, class E>
void softmax(const SoftmaxI8& p, const std::int32_t* table, const E* x, E* y, Range units) {
  for (long unit = units.begin; unit < units.end; ++unit) {
    const E* line = x + unit * p.axis;
    E most = line[0];
    for (long i = 0; i < p.axis; ++i) most = line[i] > most ? line[i] : most;
    if (p.way == Requantise::kFloat) {
      line_float<E>(p, reinterpret_cast<const float*>(table), line, y + unit * p.axis, most);
    } else {
      line_fixed<E>(p, table, line, y + unit * p.axis, most);
    }
  }
}

template <class T>
void softmax(const SoftmaxI8& p, const std::int32_t* table, const std::uint8_t* x, std::uint8_t* y, Range units) {
  if (p.is_signed != 0) {
    softmax<T>(p, table, reinterpret_cast<const std::int8_t*>(x), reinterpret_cast<std::int8_t*>(y), units);
  } else {
    softmax<T, std::uint8_t>(p, table, x, y, units);
  }
}

}  // namespace paw::pool_i8_detail
