// What an app runs of a model: its graph, and what tells where it looked. Class activation maps as in Zhou et al. 2016,
// arXiv:1512.04150: the dense layer after a global average, applied to every place of the last feature map instead of
// to their mean.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/error.h"
#include "ir/model.h"

namespace paw {

struct AppGraph {
  Graph main;  // outputs: scores; with `class_weights` also the last feature map, as it is stored
  // f32 [classes, k], of the dense layer: a class's map is its row times the k features of each place, without bias and
  // without a divisor that all classes share. None: the model does not end in average, dense layer and softmax.
  std::optional<Tensor> class_weights;
};

// Requires a model in export form.
AppGraph app_graph(const Model& model);

// The same with floats outside, whatever the model computes in: an input that holds integers is quantised inside, and
// outputs are dequantised. kUnsupported: integers that stand for no real numbers.
Result<AppGraph> with_real_ports(AppGraph graph);

// The plan that makes a map of every class. Input: that feature map. Output: f32 [1, height, width, classes]. None: the
// graph has no class_weights. Errors: those of lower().
Result<std::optional<Bytes>> why_plan(const AppGraph& graph);

struct AppPlans {
  Bytes main;
  std::optional<Bytes> why;
};

// Both. Errors: those of lower().
Result<AppPlans> app_plans(const AppGraph& graph);

}  // namespace paw
