// Every model file of a run on the same photos: our engine, and what else runs such files here. Does each answer as the
// trained model does?
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/json.h"
#include "host/progress.h"

namespace paw {

struct ParityRow {
  std::string file;    // in the run folder
  std::string engine;  // "pawprint", "LiteRT", "WebAssembly"
  std::int64_t images = 0;
  std::optional<double> agreement, max_abs_diff;  // none: the engine is not there
  std::string note;
};

struct ParitySettings {
  std::filesystem::path run;
  std::vector<std::string> files;             // in it, that are compared with its model.paw
  std::vector<std::filesystem::path> photos;  // at least one
  bool others = true;                         // engines that are installed beside this program
};

// LiteRT runs .tflite files where a Python has its package (the one that PAW_PYTHON names, else python3), WebAssembly
// the web app where there is Node.js; where not, the row says so. Errors: those of loading and running here; kIo.
Result<std::vector<ParityRow>> parity(const ParitySettings& settings, Progress& progress);

Json to_json(const std::vector<ParityRow>& rows);

}  // namespace paw
