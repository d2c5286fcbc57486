// A built-in net as a training graph: weights become inputs, batch norm uses the batch, the softmax becomes the loss.
#pragma once

#include <vector>

#include "ir/model.h"
#include "ir/op_def.h"

namespace paw {

struct TrainingForm {
  Graph graph;                      // inputs: image, target [N,C], parameters
  ValueId loss;                     // mean cross-entropy, scalar
  std::vector<ValueId> parameters;  // in the order that the net reads them
  std::vector<RefTensor> weights;   // initial value of each parameter
};

// All floats as `dtype`. Requires a model as build_net gives it: one image input, softmax last.
Result<TrainingForm> training_form(const Model& model, DType dtype);

}  // namespace paw
