// Which photos of a folder a model is tried on, and the number of each one's class in the model. Photos that the model
// has seen are known by their hash, wherever they stand and whatever they are called.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "host/progress.h"
#include "ir/model.h"
#include "pipeline/photo_examples.h"

namespace paw {

// A file that is not tried, and why.
struct UnusableFile {
  std::string path, reason;
};

struct EvalPhotos {
  std::vector<LabelledPhoto> photos;
  std::vector<std::string> labels;      // of the model's classes
  std::array<std::int64_t, 3> known{};  // photos of the folder that the model carries, by split
  std::int64_t left_out = 0;            // photos that `split` leaves out
  std::vector<UnusableFile> unusable;   // system files aside
  std::string note;                     // how folders were matched, when not by the model's labels
};

// "auto", "train", "val", "test", "all".
std::vector<std::string> eval_split_names();

// `split`: "auto" leaves out what the model was trained or tuned on (its train and val photos); "train", "val" and
// "test" take the photos that the model carries for that split and, of photos it does not carry, those in a folder of
// that name; "all" takes all. Class folders are the model's labels by name; where it has none, its class numbers, or,
// when they are as many as its classes, these in sorted order.
//
// Errors: kUsage: another split. kIo, kBadData: scan_dataset's. kBadData: a folder that is no class, no photo left.
// kUnsupported: the model does not give one score per class.
Result<EvalPhotos> choose_eval_photos(const Model& model, const std::string& root, const std::string& split,
                                      Progress& progress);

}  // namespace paw
