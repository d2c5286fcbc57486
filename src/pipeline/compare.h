// Do two models answer alike? Each sees the photos through its own preprocessing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/json.h"
#include "host/progress.h"
#include "ir/model.h"
#include "pipeline/paired.h"
#include "pipeline/trial_photos.h"

namespace paw {

class NetRunner;

// Of scores at each model's own temperature. Equal scores: the lowest index is the answer.
struct Comparison {
  std::int64_t images = 0;
  std::int64_t agree = 0;                      // same class first
  double max_abs_diff = 0, mean_abs_diff = 0;  // over all scores
  // Half the sum of the differences of a photo's scores, over photos: 0 alike, 1 nothing in common.
  double total_variation = 0;
  std::string worst;                      // the photo with the largest difference
  std::optional<PairedAnswers> labelled;  // when every photo stands in a folder named as a label of both models
  bool numbers = false;                   // not photos: random numbers went in, for models that take none

  double agreement() const { return images == 0 ? 0 : static_cast<double>(agree) / static_cast<double>(images); }
};

struct ComparedModel {
  const Model& model;
  std::string name;  // starts messages
  Bytes plan = {};   // when not empty: runs this instead of the model's graph
};

// What runs it. Errors: those of NetRunner.
Result<NetRunner> runner_of(const ComparedModel& model, int threads);

// What a model answered to photos, so that it is not asked again. By photo; empty: not asked yet.
using KnownAnswers = std::vector<std::vector<float>>;

// `known`: answers of `before` to these very photos, used and completed; may be null.
// Photos that cannot be decoded are left out with a warning. kUnsupported: one of the two takes photos and the other
// does not, they do not have equally many outputs, or cannot run. kBadData: no photo can be decoded.
Result<Comparison> compare_models(const ComparedModel& before, const ComparedModel& after, TrialPhotos& photos,
                                  int threads, Progress& progress, KnownAnswers* known = nullptr);

// {"images","agreement","max_abs_diff","mean_abs_diff","total_variation","worst"}, and with labels {"top1_before",
// "top1_after","drop","drop_interval","lost","gained"}
Json to_json(const Comparison& comparison);
std::string to_text(const Comparison& comparison);

}  // namespace paw
