// How long work says how far it is.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace paw {

// `stage` is for people; `done` of `total` steps of it are. May be empty.
using QuantiseProgress = std::function<void(std::string_view stage, std::int64_t done, std::int64_t total)>;

inline void say(const QuantiseProgress& progress, std::string_view stage, std::int64_t done, std::int64_t total) {
  if (progress) progress(stage, done, total);
}

}  // namespace paw
