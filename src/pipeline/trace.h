// What a trace of one prediction tells of preprocessing and of each layer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/net_runner.h"
#include "vision/decode.h"
#include "vision/preprocess.h"

namespace paw {

// What one node of the graph as it runs gave; numbers are real ones, dequantised where the layer is quantised.
struct LayerTrace {
  std::string name, op, shape, dtype;
  double min = 0, max = 0, mean = 0, std = 0, zeros = 0;  // zeros: share of the elements
  double ms = 0;
  std::string image;          // the file of its maps; empty: none was written
  std::int64_t maps = 0;      // on it
  std::int64_t channels = 0;  // of the layer, when there is an image
};

LayerTrace layer_trace(const Graph& graph, const NodeResult& result);

// Lines for people: what was decoded, and what became of it on the way to the input.
std::vector<std::string> preprocess_lines(const Photo& photo, const PreprocessTrace& trace, const Preprocess& record);

}  // namespace paw
