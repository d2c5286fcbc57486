// The body of the input gradient, shared by all tiers: the forward tile on pixels of one phase, with the taps that
// reach them.
#pragma once

#include "kernels/conv/conv_body.h"
#include "kernels/conv/conv_grad.h"

namespace paw::conv_detail {

// The positions first, first + stride, ... along one axis.
struct PhaseAxis {
  long first, count;
};

PAW_INLINE PhaseAxis phase_axis(long extent, long stride, long residue) {
  return {residue, (extent - residue + stride - 1) / stride};
}

struct GradInput : Product {
  const ConvShape& shape;
  const float* dy;
  float* dx;
  int group_in, group_out;
  const float* zeros;
  const float** rows;
  float** results;
  PhaseTap* taps;
  bool pointwise;
  PhaseAxis y, x;  // the phase at hand
};

// The taps that reach the phase, in order: those whose distance is a multiple of the stride. Position j of the phase
// reads dy at base + j.
PAW_INLINE void lay_taps(GradInput& f) {
  const ConvShape& s = f.shape;
  int count = 0;
  for (long ky = 0; ky < s.kernel_h; ++ky) {
    const long y = f.y.first + s.pad_top - ky * s.dilation_h;
    if (y % s.stride_h != 0) continue;
    for (long kx = 0; kx < s.kernel_w; ++kx) {
      const long x = f.x.first + s.pad_left - kx * s.dilation_w;
      if (x % s.stride_w != 0) continue;
      f.taps[count++] = {(ky * s.kernel_w + kx) * f.group_out, y / s.stride_h, x / s.stride_w};
    }
  }
  f.segments.count = count;
}

// Pointers of the pixel at row j, column k of the phase.
PAW_INLINE void lay_grad_pixel(const GradInput& f, long n, long j, long k, int group, const float** rows) {
  const ConvShape& s = f.shape;
  const float* image = f.dy + n * s.out_h * s.out_w * s.out_c + static_cast<long>(group) * f.group_out;
  for (int i = 0; i < f.segments.count; ++i) {
    const long oy = f.taps[i].base_y + j;
    const long ox = f.taps[i].base_x + k;
    const bool inside = oy >= 0 && oy < s.out_h && ox >= 0 && ox < s.out_w;
    rows[i * kTile] = inside ? image + (oy * s.out_w + ox) * s.out_c : f.zeros;
  }
}

// Pointers of a block of pixels of the phase, and where their results go.
PAW_INLINE void lay_grad_rows(const GradInput& f, long first, long pixels, int group) {
  const ConvShape& s = f.shape;
  const long in = static_cast<long>(group) * f.group_in;
  if (f.pointwise) {
    for (long i = 0; i < pixels; ++i) {
      const long at = first + i;
      f.rows[i] = f.dy + at * s.out_c + static_cast<long>(group) * f.group_out;
      f.results[i] = f.dx + at * s.in_c + in;
    }
    return;
  }
  long k = first % f.x.count;
  long j = first / f.x.count % f.y.count;
  long n = first / f.x.count / f.y.count;
  const long tile_rows = static_cast<long>(f.segments.count) * kTile;
  for (long i = 0; i < pixels; ++i) {
    lay_grad_pixel(f, n, j, k, group, f.rows + i / kTile * tile_rows + i % kTile);
    const long iy = f.y.first + j * s.stride_h;
    const long ix = f.x.first + k * s.stride_w;
    f.results[i] = f.dx + ((n * s.in_h + iy) * s.in_w + ix) * s.in_c + in;
    if (++k < f.x.count) continue;
    k = 0;
    if (++j < f.y.count) continue;
    j = 0;
    ++n;
  }
}

template <class T>
void grad_input_block(const GradInput& f, const float* packed, long first, long pixels, int group) {
  lay_grad_rows(f, first, pixels, group);
  const auto place = [&](long t, int column)
                         PAW_INLINE_LAMBDA { return Scattered{f.results + t * kTile, column, f.taps}; };
  block_panels<T>(f, f.rows, packed, pixels, f.group_in, {0, ceil_div(f.group_in, kConvPanel)}, place);
}

// The units of one phase, numbered from 0.
template <class T>
void grad_input_phase(const GradInput& f, const ConvGradInputF32& params, const float* packed, long tiles,
                      Range units) {
  const ConvShape& s = f.shape;
  const long all = s.batch * f.y.count * f.x.count;
  const long end = units.end * params.unit_pixels < all ? units.end * params.unit_pixels : all;
  const long group_floats = conv_packed_group_floats(conv_transposed(s));
  for (long first = units.begin * params.unit_pixels; first < end; first += tiles * kTile) {
    const long pixels = end - first < tiles * kTile ? end - first : tiles * kTile;
    for (int g = 0; g < s.groups; ++g) grad_input_block<T>(f, packed + g * group_floats, first, pixels, g);
  }
}

template <class T>
void grad_input(const ConvGradInputF32& params, const float* dy, const float* packed, float* dx, float* scratch,
                Range units) {
  const ConvShape& s = params.shape;
  const ConvGradInputScratch plan = conv_grad_input_scratch(s);
  const int group_out = s.out_c / s.groups;
  const long k = static_cast<long>(s.kernel_h) * s.kernel_w * group_out;
  GradInput f{{{false, 0, group_out}, -__builtin_inff(), __builtin_inff(), (k + 1) * kConvPanel},
              s,
              dy,
              dx,
              s.in_c / s.groups,
              group_out,
              scratch,
              reinterpret_cast<const float**>(scratch + plan.rows),
              reinterpret_cast<float**>(scratch + plan.results),
              reinterpret_cast<PhaseTap*>(scratch + plan.taps),
              conv_pointwise(s),
              {},
              {}};
  for (int i = 0; i < group_out; ++i) scratch[i] = 0.0f;
  long before = 0;  // units of the phases so far
  for (long a = 0; a < s.stride_h && a < s.in_h; ++a) {
    f.y = phase_axis(s.in_h, s.stride_h, a);
    for (long b = 0; b < s.stride_w && b < s.in_w; ++b) {
      f.x = phase_axis(s.in_w, s.stride_w, b);
      const long count = ceil_div(s.batch * f.y.count * f.x.count, params.unit_pixels);
      const Range own{units.begin > before ? units.begin - before : 0,
                      units.end - before < count ? units.end - before : count};
      before += count;
      if (own.begin >= own.end) continue;
      lay_taps(f);
      grad_input_phase<T>(f, params, packed, plan.tiles, own);
    }
  }
}

}  // namespace paw::conv_detail
