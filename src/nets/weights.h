// Initial weights of the built-in nets: a pure function of (seed, name of the constant, index), so that neither the
// order of layers nor a change elsewhere in a net moves them. Uses no libm: the same bits on every machine.
#pragma once

#include <string_view>

#include "nets/nets.h"

namespace paw {

class WeightSource {
 public:
  explicit WeightSource(const NetOptions& options) : seed_(options.seed), mode_(options.weights) {}

  // f32, zero mean, standard deviation `stddev`, cut at 4.9 of them: the sum of eight uniforms (Irwin-Hall), 0.15
  // short of the normal's kurtosis of 3.
  Tensor normal(Shape shape, double stddev, std::string_view name) const;
  // He et al. 2015, equation 14: standard deviation sqrt(2 / fan_out).
  Tensor he_normal(Shape shape, std::int64_t fan_out, std::string_view name) const;
  Tensor filled(Shape shape, float value) const;

 private:
  std::uint64_t seed_;
  NetOptions::Weights mode_;
};

}  // namespace paw
