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
  Graph graph;     // inputs: image, target [N,C], [hint [N,F]], [seed i64[2], where the net drops out], then parameters
  ValueId hint;    // what the net's features should be; invalid: nothing is said of them
  ValueId seed;    // {seed, step}; invalid: the net drops nothing
  ValueId logits;  // [N,C]
  ValueId loss;    // scalar: mean cross-entropy (at a temperature T times T^2), and the hint's share
  std::vector<ValueId> parameters;  // in the order that the net reads them
  std::vector<ValueId> sources;     // the constant of the net's graph that each parameter was
  std::vector<Tensor> weights;      // initial value of each parameter
  std::vector<BatchStatistics> statistics;
};

struct TrainingFormOptions {
  DType dtype = DType::kF32;  // of the image, the target and the parameters
  double label_smoothing = 0;
  double temperature = 1;  // that logits are divided by in the loss; the targets are a teacher's at the same one
  // Weight of what the features lack of the hint: mean over the batch of |features - hint|^2 / |hint|^2 (Romero et al.
  // 2015, relative). 0: there is no hint.
  double hint_weight = 0;
  // Batch norm stays as in inference: its statistics are constants, its scale and offset are trained. For fine-tuning,
  // where the batches are few and small and the statistics come from far more photos.
  bool freeze_statistics = false;
};

// Requires one image input and a softmax last, as build_net's models and export forms have it. Weights and biases of
// layers (also where nodes round, mask or look them up first) and scales and offsets of batch norms are trained; all
// other constants stay what they are. kUnsupported: a hint, but no features.
Result<TrainingForm> training_form(const Model& model, const TrainingFormOptions& options = {});

// What the layer that makes the scores reads, [N,F]: the features of a classifier. Invalid: no layer makes them, or
// from something else.
ValueId features_of(const Graph& graph);

}  // namespace paw
