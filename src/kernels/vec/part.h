// A vector, whole or its first lanes only: for bodies that are written once for both.
#pragma once

#include "kernels/vec/portable.h"

namespace paw::vec {

// Full: all lanes, else the first `lanes`, the others zero.
template <class T, bool Full>
PAW_INLINE typename T::V load_part(const float* p, int lanes) {
  return Full ? T::load(p) : T::load_first(p, lanes);
}

template <class T, bool Full>
PAW_INLINE void store_part(float* p, typename T::V v, int lanes) {
  if constexpr (Full) {
    T::store(p, v);
  } else {
    T::store_first(p, v, lanes);
  }
}

}  // namespace paw::vec
