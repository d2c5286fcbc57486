#include "kernels/softmax/softmax.h"

namespace paw {

void cross_entropy_f32(const CrossEntropyF32& p, const float* log_probabilities, const float* target, float* loss,
                       Range units) {
  for (std::int64_t row = units.begin; row < units.end; ++row) {
    const float* logs = log_probabilities + row * p.classes;
    const float* wanted = target + row * p.classes;
    double sum = 0, mass = 0;
    for (std::int64_t c = 0; c < p.classes; ++c) mass += static_cast<double>(wanted[c]);
    const double floor = mass * p.smoothing / static_cast<double>(p.classes);
    for (std::int64_t c = 0; c < p.classes; ++c) {
      const double smoothed = static_cast<double>(wanted[c]) * (1 - p.smoothing) + floor;
      if (smoothed != 0) sum -= smoothed * static_cast<double>(logs[c]);
    }
    loss[row] = static_cast<float>(sum);
  }
}

}  // namespace paw
