// The bodies of the backward kernels.
#pragma once

#include "kernels/norm/norm_forward_body.h"

namespace paw::norm_detail {

// dy, or 0 where the forward pass clamped y: made again by the same instructions, so that the same elements count.
template <class T>
struct Mask {
  typename T::V lo, hi;
  template <bool Masked, bool Full>
  PAW_INLINE typename T::V dy(const BnGradOperands& in, long at, long c, typename T::V x, typename T::V mean,
                              int lanes) const {
    const auto given = vec::load_part<T, Full>(in.dy + at, lanes);
    if constexpr (!Masked) return given;
    const auto y = normalised<T>(x, mean, vec::load_part<T, Full>(in.gain + c, lanes),
                                 vec::load_part<T, Full>(in.offset + c, lanes));
    const auto zero = T::set(0.0f);
    return T::select(T::less(lo, y), T::select(T::less(y, hi), given, zero), zero);
  }
};

template <class T, bool Masked, int NV, bool Full>
PAW_INLINE void chunk_sums(const Mask<T>& mask, const BnGradOperands& in, Rows rows, long channels, long c, float* out,
                           int lanes) {
  using V = typename T::V;
  V sum[NV], moment[NV];
  PAW_UNROLL for (int v = 0; v < NV; ++v) sum[v] = moment[v] = T::set(0.0f);
  for (long r = rows.begin; r < rows.end; ++r) {
    PAW_UNROLL for (int v = 0; v < NV; ++v) {
      const long column = c + v * T::kLanes, at = r * channels + column;
      const V x = vec::load_part<T, Full>(in.x + at, lanes), mean = vec::load_part<T, Full>(in.mean + column, lanes);
      const V dy = mask.template dy<Masked, Full>(in, at, column, x, mean, lanes);
      sum[v] = T::add(sum[v], dy);
      moment[v] = T::fma(dy, T::sub(x, mean), moment[v]);
    }
  }
  PAW_UNROLL for (int v = 0; v < NV; ++v) {
    vec::store_part<T, Full>(out + c + v * T::kLanes, sum[v], lanes);
    vec::store_part<T, Full>(out + channels + c + v * T::kLanes, moment[v], lanes);
  }
}

template <class T, bool Masked>
PAW_INLINE void grad_stats_of(const BatchNormF32& p, const BnGradOperands& in, float* partials, Range units) {
  const Mask<T> mask{T::set(p.min), T::set(p.max)};
  // A vector of channels holds five registers when masked (mean, gain, offset and two sums), else three.
  constexpr int kWide = Masked ? 2 : 4;
  for_each_chunk(p, units, [&](long chunk, Rows rows) PAW_INLINE_LAMBDA {
    float* out = partials + kNormHeader + chunk * 2 * static_cast<long>(p.channels);
    for_each_column<T, kWide>(p.channels, [&]<int NV, bool Full>(long c, int lanes) PAW_INLINE_LAMBDA {
      chunk_sums<T, Masked, NV, Full>(mask, in, rows, p.channels, c, out, lanes);
    });
  });
}

template <class T>
void grad_stats(const BatchNormF32& p, const BnGradOperands& in, float* partials, Range units) {
  write_header(p, units, partials);
  if (p.masked != 0) {
    grad_stats_of<T, true>(p, in, partials, units);
  } else {
    grad_stats_of<T, false>(p, in, partials, units);
  }
}

template <class T>
void grad_finish(const BatchNormF32& p, const float* partials, const float* scale, const float* variance, float* dscale,
                 float* doffset, float* factors, Range units) {
  const long channels = p.channels;
  for_each_finish(p, units, [&](long c, int columns) PAW_INLINE_LAMBDA {
    double sum[kNormColumns] = {}, moment[kNormColumns] = {};
    for_each_partial(p, partials, c, [&](double, const float* s, const float* m) PAW_INLINE_LAMBDA {
      for (int j = 0; j < columns; ++j) {
        sum[j] += static_cast<double>(s[j]);
        moment[j] += static_cast<double>(m[j]);
      }
    });
    const auto count = static_cast<double>(p.rows);
    for (int j = 0; j < columns; ++j) {
      const double shifted = static_cast<double>(variance[c + j]) + static_cast<double>(p.epsilon);
      const double r = 1.0 / __builtin_sqrt(shifted), a = static_cast<double>(scale[c + j]) * r;
      dscale[c + j] = static_cast<float>(moment[j] * r);
      doffset[c + j] = static_cast<float>(sum[j]);
      factors[c + j] = static_cast<float>(a);
      factors[channels + c + j] = static_cast<float>(-a * r * r * moment[j] / count);
      factors[2 * channels + c + j] = static_cast<float>(-a * sum[j] / count);
    }
  });
}

template <class T, bool Masked>
PAW_INLINE void grad_apply_of(const BatchNormF32& p, const BnGradOperands& in, const float* factors, float* dx,
                              Range units) {
  const Mask<T> mask{T::set(p.min), T::set(p.max)};
  const float *a = factors, *b = a + p.channels, *k = b + p.channels;
  for_each_vector<T>(p, units, [&]<bool Full>(long at, long c, int lanes) PAW_INLINE_LAMBDA {
    const auto x = vec::load_part<T, Full>(in.x + at, lanes), mean = vec::load_part<T, Full>(in.mean + c, lanes);
    const auto dy = mask.template dy<Masked, Full>(in, at, c, x, mean, lanes);
    const auto rest =
        T::fma(vec::load_part<T, Full>(b + c, lanes), T::sub(x, mean), vec::load_part<T, Full>(k + c, lanes));
    vec::store_part<T, Full>(dx + at, T::fma(vec::load_part<T, Full>(a + c, lanes), dy, rest), lanes);
  });
}

template <class T, bool Masked>
PAW_INLINE void grad_scale_of(const BatchNormF32& p, const BnGradOperands& in, float* dx, Range units) {
  const Mask<T> mask{T::set(p.min), T::set(p.max)};
  for_each_vector<T>(p, units, [&]<bool Full>(long at, long c, int lanes) PAW_INLINE_LAMBDA {
    auto x = T::set(0.0f), mean = x;
    if constexpr (Masked) {
      x = vec::load_part<T, Full>(in.x + at, lanes);
      mean = vec::load_part<T, Full>(in.mean + c, lanes);
    }
    const auto dy = mask.template dy<Masked, Full>(in, at, c, x, mean, lanes);
    vec::store_part<T, Full>(dx + at, T::mul(vec::load_part<T, Full>(in.gain + c, lanes), dy), lanes);
  });
}

template <class T>
void grad_apply(const BatchNormF32& p, const BnGradOperands& in, const float* factors, float* dx, Range units) {
  if (p.frozen != 0) {
    return p.masked != 0 ? grad_scale_of<T, true>(p, in, dx, units) : grad_scale_of<T, false>(p, in, dx, units);
  }
  if (p.masked != 0) {
    grad_apply_of<T, true>(p, in, factors, dx, units);
  } else {
    grad_apply_of<T, false>(p, in, factors, dx, units);
  }
}

}  // namespace paw::norm_detail
