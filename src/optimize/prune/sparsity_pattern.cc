#include "optimize/prune/sparsity_pattern.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>

namespace paw {

namespace {

constexpr std::size_t kGroup = 4, kZerosOfGroup = 2;

// Of scores [begin, begin + length) the `count` least blocks of `block` go.
void drop_least(std::span<const double> scores, std::size_t begin, std::size_t length, std::size_t count,
                std::size_t block, std::vector<bool>& kept) {
  std::vector<double> sums(length / block);
  for (std::size_t i = 0; i < sums.size() * block; ++i) sums[i / block] += scores[begin + i];
  std::vector<std::uint32_t> order(sums.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::sort(order, {}, [&](std::uint32_t i) { return std::pair(sums[i], i); });
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < block; ++k) kept[begin + order[i] * block + k] = false;
  }
}

}  // namespace

std::optional<std::vector<bool>> kept_weights(const SparsityPattern& pattern, std::span<const double> scores,
                                              const Shape& shape) {
  const auto together = pattern.two_of_four ? kGroup : static_cast<std::size_t>(pattern.block);
  if (static_cast<std::size_t>(shape.back()) % together != 0) return std::nullopt;
  std::vector<bool> kept(scores.size(), true);
  if (pattern.two_of_four) {
    for (std::size_t i = 0; i < scores.size(); i += kGroup) drop_least(scores, i, kGroup, kZerosOfGroup, 1, kept);
  } else {
    const std::size_t blocks = scores.size() / together;
    drop_least(scores, 0, scores.size(), blocks * static_cast<std::size_t>(pattern.percent) / 100, together, kept);
  }
  return kept;
}

}  // namespace paw
