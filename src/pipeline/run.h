// The whole job: photos to a tested model, its files for phones, smaller ones, apps, predictions and the report, stage
// by stage in one folder that can be stopped at any moment and gone on with.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "host/json.h"
#include "host/progress.h"
#include "pipeline/train_settings.h"

namespace paw {

struct RunPhotosSettings {
  TrainPhotosSettings train;     // photos, folder, threads, force, resume and timed are the whole run's
  std::string name;              // of the apps, as people see it; empty: the labels
  std::string golden = "drawn";  // test photos inside the apps: "drawn", or "photos" that were not trained on
  double max_drop = 0.01;        // of accuracy, that smaller files may cost
  std::string effort = "quick";  // of making them smaller; "full" fine-tunes too
  bool reproducible = false;     // the same bytes wherever it runs
  bool transfer_beside = false;  // also train the backbone, where it is here, to compare; not when reproducible
};

struct RunPhotosResult {
  std::string run;                     // folder
  std::string report;                  // report.html in it
  std::shared_ptr<const Json> record;  // what run.json holds (docs/run-json.md); never null
};

// Errors: those of the stages; whatever earlier ones made stays, and run.json says which failed and why. With
// train.resume, stages whose settings, inputs and files are as they were are not done again, and the run ends in the
// same bytes. kResumeRefused: photos, settings or machine differ.
Result<RunPhotosResult> run_photos(const RunPhotosSettings& settings, Progress& progress);

Json to_json(const RunPhotosResult& result);
// What came out, stage by stage.
std::string to_text(const RunPhotosResult& result);

}  // namespace paw
