// Which ops of a float16 program must compute in float32 all the same: the float16 range guard.
#pragma once

#include <string>
#include <vector>

#include "ir/model.h"

namespace paw::coreml {

// Per node: may it compute in float16? The reason for every one that may not goes to `notes`, as does what could not
// be checked: ranges of activations are known only as far as model.calibration has them.
std::vector<bool> fits_half(const Model& model, std::vector<std::string>& notes);

}  // namespace paw::coreml
