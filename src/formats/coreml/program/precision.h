// Which ops of a float16 program compute in float32 all the same: what float16 cannot hold, and the end of an image
// model, which is little work. Large weights of that end are stored in float16.
#pragma once

#include <string>
#include <vector>

#include "ir/model.h"

namespace paw::coreml {

struct NodePrecision {
  bool half = false;          // computes in float16
  bool half_weights = false;  // computes in float32, with weights in float16
};

// Per node. The reason for every one that does not compute in float16 goes to `notes`, as does what could not be
// checked: ranges of activations are known only as far as model.calibration has them.
std::vector<NodePrecision> node_precisions(const Model& model, std::vector<std::string>& notes);

// Per node: is it behind the last op on pixels? What it reads comes from an image, but no pixels are left (every axis
// between the first and the last is 1), in its operands or in anything that is made of its results.
std::vector<bool> behind_pixels(const Graph& graph);

}  // namespace paw::coreml
