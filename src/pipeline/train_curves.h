// The curves of a training as a picture.
#pragma once

#include <string>

#include "pipeline/epochs.h"

namespace paw {

// Loss and accuracy over the epochs, of training and validation, as SVG.
std::string curves_svg(const TrainHistory& history);

}  // namespace paw
