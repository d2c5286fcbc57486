// Zeros by what layers put out, not weight by weight.
#pragma once

#include "ir/graph.h"
#include "optimize/calibration.h"
#include "optimize/prune/sparsity_pattern.h"
#include "optimize/quantize/layer_rows.h"
#include "optimize/quantize/progress.h"

namespace paw {

// `small` was made of `graph` by prune_magnitude() with `pattern`. One layer after the other has its zeros chosen anew,
// by how much of what the layer puts out each weight makes (its square times the variance of what it multiplies, as a
// share of the output channel's variance; Sun et al. 2024); the weights that stay make up for them (fit_kept(),
// rounding.h), on what the layer really reads now; and biases make the mean right, those of dense layers too. Shared
// weights and rows of more than kMostRoundedColumns keep their zeros. Errors: those of the engine on one of the layers.
Status learn_zeros(Graph& small, const Graph& graph, const SparsityPattern& pattern, const CalibrationSet& examples,
                   const LayerSampling& how, const QuantiseProgress& progress);

}  // namespace paw
