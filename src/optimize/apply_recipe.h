// A recipe's steps, one after the other, on a graph.
#pragma once

#include "optimize/recipe.h"
#include "optimize/retrain.h"

namespace paw {

// `graph` in export form (passes/export_form.h), float32 throughout. `examples` may be empty unless the recipe needs
// photos. `settings`: how to quantise; its form and what stays float32 are the recipe's. `retrain`: is given, where it
// is there, what has lost channels or weights or got palettes, and what qat_wi8_ai8 rounds. Errors: kUnsupported: the
// graph holds integers already; kUsage: qat_wi8_ai8 without `retrain`; kBadData: see quantise().
Result<QuantisedGraph> apply_recipe(const Graph& graph, const Recipe& recipe, const CalibrationSet& examples,
                                    QuantiseSettings settings, const Retrain& retrain = {},
                                    const QuantiseProgress& progress = {});

}  // namespace paw
