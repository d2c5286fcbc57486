// Counting arithmetic for cost models.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>

namespace paw {

// Product of counts >= 0; the largest int64 when it does not fit (absurd but legal shapes).
inline std::int64_t count_product(std::initializer_list<std::int64_t> factors) {
  std::int64_t product = 1;
  for (const std::int64_t factor : factors) {
    if (__builtin_mul_overflow(product, factor, &product)) return std::numeric_limits<std::int64_t>::max();
  }
  return product;
}

}  // namespace paw
