// The parts of a run's page, gathered: what the run's files and photos say, as report/page.h wants it.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "pipeline/report_photos.h"
#include "pipeline/report_record.h"
#include "report/page.h"

namespace paw {

report::TrainingPart training_of(const RunRecord& run);
// Of the run's record; of `answers` what it does not have: bins, pictures.
report::QualityPart quality_of(const RunRecord& run, const Model& model, std::vector<TestAnswer> answers,
                               const ReportPhotos& photos);
// A picture's path in the data set is the manifest's. Errors: pictures that cannot be written.
Result<report::DataPart> data_of(const RunRecord& run, ReportPhotos& photos);
// RUN/model.paw and what was exported from it.
report::FilesPart files_of(const RunRecord& run, const Model& model);
std::vector<report::ParityRow> parity_of(const RunRecord& run);
Result<std::vector<report::HeldOut>> held_out_of(const RunRecord& run, ReportPhotos& photos);
// The test photo that is answered right and neither most nor least surely. `times`: measure.
Result<report::JourneyPart> journey_of(const RunRecord& run, const PhotoModel& model, const report::FilesPart& files,
                                       const std::vector<TestAnswer>& answers, ReportPhotos& photos, bool times);
// Of RUN/apps; pictures of the web app where there is a browser, unless the run is reproducible. kBadData: an app's
// model.json is broken.
Result<report::AppsPart> apps_of(const RunRecord& run, Progress& progress);
// What the six stages did.
std::vector<report::Stage> stages_of(const RunRecord& run, const report::Page& page);

}  // namespace paw
