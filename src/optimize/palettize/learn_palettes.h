// Palettes and indices into them by what layers put out, not weight by weight.
#pragma once

#include "ir/graph.h"
#include "optimize/calibration.h"
#include "optimize/quantize/layer_rows.h"
#include "optimize/quantize/progress.h"

namespace paw {

// `small` was made of `graph` by palettize(): each palette is chosen anew, for weights that count as much as what they
// are multiplied with; each weight takes one of its values by what the layer then puts out, those before it being
// rounded already (round_to_grid, rounding.h); the values become those with the least error for that choice; and biases
// make the mean right. Palettes of groups of channels are each chosen for their own. Values are numbers that float16
// holds. Layers without palettes get biases alone, as do those
// with zeros that must stay, shared weights or rows of more than kMostRoundedColumns weights. Errors: those of the
// engine on one of the layers.
Status learn_palettes(Graph& small, const Graph& graph, const CalibrationSet& examples, const LayerSampling& how,
                      const QuantiseProgress& progress);

}  // namespace paw
