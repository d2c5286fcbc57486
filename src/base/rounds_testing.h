// How many random cases a test tries.
#pragma once

namespace paw {

// All of them in the optimised build; a fifth under the address sanitizer, where each takes several times as long and
// the whole set of fast tests has a minute.
template <typename Count>
constexpr Count rounds(Count all) {
#if defined(__SANITIZE_ADDRESS__)
  return all / 5;
#else
  return all;
#endif
}

}  // namespace paw
