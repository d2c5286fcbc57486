// Padding, strides and dilations of convolutions and pooling: the graph's attributes and MIL's parameters.
#pragma once

#include "formats/coreml/program/node_writer.h"
#include "formats/coreml/program/op_reader.h"
#include "ops/window.h"

namespace paw::coreml::program {

// strides, pad_type and pad. `same` is TensorFlow's, as the graph's is.
void add_window(NodeWriter& w, std::array<std::int64_t, 2> stride, Padding padding, std::array<std::int64_t, 4> pads,
                std::vector<Input>& inputs);

struct WindowParameters {
  std::array<std::int64_t, 2> stride = {1, 1}, dilation = {1, 1};
  Padding padding = Padding::kValid;
  std::array<std::int64_t, 4> pads = {0, 0, 0, 0};
};
// Of the op whose image is "x"; `kernel` is needed for same_lower, which becomes explicit padding.
Result<WindowParameters> read_window(OpReader& r, std::array<std::int64_t, 2> kernel);

// Two numbers out of a list of that parameter.
Result<std::array<std::int64_t, 2>> read_pair(OpReader& r, std::string_view param, std::optional<std::int64_t> other);

}  // namespace paw::coreml::program
