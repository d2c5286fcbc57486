// The photos of a run: scanned, decoded once, judged by the data gate, split, and listed in the manifest.
#pragma once

#include <string>
#include <vector>

#include "host/progress.h"
#include "pipeline/photo_examples.h"
#include "vision/gate.h"

namespace paw {

struct PhotoData {
  std::vector<std::string> labels;
  std::vector<LabelledPhoto> train, val, test;
  std::int64_t left_out = 0;  // files that are not used, system files aside
  Dataset dataset;            // every file with its verdict
  GateFindings findings;      // what the gate says beyond them
  std::string manifest;       // the text of manifest.csv
};

// The data gate: scans `root`, decodes every photo into `cache` on `threads` threads, and judges. Errors: those of
// scan_dataset.
Result<PhotoData> check_photo_data(const std::string& root, PhotoCache& cache, int threads, Progress& progress);

// The same, then splits what is usable (80/10/10 by `seed`, unless the folders say otherwise). kBadData: fewer than two
// classes or too few photos to split.
Result<PhotoData> load_photo_data(const std::string& root, PhotoCache& cache, std::uint64_t seed, int threads,
                                  Progress& progress);

}  // namespace paw
