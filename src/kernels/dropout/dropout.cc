#include "kernels/dropout/dropout.h"

#include "base/random.h"

namespace paw {

void dropout_f32(const DropoutF32& p, const float* x, const std::int64_t* seed, float* y, Range units) {
  const auto bits = [](std::int64_t v) { return static_cast<std::uint64_t>(v); };
  const std::uint64_t stream = random_bits(bits(p.stream), bits(seed[1]), 0);
  const std::int64_t limit = units.end * kDropoutUnit, end = limit < p.count ? limit : p.count;
  for (std::int64_t i = units.begin * kDropoutUnit; i < end; ++i) {
    const bool keep = random_uniform(bits(seed[0]), stream, bits(i)) >= p.rate;
    y[i] = keep ? static_cast<float>(static_cast<double>(x[i]) / (1.0 - p.rate)) : 0.0f;
  }
}

}  // namespace paw
