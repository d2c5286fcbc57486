// Recipes tried on a model: each makes a file, which is opened again and judged.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "optimize/apply_recipe.h"
#include "pipeline/compare.h"
#include "pipeline/model_output.h"

namespace paw {

struct RecipeTrial {
  Recipe recipe;
  Model model;  // as it was written
  QuantiseReport report;
  std::vector<std::string> notes;  // of making and writing
  std::uint64_t bytes = 0;         // of the file
  std::int64_t macs = 0;
  Comparison verified;  // after judge()
};

// The drop of accuracy, or, where photos have no labels, of agreement with the float model.
double drop_of(const Comparison& comparison);

class RecipeTrials {
 public:
  // `model` in export form, called `name` in messages. `seen`: photos for formats that must know the ranges of values;
  // may be null. All outlive this.
  RecipeTrials(const ComparedModel& model, CalibrationSet examples, TrialPhotos* seen, QuantiseSettings settings,
               ModelOutput& output, Progress& progress)
      : model_(model),
        examples_(std::move(examples)),
        seen_(seen),
        settings_(std::move(settings)),
        output_(output),
        progress_(progress) {}

  // Makes the model; the file stands as the output's draft. Errors: those of apply_recipe() and of the writer.
  Result<RecipeTrial> make(const Recipe& recipe);
  // Opens the draft, which must be this trial's, and compares it with the float model, which answers each photo once.
  Status judge(RecipeTrial& trial, TrialPhotos& photos);
  // Writes a trial's model again, after another's was.
  Status write_again(const RecipeTrial& trial);

 private:
  const ComparedModel& model_;
  CalibrationSet examples_;
  TrialPhotos* seen_;
  QuantiseSettings settings_;
  ModelOutput& output_;
  Progress& progress_;
  std::map<const TrialPhotos*, KnownAnswers> known_;  // the float model's
};

}  // namespace paw
