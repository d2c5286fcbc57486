// Weights and biases in float16 by what layers put out, not number by number.
#pragma once

#include "ir/graph.h"
#include "optimize/calibration.h"
#include "optimize/quantize/layer_rows.h"
#include "optimize/quantize/progress.h"

namespace paw {

// Weights and biases of the layers of `graph`, float32 ones, become numbers that float16 holds: the bias the nearest,
// which shifts every pixel alike; then the weights those with which the layer puts out what it did, the bias's error
// included (round_to_grid, rounding.h), those before it being rounded already. Float16 has small steps for small
// weights: they take up what large ones lose. Shared weights, grouped convolutions and rows of more than
// kMostRoundedColumns weights stay as they are. Errors: those of the engine on one of the layers.
Status learn_halves(Graph& graph, const CalibrationSet& examples, const LayerSampling& how,
                    const QuantiseProgress& progress);

}  // namespace paw
