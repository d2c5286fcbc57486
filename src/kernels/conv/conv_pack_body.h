// Packing of weights into panels, shared by all tiers.
#pragma once

#include "kernels/conv/conv.h"
#include "kernels/vec/portable.h"

namespace paw::conv_detail {

// Where a group's weights lie, and the panel at hand.
struct PackPanel {
  const float* weights;  // of the group: [output channel][tap][input channel]
  float* to;             // first row behind the bias
  long taps, in, out;    // channels of a group
  long column;           // first
  int width, columns;    // of the panel, padded and real
};

// Rows are (tap, input channel), columns output channels: a transposition.
template <class T>
void pack_forward(const PackPanel& p) {
  const long rows = p.taps * p.in;
  const float* from = p.weights + p.column * rows;
  for (long row = 0; row < rows; ++row) {
    float* to = p.to + row * p.width;
    for (int c = 0; c < p.columns; ++c) to[c] = from[c * rows + row];
    for (int c = p.columns; c < p.width; ++c) to[c] = 0.0f;
  }
}

// Rows are (tap, output channel), columns input channels: contiguous pieces.
template <class T>
void pack_transposed(const PackPanel& p) {
  float* to = p.to;
  for (long tap = 0; tap < p.taps; ++tap) {
    for (long o = 0; o < p.out; ++o) {
      const float* from = p.weights + (o * p.taps + tap) * p.in + p.column;
      for (int c = 0; c < p.width; c += T::kLanes, to += T::kLanes) {
        const int left = p.columns - c;
        T::store(to, left >= T::kLanes ? T::load(from + c) : T::load_first(from + c, left > 0 ? left : 0));
      }
    }
  }
}

template <class T>
void pack(const ConvPackF32& params, const float* weights, const float* bias, float* packed, Range units) {
  const ConvShape& s = params.shape;
  const bool transposed = params.transposed != 0;
  PackPanel p{};
  p.taps = static_cast<long>(s.kernel_h) * s.kernel_w;
  p.in = s.in_c / s.groups;
  p.out = s.out_c / s.groups;
  const long columns = transposed ? p.in : p.out;
  const long rows = p.taps * (transposed ? p.out : p.in);
  const long panels = (columns + kConvPanel - 1) / kConvPanel;
  const long group_floats = conv_packed_group_floats(transposed ? conv_transposed(s) : s);
  for (long unit = units.begin; unit < units.end; ++unit) {
    const long group = unit / panels;
    p.column = unit % panels * kConvPanel;
    const long left = columns - p.column;
    p.width = left > 8 ? 16 : 8;
    p.columns = static_cast<int>(left < kConvPanel ? left : kConvPanel);
    p.weights = weights + group * p.out * p.taps * p.in;
    float* to = packed + group * group_floats + p.column * (rows + 1);
    for (int c = 0; c < p.width; ++c) {
      to[c] = bias != nullptr && c < p.columns ? bias[group * columns + p.column + c] : 0.0f;
    }
    p.to = to + p.width;
    if (transposed && p.width < T::kLanes) {
      pack_transposed<typename T::Eight>(p);
    } else if (transposed) {
      pack_transposed<T>(p);
    } else {
      pack_forward<T>(p);
    }
  }
}

}  // namespace paw::conv_detail
