// What errors in a net's values do to its answers.
#pragma once

#include <span>
#include <vector>

#include "ir/graph.h"
#include "optimize/calibration.h"

namespace paw {

// For each of `values` [.., C], by channel: how much the answers (optimize/quantize/output_noise.h) change, squared and
// summed, when every place of the channel is off by errors of variance 1 that do not know of each other; mean over the
// examples. The diagonal of the Gauss-Newton matrix (Schraudolph 2002), estimated along one random direction of the
// answers for each example, of length 1 and sum 0: what all answers gain alike no softmax sees. `graph`: float32, with
// one input. kUnsupported: an op without a gradient lies on the way.
Result<std::vector<std::vector<double>>> answer_effects(const Graph& graph, std::span<const ValueId> values,
                                                        const CalibrationSet& examples, int threads);

}  // namespace paw
