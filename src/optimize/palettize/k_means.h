// The few values that come closest to many numbers.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace paw {

// At most `count` values, ascending, with the least sum of weight times squared distance to the nearest of them
// (k-means in one dimension). Best up to a grid of 2048 cells over the numbers' range, on which the sum is minimised by
// dynamic programming (Wang & Song 2011, with divide and conquer over the monotone splits), then refined on the numbers
// themselves (Lloyd 1982). `weights`: of the numbers, not negative; empty: 1 each. Numbers are finite; none: none.
std::vector<float> k_means(std::span<const float> numbers, std::span<const float> weights, std::size_t count);

// Which of ascending `values` is nearest; the lower of two.
std::size_t nearest_value(std::span<const float> values, float number);

}  // namespace paw
