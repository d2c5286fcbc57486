// Which of many photos show the same picture.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "vision/signature.h"

namespace paw {

struct NearDuplicates {
  std::size_t first = 0, second = 0;  // positions, first < second
  double likeness = 0;
};

// Pairs of signatures whose pictures are alike: re-compressed, resized, mirrored, or cropped by up to a fifth of a
// side. Sorted. Looks at candidates by parts of their hashes, so that time grows far slower than with the number of
// pairs.
std::vector<NearDuplicates> find_near_duplicates(std::span<const PhotoSignature> signatures);

// Numbers of groups: photos that pairs connect, directly or by way of others, have the same; nullopt: in no pair.
// Numbers are given in the order of the first member.
std::vector<std::optional<std::uint32_t>> connect(std::size_t count, std::span<const NearDuplicates> pairs);

}  // namespace paw
