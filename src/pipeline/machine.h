// What this machine can do at most, measured: the limits that speeds are given as shares of.
#pragma once

#include <string>

#include "base/cpu.h"

namespace paw {

struct MachineLimits {
  int threads = 1;
  double gmac_s = 0;       // float32 multiply-adds in registers, 10^9 a second, all threads together
  double memory_gb_s = 0;  // read and written, 10^9 bytes a second, by a copy that outgrows the second-level cache
};

// The best of several short rounds: about 0.2 s.
MachineLimits measure_limits(Isa isa, int threads);

// The processor's name as the system gives it; empty where it does not.
std::string processor_name();

}  // namespace paw
