// Near misses of names.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace paw {

// The candidate that `name` was probably meant to be: the smallest edit distance (insert, delete, replace or swap two
// neighbours; capitals do not count), at most a third of the longer one's length. The first wins a tie.
std::optional<std::string_view> nearest(std::string_view name, std::span<const std::string_view> candidates);

// "did you mean 'NAME'?" for the nearest candidate; empty when none is near.
std::string did_you_mean(std::string_view name, std::span<const std::string_view> candidates);

}  // namespace paw
