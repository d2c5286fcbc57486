// Trains a model that was made smaller to answer as the one that it was made from does: distillation on photos.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "host/progress.h"
#include "ir/model.h"
#include "optimize/retrain.h"
#include "pipeline/epochs.h"

namespace paw {

struct FineTuneSettings {
  std::int64_t epochs = 0;  // 0: what suits the student, epochs_for()
  std::int64_t batch = 32;
  std::int64_t seed = 0;
  int threads = 1;  // the result does not depend on it
};

// kUsage: out of range.
Status check(const FineTuneSettings& settings);

// How many epochs a student has.
std::int64_t epochs_for(const FineTuneSettings& settings, Student student);

class FineTuner {
 public:
  // `teacher`: in export form, a photo model. It answers the photos of `learning` as training sees them, another part
  // and light in every epoch; `tuning` says which epoch was the best. Photos that cannot be decoded are left out with a
  // warning. kBadData: too few are left. kUnsupported: a teacher that does not end in a softmax.
  static Result<FineTuner> create(const Model& teacher, const std::vector<std::filesystem::path>& learning,
                                  const std::vector<std::filesystem::path>& tuning, const FineTuneSettings& settings,
                                  Progress& progress);
  ~FineTuner();
  FineTuner(FineTuner&&) noexcept;
  FineTuner& operator=(FineTuner&&) noexcept;

  // `student`: the teacher made smaller, or any other model with its input and scores that ends in a softmax. Where its
  // features are as many as the teacher's it learns these as well. The epoch with the least cross-entropy to the
  // teacher over the tuning photos; `student` itself where none is lower. With a novelty where the teacher has one,
  // fitted anew to the student's features, and in export form; but a simulated student is given back as it was, without
  // a novelty and with other weights. `epochs`: 0: as the settings say. kDiverged: the loss is no number, or exploded.
  Result<Model> tune(const Model& student, Student kind = Student::kShrunk, std::int64_t epochs = 0);

  // Of the last tune(). Accuracy: the share of photos that the teacher answers the same.
  const TrainHistory& history() const;

 private:
  struct State;
  explicit FineTuner(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace paw
