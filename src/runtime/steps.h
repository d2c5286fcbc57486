// Declares every step kind (step::conv_f32, ...).
#pragma once

#include "runtime/step_def.h"

namespace paw::step {

#define PAW_STEP(name) extern const StepDef name;
#include "runtime/steps.inc"
#undef PAW_STEP

}  // namespace paw::step
