// Recipes that were tried already, on disk, so that a search that was stopped goes on where it was.
#pragma once

#include <string>
#include <vector>

#include "host/json.h"
#include "pipeline/auto_recipe.h"

namespace paw {

class TrialLog {
 public:
  // A log that is nowhere: finds nothing, keeps nothing.
  TrialLog() = default;

  // The log at `path` of a search that `about` describes: an object of what its rows depend on. With `resume` it goes
  // on with the rows that are there; else it starts anew. Errors, with `resume`: kResumeRefused: it is another search's
  // (what differs is named), or cannot be read.
  static Result<TrialLog> open(std::string path, const Json& about, bool resume);

  // The row of a recipe; null: not tried yet.
  const TriedRecipe* find(std::string_view recipe) const;
  // Kept on disk when it returns. Error kIo.
  Status add(const TriedRecipe& row);
  // The search has ended: the file goes.
  void close();

 private:
  std::string path_;   // empty: nowhere
  std::string about_;  // JSON
  std::vector<TriedRecipe> rows_;
};

// What rows depend on: the model, how it is quantised, and the photos (by name, size and time of change).
Result<Json> about_search(const Model& model, const Json& settings, const std::vector<std::string>& photos);

}  // namespace paw
