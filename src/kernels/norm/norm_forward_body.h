// The bodies of the forward kernels.
#pragma once

#include "kernels/norm/norm_body.h"

namespace paw::norm_detail {

// Mean and squared distances of NV vectors of channels over `rows` rows. The second pass also finds what the first sum
// lost to rounding: a mean far from 0 costs no digits of the variance.
template <class T, int NV, bool Full>
PAW_INLINE void chunk_moments(const float* x, long rows, long stride, float* mean, float* squares, int lanes) {
  using V = typename T::V;
  V sum[NV], all[NV];
  PAW_UNROLL for (int v = 0; v < NV; ++v) sum[v] = T::set(0.0f);
  const float* at = x;
  for (long r = 0; r < rows; ++r, at += stride) {
    PAW_UNROLL for (int v = 0; v < NV; ++v) sum[v] = T::add(sum[v], vec::load_part<T, Full>(at + v * T::kLanes, lanes));
  }
  const V count = T::set(static_cast<float>(rows));
  V centre[NV];
  PAW_UNROLL for (int v = 0; v < NV; ++v) {
    centre[v] = T::div(sum[v], count);
    sum[v] = all[v] = T::set(0.0f);
  }
  at = x;
  for (long r = 0; r < rows; ++r, at += stride) {
    PAW_UNROLL for (int v = 0; v < NV; ++v) {
      const V d = T::sub(vec::load_part<T, Full>(at + v * T::kLanes, lanes), centre[v]);
      sum[v] = T::add(sum[v], d);
      all[v] = T::fma(d, d, all[v]);
    }
  }
  PAW_UNROLL for (int v = 0; v < NV; ++v) {
    const V rest = T::div(sum[v], count);
    // Of an infinite mean nothing is known better.
    const V better = T::select(T::equal(rest, rest), T::add(centre[v], rest), centre[v]);
    vec::store_part<T, Full>(mean + v * T::kLanes, better, lanes);
    const V exact = T::at_least(T::sub(all[v], T::mul(sum[v], rest)), T::set(0.0f));
    vec::store_part<T, Full>(squares + v * T::kLanes, exact, lanes);
  }
}

template <class T>
void stats(const BatchNormF32& p, const float* x, float* partials, Range units) {
  write_header(p, units, partials);
  const long channels = p.channels;
  for_each_chunk(p, units, [&](long chunk, Rows rows) PAW_INLINE_LAMBDA {
    float* out = partials + kNormHeader + chunk * 2 * channels;
    const float* from = x + rows.begin * channels;
    for_each_column<T, 4>(channels, [&]<int NV, bool Full>(long c, int lanes) PAW_INLINE_LAMBDA {
      chunk_moments<T, NV, Full>(from + c, rows.end - rows.begin, channels, out + c, out + channels + c, lanes);
    });
  });
}

// Chan, Golub and LeVeque 1979: squared distances from the common mean are those from each chunk's mean, and of the
// means.
template <class T>
void finish(const BatchNormF32& p, const float* partials, const float* scale, float* mean, float* variance, float* gain,
            Range units) {
  for_each_finish(p, units, [&](long c, int columns) PAW_INLINE_LAMBDA {
    double sum[kNormColumns] = {}, squares[kNormColumns] = {};
    for_each_partial(p, partials, c, [&](double rows, const float* m, const float*) PAW_INLINE_LAMBDA {
      for (int j = 0; j < columns; ++j) sum[j] += rows * static_cast<double>(m[j]);
    });
    const auto count = static_cast<double>(p.rows);
    for (int j = 0; j < columns; ++j) sum[j] /= count;
    for_each_partial(p, partials, c, [&](double rows, const float* m, const float* s) PAW_INLINE_LAMBDA {
      for (int j = 0; j < columns; ++j) {
        const double d = static_cast<double>(m[j]) - sum[j];
        squares[j] += static_cast<double>(s[j]) + rows * d * d;
      }
    });
    for (int j = 0; j < columns; ++j) {
      const double v = squares[j] / count;
      mean[c + j] = static_cast<float>(sum[j]);
      variance[c + j] = static_cast<float>(v);
      const double deviation = __builtin_sqrt(v + static_cast<double>(p.epsilon));
      gain[c + j] = static_cast<float>(static_cast<double>(scale[c + j]) / deviation);
    }
  });
}

template <class T>
PAW_INLINE typename T::V normalised(typename T::V x, typename T::V mean, typename T::V gain, typename T::V offset) {
  return T::fma(T::sub(x, mean), gain, offset);
}

template <class T>
void apply(const BatchNormF32& p, const float* x, const float* mean, const float* gain, const float* offset, float* y,
           Range units) {
  const auto lo = T::set(p.min), hi = T::set(p.max);
  for_each_vector<T>(p, units, [&]<bool Full>(long at, long c, int lanes) PAW_INLINE_LAMBDA {
    const auto v = normalised<T>(vec::load_part<T, Full>(x + at, lanes), vec::load_part<T, Full>(mean + c, lanes),
                                 vec::load_part<T, Full>(gain + c, lanes), vec::load_part<T, Full>(offset + c, lanes));
    vec::store_part<T, Full>(y + at, T::at_most(T::at_least(v, lo), hi), lanes);
  });
}

}  // namespace paw::norm_detail
