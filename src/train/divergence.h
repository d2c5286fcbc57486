// When a training has lost its way, and where.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "train/step_graph.h"

namespace paw {

// Watches the loss of every step. A hundred times the usual loss is no bad batch any more: the usual one is that of
// guessing, ln(classes) times the largest class weight, or the least of the first step and of the epochs' means where
// that is more, as in a net whose features are large before anything is trained.
class LossWatch {
 public:
  LossWatch(std::int64_t classes, std::span<const double> class_weights);

  // Steps in order. False: no number, or exploded.
  bool accepts(double loss);
  void epoch_done(double mean_loss);
  double usual() const;

 private:
  double guessing_;
  std::optional<double> least_;
};

// The layer to blame, as part of a message: the first whose weights are no numbers, else the one whose largest weight
// grew most against `before`. Values in the order of StepGraph::states.
std::string layer_to_blame(const Graph& net, const StepGraph& step, const std::vector<Tensor>& before,
                           const std::vector<Tensor>& after);

// Three digits, for messages.
std::string short_number(double value);

bool all_finite(const std::vector<Tensor>& values);

}  // namespace paw
