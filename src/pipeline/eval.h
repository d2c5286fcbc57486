// How good a model is on photos: their classes are the folders they stand in.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/json.h"
#include "host/progress.h"
#include "pipeline/classification.h"
#include "pipeline/eval_photos.h"

namespace paw {

struct EvalSettings {
  std::string model;   // a model file
  std::string photos;  // a folder with one folder per class, or train, val and test folders of them
  std::string split = "auto";
  std::int64_t threads = 0;  // 0: all processors
  std::int64_t worst = 10;   // mistakes to list
};

struct Mistake {
  std::string path, label, said;
  double score = 0;        // of what was said
  double label_score = 0;  // of what is right
};

struct EvalResult {
  std::string model, photos, split;
  ClassificationReport report;
  std::array<std::int64_t, 3> known{};  // photos of the folder that the model carries, by split
  std::int64_t left_out = 0;            // photos that the split leaves out
  std::vector<UnusableFile> unusable;   // not photos, or not decodable
  std::vector<Mistake> mistakes;        // the surest first
};

// Errors: those of load_model and choose_eval_photos; kUsage: numbers out of range; kBadData: no photo can be decoded.
// A photo that cannot be decoded is left out and named in a warning. Decoded photos that training left in the photo
// cache are used; none is added, since photos that are looked at once would take the room of those that training needs.
Result<EvalResult> eval_model(const EvalSettings& settings, Progress& progress);

Json to_json(const EvalResult& result);
std::string to_text(const EvalResult& result);

}  // namespace paw
