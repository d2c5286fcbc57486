// `paw app`: app projects with a model, its preprocessing and golden photos inside.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/json.h"
#include "host/progress.h"

namespace paw {

struct AppSettings {
  std::string model;                   // a model file that takes photos and has labels
  std::string out;                     // gets one folder per platform
  std::vector<std::string> platforms;  // names of all_platforms(); none: an error
  std::string name;                    // as people see it; empty: the labels, "cat or dog", where they are few
  std::string id;                      // com.example.catordog; empty: from the name
  std::string golden = "drawn";        // or "photos" or a folder (golden_photos.h), which then travel inside the app
  std::vector<std::filesystem::path> golden_files = {};  // when not empty: instead of `golden`
  bool force = false;
};

struct AppResult {
  std::string model, out, name, id;
  struct Project {
    std::string platform, folder;
    std::string next;  // what to do with it
    std::uint64_t files = 0, bytes = 0, model_bytes = 0;
    bool why = false;  // it can show where the model looked
  };
  std::vector<Project> projects;
  std::int64_t golden = 0;
  std::vector<std::string> notes;
};

// All projects are there, or none is. kUsage: no platform, a name or id that is not allowed, a folder inside the
// sources. kIo: a project's folder is there (without force), or cannot be written. kUnsupported: a model without
// labels or preprocessing, or with an op that a platform does not run. kBadData: too few golden photos. kGateFailed: a
// platform's form of the model answers them differently.
Result<AppResult> make_app(const AppSettings& settings, Progress& progress);

Json to_json(const AppResult& result);
std::string to_text(const AppResult& result);

}  // namespace paw
