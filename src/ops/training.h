// Attributes of the train-only ops: the loss and the optimiser steps.
#pragma once

#include "ir/attrs.h"

namespace paw {

// cross_entropy: logits [N,C], target [N,C] (rows of class probabilities, or these times a weight) -> loss [N].
// target' = target * (1 - s) + sum(target) * s / C;  loss = -sum(target' * log_softmax(logits)), linear in the target.
struct CrossEntropyAttrs {
  double label_smoothing = 0;  // s in [0, 1)
  void fields(auto& v) { v("label_smoothing", label_smoothing); }
  bool operator==(const CrossEntropyAttrs&) const = default;
};

// sgd(param, grad, velocity, lr f32[]) -> (param', velocity'):
//   g = grad + weight_decay * param;  v' = momentum * v + g;  param' = param - lr * (nesterov ? g + momentum * v' : v')
struct SgdAttrs {
  double momentum = 0.9;
  double weight_decay = 0;
  bool nesterov = false;
  void fields(auto& v) {
    v("momentum", momentum);
    v("weight_decay", weight_decay);
    v("nesterov", nesterov);
  }
  bool operator==(const SgdAttrs&) const = default;
};

// adam / adamw (param, grad, m, v, lr f32[], step f32[] counted from 1) -> (param', m', v') (Kingma & Ba 2015; adamw:
// Loshchilov & Hutter 2019, decay decoupled and scaled by lr). adam adds weight_decay * param to the gradient.
struct AdamAttrs {
  double beta1 = 0.9, beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
  void fields(auto& v) {
    v("beta1", beta1);
    v("beta2", beta2);
    v("epsilon", epsilon);
    v("weight_decay", weight_decay);
  }
  bool operator==(const AdamAttrs&) const = default;
};

}  // namespace paw
