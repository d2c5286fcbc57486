#include "nets/weights.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace paw {

namespace {

// FNV-1a, 64 bits (Fowler, Noll, Vo).
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return hash;
}

// Sum of the four 16-bit fields, in two 32-bit halves.
constexpr std::uint64_t pair_sums(std::uint64_t bits) {
  constexpr std::uint64_t kEven = 0x0000FFFF0000FFFFu;
  return (bits & kEven) + ((bits >> 16) & kEven);
}

}  // namespace

Tensor WeightSource::normal(Shape shape, double stddev, std::string_view name) const {
  const TensorType type{DType::kF32, shape};
  if (mode_ == NetOptions::Weights::kZero) return Tensor::zeros(type);
  // Eight uniforms on 0..65535: mean 8 * 65535 / 2, variance 8 * (65536^2 - 1) / 12.
  constexpr double kMean = 8 * 65535.0 / 2;
  const double scale = stddev / std::sqrt(8 * (65536.0 * 65536.0 - 1) / 12);
  const std::uint64_t stream = hash_of(name);
  AlignedBuffer buffer(type.bytes());
  std::uint64_t counter = 0;
  for (float& weight : buffer.as<float>()) {
    const std::uint64_t sums =
        pair_sums(random_bits(seed_, stream, counter)) + pair_sums(random_bits(seed_, stream, counter + 1));
    counter += 2;
    const double sum = static_cast<double>((sums & 0xFFFFFFFFu) + (sums >> 32));
    weight = static_cast<float>((sum - kMean) * scale);
  }
  return {type, Bytes(std::move(buffer))};
}

Tensor WeightSource::he_normal(Shape shape, std::int64_t fan_out, std::string_view name) const {
  return normal(shape, std::sqrt(2.0 / static_cast<double>(fan_out)), name);
}

Tensor WeightSource::filled(Shape shape, float value) const {
  const TensorType type{DType::kF32, shape};
  if (mode_ == NetOptions::Weights::kZero || value == 0) return Tensor::zeros(type);
  AlignedBuffer buffer(type.bytes());
  std::ranges::fill(buffer.as<float>(), value);
  return {type, Bytes(std::move(buffer))};
}

}  // namespace paw
