// `paw demo`: the whole job on an embedded default: cats and dogs drawn by code, and a run on them.
#pragma once

#include <cstdint>

#include "pipeline/run.h"

namespace paw {

struct DemoSettings {
  DemoSettings();
  // Its `photos` are the folder "drawn" of the run folder; pawnet learns from scratch; transfer
  // is shown beside it.
  RunPhotosSettings run;
  std::int64_t count = 1000, size = 224;  // of the pictures
};

// Errors: those of draw_data and run_photos. With run.train.resume, pictures that are all there are not drawn again.
Result<RunPhotosResult> run_demo(const DemoSettings& settings, Progress& progress);

}  // namespace paw
