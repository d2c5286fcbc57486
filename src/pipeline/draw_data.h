// `paw data draw`: the drawn cats and dogs as PNG files in class folders.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "host/json.h"
#include "host/progress.h"

namespace paw {

struct DrawSettings {
  std::string out;            // the folder; made with its parents
  std::int64_t count = 1000;  // pictures, half of them cats; an odd one out is a cat
  std::int64_t size = 224;    // pixels, height and width
  std::int64_t seed = 0;
  bool force = false;  // replace an existing folder's pictures
  int threads = 0;     // 0: as many as the machine has
};

struct DrawResult {
  std::string out;
  std::int64_t cats = 0, dogs = 0, size = 0, seed = 0;
  std::uint64_t bytes = 0;  // of all files together
};

// Writes out/cat/cat_0000.png ... and out/dog/dog_0000.png ...; the same settings give the same files. kUsage: a count,
// size or seed out of range. kIo: the folder exists (without force), cannot be written, or holds what is no drawn
// picture.
Result<DrawResult> draw_data(const DrawSettings& settings, Progress& progress);

Json to_json(const DrawResult& result);

}  // namespace paw
