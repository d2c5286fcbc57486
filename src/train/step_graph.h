// One optimiser step as one graph: forward, loss, backward, update, running statistics.
#pragma once

#include <cstddef>
#include <optional>
#include <variant>
#include <vector>

#include "ir/model.h"
#include "ops/training.h"

namespace paw {

struct StepOptions {
  double label_smoothing = 0;
  double temperature = 1;  // of the loss (TrainingFormOptions)
  double hint_weight = 0;  // of hints; they stand behind the class probabilities of each target
  // SgdAttrs or AdamAttrs (as AdamW). Weight decay leaves out vectors: biases, scales and offsets of batch norm.
  std::variant<SgdAttrs, AdamAttrs> optimizer = SgdAttrs{.momentum = 0.9};
  // The optimiser's step of each weight times the root mean square of its row (output channel) at the start. Nets whose
  // batch norms are folded have rows of very different sizes; with AdamW this is as if all had size 1.
  bool relative_steps = false;
  double clip_norm = 0;               // bound of the gradient's norm over all parameters; 0: none
  double statistics_momentum = 0.99;  // share of the old running statistics that a step keeps
  bool freeze_statistics = false;     // batch norm as in inference (TrainingFormOptions)
  double ema = 0;                     // share of the old averaged parameters that a step keeps; 0: no average
};

// A value that a step takes in and gives back changed: input `input` and output `output` have one type.
struct StepState {
  enum class Role : std::uint8_t { kParameter, kMoment, kStatistic, kAverage };
  Role role = Role::kParameter;
  ValueId source;                     // the constant of the net that it becomes; invalid: a moment
  std::size_t input = 0, output = 0;  // positions in Graph::inputs and Graph::outputs
  Tensor initial;
};

struct StepGraph {
  Graph graph;  // inputs: image, target, [hint], [seed], parameters, lr f32[], [step f32[]], then the rest of the state
  std::size_t image = 0, target = 0, lr = 0;  // positions in Graph::inputs
  std::optional<std::size_t> hint;
  std::optional<std::size_t> seed;   // where the net drops out: {seed, step}
  std::optional<std::size_t> step;   // of AdamW, counted from 1
  std::size_t loss = 0, logits = 1;  // positions in Graph::outputs; loss: mean over the batch
  std::vector<StepState> states;     // parameters first, in the order of TrainingForm::parameters
};

// A step on the mean cross-entropy of a batch. Requires a model as training_form() does.
Result<StepGraph> step_graph(const Model& model, const StepOptions& options = {});

// `model` with the weights and statistics of `states`, in the order of StepGraph::states; `averaged`: with the averaged
// parameters instead of the last ones, where the step has them.
Model with_states(Model model, const StepGraph& step, const std::vector<Tensor>& states, bool averaged);

}  // namespace paw
