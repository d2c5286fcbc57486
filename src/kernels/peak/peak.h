// The float32 multiply-add peak of a tier: a loop over registers alone, against which `paw bench` states shares.
#pragma once

#include <cstdint>

namespace paw {

// `steps` rounds of independent multiply-adds, enough to hide their latency. Returns how many multiply-adds of single
// floats that were; *sum depends on all of them, so that nothing is left out.
using PeakF32Fn = std::int64_t (*)(std::int64_t steps, float* sum);

}  // namespace paw
