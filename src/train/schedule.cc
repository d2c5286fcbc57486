#include "train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace paw {

double Schedule::at(std::int64_t step) const {
  if (step < warm_up) return peak * static_cast<double>(step + 1) / static_cast<double>(warm_up);
  const auto left = static_cast<double>(std::max<std::int64_t>(steps - warm_up, 1));
  const double way = std::min(static_cast<double>(step - warm_up) / left, 1.0);
  return peak * (last + (1 - last) * (1 + std::cos(std::numbers::pi * way)) / 2);
}

}  // namespace paw
