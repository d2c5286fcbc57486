#include "runtime/steps.h"

#include <array>
#include <string_view>

namespace paw {

namespace {

#if defined(PAW_APP_ENGINE)
#define PAW_TRAIN_STEP(name)
#endif
constexpr std::array kSteps = {
#define PAW_STEP(name) &step::name,
#include "runtime/steps.inc"
#undef PAW_STEP
};

}  // namespace

std::span<const StepDef* const> all_steps() { return kSteps; }

const StepDef* find_step(std::string_view name) {
  for (const StepDef* step : kSteps) {
    if (name == step->name) return step;
  }
  return nullptr;
}

}  // namespace paw
