#include "pipeline/recipe_trial.h"

#include "pipeline/measure_ranges.h"

namespace paw {

namespace {

// Stages of quantising on the progress of the command.
QuantiseProgress shown_on(Progress& progress) {
  return [&progress, stage = std::string(), seen = std::int64_t{0}](std::string_view name, std::int64_t done,
                                                                    std::int64_t total) mutable {
    if (name != stage) {
      stage = name;
      seen = 0;
      progress.start(stage, static_cast<std::uint64_t>(total), "steps");
    }
    progress.advance(static_cast<std::uint64_t>(std::max<std::int64_t>(0, done - seen)));
    seen = std::max(seen, done);
  };
}

// Those of one more training, counted on.
void add_rows(TrainHistory& all, const TrainHistory& more) {
  const std::int64_t before = all.rows.empty() ? 0 : all.rows.back().epoch;
  for (EpochRow row : more.rows) {
    row.epoch += before;
    all.rows.push_back(row);
  }
  all.best = more.best;
  all.best.epoch += before;
}

}  // namespace

double drop_of(const Comparison& comparison) {
  return comparison.labelled ? comparison.labelled->drop() : 1 - comparison.agreement();
}

Result<RecipeTrial> RecipeTrials::make(const Recipe& recipe) {
  Retrain retrain;
  TrainHistory history;
  if (tuner_ != nullptr && recipe.can_train()) {
    retrain = [&](const Graph& graph, Student kind, std::int64_t epochs) -> Result<Graph> {
      Model student = start_;
      student.graph = graph;
      PAW_ASSIGN_OR_RETURN(Model tuned, tuner_->tune(student, kind, epochs));
      add_rows(history, tuner_->history());
      return std::move(tuned.graph);
    };
  }
  PAW_ASSIGN_OR_RETURN(QuantisedGraph small,
                       apply_recipe(start_.graph, recipe, examples_, settings_, retrain, shown_on(progress_)));
  progress_.finish();
  RecipeTrial trial{.recipe = recipe, .model = start_, .report = std::move(small.report)};
  trial.history = std::move(history);
  trial.model.graph = std::move(small.graph);
  trial.notes = trial.report.notes;
  PAW_RETURN_IF_ERROR(verify(trial.model));
  if (output_.format().half && seen_ != nullptr) {
    PAW_RETURN_IF_ERROR(measure_ranges(trial.model, *seen_, settings_.threads, progress_));
  }
  PAW_RETURN_IF_ERROR(output_.write(trial.model, trial.notes));
  trial.bytes = output_.bytes();
  trial.macs = totals(trial.model.graph).macs;
  return trial;
}

Status RecipeTrials::judge(RecipeTrial& trial, TrialPhotos& photos) {
  PAW_ASSIGN_OR_RETURN(trial.verified,
                       output_.compare(model_, trial.model, photos, settings_.threads, progress_, &known_[&photos]));
  return {};
}

Status RecipeTrials::write_again(const RecipeTrial& trial) {
  std::vector<std::string> known;
  return output_.write(trial.model, known);
}

}  // namespace paw
