// Padding, strides and kernels of convolutions and pooling: the graph's attributes and what layers say.
#pragma once

#include "formats/coreml/network/layer_reader.h"
#include "ops/window.h"

namespace paw::coreml::schema {
class Convolution;
class Edges;
class Pooling;
}  // namespace paw::coreml::schema

namespace paw::coreml::network {

void write_edges(std::array<std::int64_t, 4> pads, schema::Edges& message);
// {top, bottom, left, right}; no edges: zeros.
Result<std::array<std::int64_t, 4>> read_edges(LayerReader& r, const schema::Edges& message);
// What Core ML takes for a kernel, a stride or a dilation that is not stated, along both axes.
inline constexpr std::int64_t kUnstatedKernel = 3, kUnstatedStep = 1;
// Two numbers, or none when both are `other`.
std::string pack_pair(std::array<std::int64_t, 2> pair, std::int64_t other);
// Two numbers, or both `other` when none are stated.
Result<std::array<std::int64_t, 2>> read_pair(LayerReader& r, const std::string& packed, std::int64_t other);

// `valid` with its amounts unless all are 0, or `same` with the odd pixel below.
void write_padding(Padding padding, std::array<std::int64_t, 4> pads, schema::Convolution& message);
void write_padding(Padding padding, std::array<std::int64_t, 4> pads, schema::Pooling& message);

struct WindowPadding {
  Padding padding = Padding::kValid;
  std::array<std::int64_t, 4> pads = {0, 0, 0, 0};
};
// Of an image of that height and width. `above`: the odd pixel of `same` goes to the top and left.
Result<WindowPadding> same_padding(LayerReader& r, std::array<std::int64_t, 2> size, std::array<std::int64_t, 2> kernel,
                                   std::array<std::int64_t, 2> stride, std::array<std::int64_t, 2> dilation,
                                   bool above);
WindowPadding explicit_padding(std::array<std::int64_t, 4> pads);

}  // namespace paw::coreml::network
