// `paw data check`: what the data gate says of every file, for people and programs.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/json.h"
#include "host/progress.h"
#include "pipeline/photo_data.h"
#include "pipeline/train.h"

namespace paw {

struct CheckSettings {
  std::string photos;        // folder of class folders
  std::string fix_list;      // file to write; empty: none
  std::string run;           // a training's run folder: its likely mislabels are told too; empty: none
  std::int64_t threads = 0;  // 0: all processors
  bool force = false;        // overwrite fix_list
};

struct CheckResult {
  struct Class {
    std::int64_t files = 0, used = 0;
  };
  PhotoData data;
  std::int64_t files = 0, ok = 0, used = 0;  // ok: nothing to say; used: ok, or with a remark
  std::map<std::string, Class> classes;
  std::vector<LikelyMislabel> likely_mislabels;
};

// Changes nothing in the data set. `fix_list` gets a line for every file with something to say, as manifest.csv has
// them. Errors: those of scan_dataset; kIo, kBadData: a run that cannot be read, or has not finished.
Result<CheckResult> check_data(const CheckSettings& settings, Progress& progress);

// Of photos that were judged already.
CheckResult checked(PhotoData data);

Json to_json(const CheckResult& result);
std::string to_text(const CheckResult& result);

}  // namespace paw
