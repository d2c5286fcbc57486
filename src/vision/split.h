// Which photos train, which choose the best epoch, which test.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/sha256.h"
#include "ir/model.h"

namespace paw {

struct SplitItem {
  std::string label;                   // the class
  Sha256 sha256{};                     // of the file: decides where it goes
  std::optional<std::uint32_t> group;  // photos of one group stay on one side, whatever their class; none: alone
  std::optional<Split> given;          // from the folder it stands in
};

struct SplitShares {
  double val = 0.1, test = 0.1;  // the rest trains
};

// One split per item. A function of seed, shares and the items as a set: neither their order nor their names matter.
//
// Each class is divided by the shares: of val and of test it gets its share of photos, rounded, at least one from three
// photos on (of two, one trains and one tests; one trains). Only groups can move that, by less than the size of the
// largest one. Where items have given splits these are kept; a val that was not given is taken out of train, by its
// share of it.
std::vector<Split> split_items(std::span<const SplitItem> items, std::uint64_t seed, const SplitShares& shares = {});

}  // namespace paw
