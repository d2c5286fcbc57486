#include "kernels/reduce/reduce.h"

namespace paw {

void reduce_max_grad_f32(const ReduceF32& p, const float* dy, const float* x, const float* y, float* dx, Range units) {
  for (std::int64_t unit = units.begin; unit < units.end; ++unit) {
    const std::int64_t first = unit / p.inner * p.reduce * p.inner + unit % p.inner;
    std::int64_t ties = 0;
    for (std::int64_t i = 0; i < p.reduce; ++i) ties += x[first + i * p.inner] == y[unit] ? 1 : 0;
    const float share = dy[unit] / static_cast<float>(ties);
    for (std::int64_t i = 0; i < p.reduce; ++i) {
      const std::int64_t at = first + i * p.inner;
      dx[at] = x[at] == y[unit] ? share : 0.0f;
    }
  }
}

}  // namespace paw
