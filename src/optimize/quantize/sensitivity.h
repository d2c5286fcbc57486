// Which layers suffer most from integers, and which of them to leave in float32.
#pragma once

#include <span>

#include "optimize/quantize/output_noise.h"
#include "optimize/quantize/progress.h"
#include "optimize/quantize/static_int8.h"

namespace paw {

struct LayerHarm {
  NodeId layer;
  double noise = 0;       // OutputNoise of the net when this layer alone, with a clamp behind it, is integers
  std::int64_t macs = 0;  // multiply-accumulates
};

// Of each layer with an integer form that is not kept already, in the order of the graph. `ranges`: of the graph's
// values, as static_int8() takes them.
Result<std::vector<LayerHarm>> measure_harm(const OutputNoise& noise, const ValueRanges& ranges,
                                            const StaticInt8Options& options, const QuantiseProgress& progress);

// `keep_float` (by node id) with more layers: those that take the most noise away for the arithmetic that they cost, as
// long as all those added have no more than `percent` of the multiply-accumulates in `harms`.
std::vector<bool> keep_most_harmed(const Graph& graph, std::span<const LayerHarm> harms, int percent,
                                   std::vector<bool> keep_float);

}  // namespace paw
