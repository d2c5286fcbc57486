// `--recipe auto`: the recipe that makes the smallest file within the allowed drop.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/json.h"
#include "pipeline/recipe_trial.h"

namespace paw {

class TrialLog;

enum class Effort : std::uint8_t { kQuick, kFull };
std::span<const std::string_view> enum_names(Effort);

struct TriedRecipe {
  std::string recipe;
  std::uint64_t bytes = 0;
  std::int64_t macs = 0;
  double drop = 0, agreement = 0;  // on the photos that chose
  bool best_of_its_size = false;   // no other is both smaller and closer to the float model
  std::string refused;             // why the format does not hold it; the numbers are empty then
};

// Recipes that are known to be right on what `target` (empty: the widest) of a format stands for. quick: without
// photos' help in rounding, half a minute each at most.
std::vector<Recipe> candidate_recipes(const ModelFormat& format, std::string_view target, Effort effort);

// The candidate with the fewest bytes among those that `photos` judge to drop no more than `max_drop`; of equals the
// one with the fewest multiply-accumulates, then the first. Its file is the output's draft. Never chosen by time, so
// that the same model and photos give the same file. kGateFailed: none is good enough; names the closest.
// What `log` knows is not tried again; it holds every row in the end.
Result<RecipeTrial> choose_recipe(const std::vector<Recipe>& candidates, double max_drop, TrialPhotos& photos,
                                  RecipeTrials& trials, TrialLog& log, Progress& progress,
                                  std::vector<TriedRecipe>& tried);

Json to_json(const std::vector<TriedRecipe>& tried);
// A table, a line each.
std::string to_text(const std::vector<TriedRecipe>& tried);

}  // namespace paw
