// A net as a training graph: weights become inputs, batch norm uses the batch unless its statistics are frozen, the
// softmax becomes the loss.
#pragma once

#include <vector>

#include "ir/model.h"

namespace paw {

// One batch norm's statistics: of the batch (results), and the running ones that inference uses (as the model has
// them).
struct BatchStatistics {
  ValueId mean, variance;  // [C]
  Tensor running_mean, running_variance;
  ValueId mean_source, variance_source;  // the running ones in the net's graph
};

struct TrainingForm {
  Graph graph;                      // inputs: image, target [N,C], seed i64[2] if the net drops out, then parameters
  ValueId seed;                     // {seed, step}; invalid: the net drops nothing
  ValueId logits;                   // [N,C]
  ValueId loss;                     // mean cross-entropy, scalar
  std::vector<ValueId> parameters;  // in the order that the net reads them
  std::vector<ValueId> sources;     // the constant of the net's graph that each parameter was
  std::vector<Tensor> weights;      // initial value of each parameter
  std::vector<BatchStatistics> statistics;
};

struct TrainingFormOptions {
  DType dtype = DType::kF32;  // of the image, the target and the parameters
  double label_smoothing = 0;
  // Batch norm stays as in inference: its statistics are constants, its scale and offset are trained. For fine-tuning,
  // where the batches are few and small and the statistics come from far more photos.
  bool freeze_statistics = false;
};

// Requires a model as build_net gives it: one image input, softmax last; every constant but batch norm's statistics is
// trained.
Result<TrainingForm> training_form(const Model& model, const TrainingFormOptions& options = {});

}  // namespace paw
