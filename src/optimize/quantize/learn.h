// The layers of a quantised graph, one after the other, made to put out what those of the float graph do: biases alone,
// or weights and biases.
#pragma once

#include <string>
#include <vector>

#include "ir/graph.h"
#include "optimize/calibration.h"
#include "optimize/quantize/progress.h"

namespace paw {

struct LearnSettings {
  bool rounding = false;       // weights too
  std::int64_t places = 8192;  // of a layer's result that are looked at, at most
  std::int64_t examples = 128;
  int threads = 1;
};

struct LearnedLayer {
  std::string name;    // source note
  double sqnr_db = 0;  // of what the layer puts out; 0: not known, biases alone were changed
};

// `quantised` was made of `graph`: it has the same layers in the same order, with i8 or i4 weights. Each is given what
// it will really read, the layers before it being quantised and learned (Nagel et al. 2020, section 3.4). Grouped
// convolutions and layers that share weights stay as they are; rows of more than 2,560 weights and weights that are
// marked as sparse keep the nearest integers.
Result<std::vector<LearnedLayer>> learn_layers(Graph& quantised, const Graph& graph, const CalibrationSet& examples,
                                               const LearnSettings& settings, const QuantiseProgress& progress);

}  // namespace paw
