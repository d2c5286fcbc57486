// Recipes tried on a model: each makes a file, which is opened again and judged.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "optimize/apply_recipe.h"
#include "pipeline/compare.h"
#include "pipeline/fine_tune.h"
#include "pipeline/model_output.h"

namespace paw {

struct RecipeTrial {
  Recipe recipe;
  Model model;  // as it was written
  QuantiseReport report;
  TrainHistory history;            // of fine-tuning
  std::vector<std::string> notes;  // of making and writing
  std::uint64_t bytes = 0;         // of the file
  std::int64_t macs = 0;
  Comparison verified;  // after judge()
};

// The drop of accuracy, or, where photos have no labels, of agreement with the float model.
double drop_of(const Comparison& comparison);

class RecipeTrials {
 public:
  // `model`: what the files are compared with; `start`: what they are made of. Both in export form. `seen`: photos for
  // formats that must know the ranges of values; may be null. `tuner`: trains what has lost channels; may be null. All
  // outlive this.
  RecipeTrials(const ComparedModel& model, const Model& start, CalibrationSet examples, TrialPhotos* seen,
               FineTuner* tuner, QuantiseSettings settings, ModelOutput& output, Progress& progress)
      : model_(model),
        start_(start),
        examples_(std::move(examples)),
        seen_(seen),
        tuner_(tuner),
        settings_(std::move(settings)),
        output_(output),
        progress_(progress) {}

  // Makes the model; the file stands as the output's draft. Errors: those of apply_recipe(), of FineTuner and of the
  // writer.
  Result<RecipeTrial> make(const Recipe& recipe);
  // Opens the draft, which must be this trial's, and compares it with the float model, which answers each photo once.
  Status judge(RecipeTrial& trial, TrialPhotos& photos);
  // Writes a trial's model again, after another's was.
  Status write_again(const RecipeTrial& trial);

 private:
  const ComparedModel& model_;
  const Model& start_;
  CalibrationSet examples_;
  TrialPhotos* seen_;
  FineTuner* tuner_;
  QuantiseSettings settings_;
  ModelOutput& output_;
  Progress& progress_;
  std::map<const TrialPhotos*, KnownAnswers> known_;  // the float model's
};

}  // namespace paw
