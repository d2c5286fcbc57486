// The training loop: epochs of optimiser steps on the engine. Writes no file; whoever calls keeps the checkpoints.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "ir/model.h"
#include "train/data.h"
#include "train/mixing.h"
#include "train/step_graph.h"

namespace paw {

struct TrainSettings {
  std::int64_t epochs = 10;
  std::int64_t batch = 32;  // at most the number of examples
  std::uint64_t seed = 0;
  int threads = 1;
  double learning_rate = 0.05;  // the peak
  double warm_up = 1;           // epochs
  StepOptions step;
  std::vector<double> class_weights = {};  // of each class in the loss; empty: 1 (train/class_weights.h)
  Mixing mixing = {};                      // of the examples of a batch
};

// What one epoch of training saw.
struct EpochSummary {
  std::int64_t epoch = 0;         // counted from 1
  double loss = 0, accuracy = 0;  // means over the epoch's examples, as they were met; the loss with class weights
  double learning_rate = 0;       // of its last step
  std::int64_t steps = 0;         // since the beginning
  double seconds = 0;
};

// Where training stands: all that a later process needs to go on with the same bits.
struct TrainerState {
  std::int64_t epochs_done = 0;
  std::vector<Tensor> values;  // in the order of StepGraph::states
};

class Trainer {
 public:
  // `model` as training_form() requires, with any batch; `examples`: how many one epoch has. Error: kUsage: class
  // weights or mixing that cannot be; of autodiff or lowering.
  static Result<Trainer> create(const Model& model, const TrainSettings& settings, std::int64_t examples);
  ~Trainer();
  Trainer(Trainer&&) noexcept;
  Trainer& operator=(Trainer&&) noexcept;

  // The next epoch: every example once, in an order of its own; a last batch that is not full takes the epoch's first
  // examples again. `progress` is told the number of examples done and in all, after each step. Error kDiverged: the
  // loss or a weight is no number, or the loss exploded (train/divergence.h), with epoch, step and the layer to blame;
  // state() is that of the last epoch.
  using Progress = std::function<void(std::int64_t done, std::int64_t all)>;
  Result<EpochSummary> run_epoch(const ExampleSource& source, const Progress& progress = {});

  // The model with the weights of now: those that the optimiser moves, or their running average.
  Model model(bool averaged) const;
  // The same with other values, in the order of state().
  Model model_of(const std::vector<Tensor>& values, bool averaged) const;

  TrainerState state() const;
  // Error kBadData: values of other number or types than this trainer's.
  Status restore(const TrainerState& state);

 private:
  struct State;
  explicit Trainer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace paw
