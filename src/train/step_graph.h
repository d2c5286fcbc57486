// One optimiser step as one graph: forward, loss, backward, update, running statistics.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "ir/model.h"
#include "ops/training.h"

namespace paw {

struct StepOptions {
  double label_smoothing = 0;
  SgdAttrs sgd{.momentum = 0.9};
  double statistics_momentum = 0.99;  // share of the old running statistics that a step keeps
};

// A value that a step takes in and gives back changed: input `input` and output `output` have one type.
struct StepState {
  std::size_t input = 0, output = 0;  // positions in Graph::inputs and Graph::outputs
  Tensor initial;
};

struct StepGraph {
  Graph graph;  // inputs: image, target, [seed], parameters, lr f32[], then the rest of the state; outputs: loss, state
  std::size_t image = 0, target = 0, lr = 0;  // positions in Graph::inputs
  std::optional<std::size_t> seed;            // where the net drops out: {seed, step}
  // Parameters first, in the order of TrainingForm::parameters; then velocities (zeros); then running statistics, mean
  // and variance of each batch norm in turn.
  std::vector<StepState> states;
  std::size_t parameters = 0;  // how many of the states are parameters
};

// SGD with momentum on the mean cross-entropy of a batch. Requires a model as training_form() does.
Result<StepGraph> sgd_step_graph(const Model& model, const StepOptions& options = {});

}  // namespace paw
