// The body of the peak loop, shared by all tiers.
#pragma once

#include "kernels/peak/peak.h"
#include "kernels/vec/portable.h"

namespace paw::peak_detail {

constexpr int kAccumulators = 12;  // two units with a latency of four or five cycles; sixteen registers

// Makes a register's content unknown to the compiler: nothing can be hoisted or combined.
template <class V>
PAW_INLINE void forget(V& v) {
#if defined(__x86_64__)
  __asm__ volatile("" : "+x"(v));
#elif defined(__aarch64__)
  __asm__ volatile("" : "+w"(v));
#else
  __asm__ volatile("" : : "r"(&v) : "memory");
#endif
}

template <class T>
PAW_INLINE std::int64_t peak(std::int64_t steps, float* sum) {
  typename T::V sums[kAccumulators];
  for (auto& s : sums) s = T::set(1.0f);
  auto a = T::set(0.999f);
  const auto b = T::set(0.001f);
  for (std::int64_t i = 0; i < steps; ++i) {
    forget(a);
    PAW_UNROLL for (auto& s : sums) s = T::fma(s, a, b);
  }
  for (int i = 1; i < kAccumulators; ++i) sums[0] = T::add(sums[0], sums[i]);
  *sum = T::sum(sums[0]);
  return steps * kAccumulators * T::kLanes;
}

}  // namespace paw::peak_detail
