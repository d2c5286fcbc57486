// The clock by which stages report how long things took.
#pragma once

#include <chrono>

namespace paw {

using Clock = std::chrono::steady_clock;

inline double ms_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

inline double seconds_since(Clock::time_point begin) { return ms_since(begin) / 1000; }

}  // namespace paw
