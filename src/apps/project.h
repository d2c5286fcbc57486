// An app project: the files of a platform's template around a model, and the folder that they become.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "apps/platforms.h"
#include "apps/substitute.h"
#include "base/bytes.h"
#include "base/error.h"
#include "ir/preprocess.h"

namespace paw {

// A photo with the scores that this computer's engine gave it, from the model as it is in the app.
struct GoldenPhoto {
  Bytes png;
  std::vector<float> scores;
};

// A file of a project, or of a part of it.
struct AppFile {
  std::string path;  // relative, with '/'; of a part that is one file: empty
  std::vector<std::byte> data;
};

struct AppContent {
  std::string name, id;  // as check_app_name() and check_app_id() take them
  Preprocess preprocess;
  std::vector<std::string> labels;  // of each class
  double threshold = 0;             // a best score below it: "not sure"
  double tolerance = 0;             // largest difference of a score that the self-test accepts
  // By ModelSlot::form, for this platform: one file with an empty path, or those of a folder.
  std::map<std::string, std::vector<AppFile>, std::less<>> models;
  std::vector<GoldenPhoto> golden;
  Values values;  // for marks of this platform's template, beside those that all have
};

// All files of the project, sorted by path; the same content gives the same bytes. kInternal: a template with an
// unknown mark, a model that the platform needs and that is not there.
Result<std::vector<AppFile>> project_files(const Platform& platform, const AppContent& content);

// kUsage: `folder` lies inside the sources of this program. kIo: it is there (without force).
Status check_app_folder(const std::filesystem::path& folder, bool force);

// Writes the files to FOLDER, which appears at once with all of them, or not at all; what stood there goes. kIo.
Status write_project(const std::filesystem::path& folder, const std::vector<AppFile>& files);

}  // namespace paw
