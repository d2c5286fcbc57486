// The stages of a run after the training. Each reads the run folder and the photos, and writes files into one folder of
// the run.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "pipeline/run.h"
#include "pipeline/run_photos.h"

namespace paw {

struct StageContext {
  const RunPhotosSettings& settings;
  const RunPhotos& photos;
  std::filesystem::path run;
  Progress& progress;
  std::vector<std::string> warnings;

  std::string path(const std::string& name) const { return (run / name).string(); }
  int threads() const;
};

struct RunStage {
  const char* name;    // in run.json
  const char* title;   // for people
  const char* folder;  // of the run, that it writes into; empty: none
  // What it reads of the run: files, or folders.
  std::vector<std::string> inputs;
  // What decides its files beside them, for run.json.
  Json (*settings)(const RunPhotosSettings&);
  Result<Json> (*work)(StageContext&);
};

// In the order in which they run.
std::span<const RunStage> run_stages();

// Of exports.cc.
Result<Json> make_tflite(StageContext& context);
Result<Json> make_coreml(StageContext& context);
Result<Json> make_small(StageContext& context);

// The names of the model files in RUN/exports, sorted.
Result<std::vector<std::string>> exported_files(const std::filesystem::path& run);

}  // namespace paw
