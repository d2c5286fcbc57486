// A run as one page, RUN/report.html: what its files and photos tell, gathered and drawn.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/json.h"
#include "host/progress.h"

namespace paw {

struct ReportSettings {
  std::string run;            // a run folder, of paw train or more
  std::string photos;         // of the data set, for pictures; empty: RUN/drawn, or where run.json says they are
  std::int64_t threads = 0;   // 0: all processors
  bool reproducible = false;  // no measured time, nothing that depends on what is installed; so too when the run is
};

struct ReportResult {
  std::string run, file;
  std::uint64_t bytes = 0;
  std::int64_t pictures = 0;          // photos that were looked at for it
  std::vector<std::string> not_done;  // stages that the run does not have
  double seconds = 0;
};

// Writes the page, over an earlier one. What is not there is said on it; only what is there and broken is an error.
// kIo: no such run, or the page cannot be written. kBadData: run.json or manifest.csv is not what a run writes.
// kUnsupported: the model cannot be read or run. A photo that is gone or cannot be decoded is a warning.
Result<ReportResult> write_report(const ReportSettings& settings, Progress& progress);

Json to_json(const ReportResult& result);
std::string to_text(const ReportResult& result);

}  // namespace paw
