#include "pipeline/paired.h"

#include <cmath>

namespace paw {

Interval PairedAnswers::drop_interval() const {
  constexpr double kQuantile = 1.959964;  // of the normal distribution, 97.5 %
  const double b = static_cast<double>(lost) + 0.5, c = static_cast<double>(gained) + 0.5;
  const double n = static_cast<double>(images) + 2;
  const double drop = (b - c) / n;
  const double reach = kQuantile * std::sqrt(b + c - (b - c) * (b - c) / n) / n;
  return {drop - reach, drop + reach};
}

}  // namespace paw
