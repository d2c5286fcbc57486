// Gradients of the convolution in float32. Shapes are those of the forward convolution: dx is like the image (in_*), dy
// like the result (out_*), dw like the weights, OHWI.
#pragma once

#include "kernels/conv/conv.h"

namespace paw {

// dx[pixel] = sum over the taps that reach it of dy * w: a convolution of dy with the weights packed transposed. Pixels
// are taken by phase (position modulo stride), because those of one phase see the same taps.
// Work unit: with stride 1, `unit_pixels` consecutive pixels of dx; else that many of one phase.
struct ConvGradInputF32 {
  ConvShape shape;
  std::int32_t unit_pixels = kConvTile;
};
std::int64_t conv_grad_input_units(const ConvGradInputF32& params);

// A tap of a phase: its first row in the panel, and where the phase's first pixel reads dy.
struct PhaseTap {
  std::int64_t row, base_y, base_x;
};

// Scratch of one thread, in floats: zeros, then pointers to dy, pointers to dx, the taps of a phase.
struct ConvGradInputScratch {
  std::int64_t tiles;
  std::int64_t rows, results, taps;
  std::int64_t floats;
};
ConvGradInputScratch conv_grad_input_scratch(const ConvShape& shape);

using ConvGradInputF32Fn = void (*)(const ConvGradInputF32& params, const float* dy, const float* packed, float* dx,
                                    float* scratch, Range units);

// dw = sum over pixels of dy (outer) x, in partial sums that the caller adds up: partial c of `chunks`, each as large
// as the weights, belongs to a part of the pixels.
// Work unit: one part of the pixels and one of `parts` of the window's columns; or, when the step follows others,
// `unit_pixels` > 0 pixels, `chain` of them for each partial sum.
struct ConvGradWeightsF32 {
  ConvShape shape;
  std::int32_t chunks = 1, parts = 1;
  std::int32_t unit_pixels = 0;
  std::int32_t chain = 1;
};
std::int64_t conv_grad_weights_units(const ConvGradWeightsF32& params);
// Sets chunks and parts by the shape alone.
ConvGradWeightsF32 conv_grad_weights_params(const ConvShape& shape);
// Pixel range of a chunk.
Range conv_grad_weights_pixels(const ConvGradWeightsF32& params, std::int64_t chunk);

// How the window falls into runs of columns: see ConvSegments; a narrow image's window is copied and is one run.
struct ConvColumns {
  bool copied;
  std::int32_t segments, length;
  std::int64_t panels;  // of 16 columns, in all segments of a group
};
ConvColumns conv_columns(const ConvShape& shape);

// Scratch of one thread, in floats. Zeros stand in front for taps outside the image.
// Floats of a panel of 6 channels of so many pixels: whole vectors of 8 are stored, the next pixel over the rest.
constexpr std::int64_t conv_left_panel(std::int64_t pixels) { return pixels * kConvTile + 2; }
inline constexpr int kConvRightPanels = 2;  // panels of x at hand at a time
struct ConvGradWeightsScratch {
  std::int64_t block;                       // pixels
  std::int64_t rows, left, right, patches;  // pointers; dy in panels of 6; x in panels of 16; copied windows
  std::int64_t floats;
};
ConvGradWeightsScratch conv_grad_weights_scratch(const ConvShape& shape);

// partials[chunks][weights]. Pixels of a partial sum are added in order.
using ConvGradWeightsF32Fn = void (*)(const ConvGradWeightsF32& params, const float* x, const float* dy,
                                      float* partials, float* scratch, Range units);

}  // namespace paw
