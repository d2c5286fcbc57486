// A half-open range of work units. Every kernel cuts its work into independent units, each computed by one thread in
// a fixed order: results do not depend on how units are shared out.
#pragma once

#include <cstdint>

namespace paw {

struct Range {
  std::int64_t begin = 0, end = 0;
};

// Part `index` of `count` nearly equal parts of [0, units).
constexpr Range share(std::int64_t units, int index, int count) {
  return {units * index / count, units * (index + 1) / count};
}

constexpr std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

}  // namespace paw
