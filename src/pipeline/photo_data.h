// The photos of a run: scanned, decoded once to see that they can be, split, and listed in the manifest.
#pragma once

#include <string>
#include <vector>

#include "host/progress.h"
#include "pipeline/photo_examples.h"
#include "vision/dataset.h"

namespace paw {

struct PhotoData {
  std::vector<std::string> labels;
  std::vector<LabelledPhoto> train, val, test;
  std::int64_t left_out = 0;  // files that are no usable photo, system files aside
  std::string manifest;       // the text of manifest.csv
};

// Scans `root`, decodes every photo into `cache` on `threads` threads and splits what is usable (80/10/10 by `seed`,
// unless the folders say otherwise). kBadData: fewer than two classes or too few photos to split.
Result<PhotoData> load_photo_data(const std::string& root, PhotoCache& cache, std::uint64_t seed, int threads,
                                  Progress& progress);

}  // namespace paw
