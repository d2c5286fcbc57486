// The data gate: which files of a data set are used, and what is said of each. docs/photos.md has the rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vision/dataset.h"
#include "vision/photo_facts.h"

namespace paw {

struct GateFindings {
  std::vector<std::vector<std::string>> near_duplicates;  // paths, sorted; one list per picture
  std::vector<std::string> warnings;                      // of classes and of the whole, for people
};

// Gives every usable entry of the scanned `dataset` its verdict and reason, and near-duplicates their group, by
// `facts`, one per entry in the order of the entries; those of unusable ones are not looked at. A function of its
// arguments.
GateFindings judge(Dataset& dataset, const std::vector<PhotoFacts>& facts);

}  // namespace paw
