#include "pipeline/auto_recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>

#include "host/text.h"
#include "pipeline/trial_log.h"

namespace paw {

namespace {

constexpr std::array<std::string_view, 2> kEffortNames{"quick", "full"};

constexpr std::string_view kHalf = "float16", kDynamic = "dynamic_wi8_afp32", kWeights = "weight_only_wi8_afp32",
                           kFourBits = "weight_only_wi4_afp32", kIntegers = "static_wi8_ai8",
                           kMixed = "static_wi8_ai8+mixed10", kWideIntegers = "static_wi8_ai16",
                           kNarrow = "channels30+static_wi8_ai8", kNarrower = "channels40+static_wi8_ai8",
                           kNarrowest = "channels50+static_wi8_ai8";

// Core ML's own integer arithmetic begins with iOS 17; forms below 8 bits go wrong on some of its processors.
std::vector<std::string_view> names_for(const ModelFormat& format, std::string_view target, Effort effort) {
  if (format.suffix == ".mlmodel") return {kHalf, kWeights};
  if (format.suffix == ".mlpackage") {
    if (target == "ios17" || target == "ios18") return {kHalf, kWeights, kIntegers};
    return {kHalf, kWeights};
  }
  if (format.suffix == ".plan") return {kIntegers};
  if (effort == Effort::kQuick) return {kHalf, kDynamic, kWeights, kIntegers};
  return {kHalf, kDynamic, kWeights, kIntegers, kMixed, kWideIntegers, kFourBits, kNarrow, kNarrower, kNarrowest};
}

bool is_better(const TriedRecipe& a, const TriedRecipe& b) {
  return std::tuple(a.bytes, a.macs) < std::tuple(b.bytes, b.macs);
}

void mark_best(std::vector<TriedRecipe>& tried) {
  for (TriedRecipe& row : tried) {
    row.best_of_its_size = row.refused.empty() && std::ranges::none_of(tried, [&](const TriedRecipe& other) {
                             return other.refused.empty() && other.bytes <= row.bytes && other.drop <= row.drop &&
                                    (other.bytes < row.bytes || other.drop < row.drop);
                           });
  }
}

std::unexpected<Error> none_is_good(const std::vector<TriedRecipe>& tried, double max_drop) {
  const TriedRecipe* closest = nullptr;
  for (const TriedRecipe& row : tried) {
    if (row.refused.empty() && (closest == nullptr || row.drop < closest->drop)) closest = &row;
  }
  if (closest == nullptr) {
    return fail(ErrorCode::kUnsupported, "auto", "the format holds no smaller form of this model: " + tried[0].refused);
  }
  return fail(ErrorCode::kGateFailed, "auto",
              fmt::format("no recipe drops {:g} or less; the closest, {}, drops {:.4f}", max_drop, closest->recipe,
                          closest->drop),
              "allow more with --max-drop (with --resume nothing is tried twice), or try --effort full");
}

// `made` is empty when the format does not hold it.
Result<TriedRecipe> try_recipe(const Recipe& recipe, TrialPhotos& photos, RecipeTrials& trials,
                               std::optional<RecipeTrial>& made) {
  auto trial = trials.make(recipe);
  if (!trial) {
    if (trial.error().code != ErrorCode::kUnsupported) return std::unexpected(trial.error());
    return TriedRecipe{.recipe = recipe.text(), .refused = trial.error().text()};
  }
  PAW_RETURN_IF_ERROR(trials.judge(*trial, photos));
  made = std::move(*trial);
  return TriedRecipe{.recipe = recipe.text(),
                     .bytes = made->bytes,
                     .macs = made->macs,
                     .drop = drop_of(made->verified),
                     .agreement = made->verified.agreement(),
                     .refused = {}};
}

}  // namespace

std::span<const std::string_view> enum_names(Effort) { return kEffortNames; }

std::vector<Recipe> candidate_recipes(const ModelFormat& format, std::string_view target, Effort effort) {
  std::vector<Recipe> recipes;
  for (const std::string_view name : names_for(format, target, effort)) recipes.push_back(*parse_recipe(name));
  return recipes;
}

Result<RecipeTrial> choose_recipe(const std::vector<Recipe>& candidates, double max_drop, TrialPhotos& photos,
                                  RecipeTrials& trials, TrialLog& log, Progress& progress,
                                  std::vector<TriedRecipe>& tried) {
  std::optional<std::size_t> best;   // of `candidates`
  std::optional<RecipeTrial> trial;  // of the best; none: the log knew it
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    std::optional<RecipeTrial> made;
    if (const TriedRecipe* known = log.find(candidates[i].text())) {
      tried.push_back(*known);
    } else {
      progress.note("trying " + candidates[i].text());
      PAW_ASSIGN_OR_RETURN(TriedRecipe row, try_recipe(candidates[i], photos, trials, made));
      PAW_RETURN_IF_ERROR(log.add(row));
      tried.push_back(std::move(row));
    }
    const TriedRecipe& row = tried.back();
    if (!row.refused.empty() || row.drop > max_drop || (best && !is_better(row, tried[*best]))) continue;
    best = i;
    trial = std::move(made);
  }
  mark_best(tried);
  if (!best) return none_is_good(tried, max_drop);
  if (!trial) return trials.make(candidates[*best]);
  PAW_RETURN_IF_ERROR(trials.write_again(*trial));
  return std::move(*trial);
}

Json to_json(const std::vector<TriedRecipe>& tried) {
  Json rows = Json::array();
  for (const TriedRecipe& row : tried) {
    if (!row.refused.empty()) {
      rows.push_back({{"recipe", row.recipe}, {"refused", row.refused}});
      continue;
    }
    rows.push_back({{"recipe", row.recipe},
                    {"bytes", row.bytes},
                    {"macs", row.macs},
                    {"drop", row.drop},
                    {"agreement", row.agreement},
                    {"pareto", row.best_of_its_size}});
  }
  return rows;
}

std::string to_text(const std::vector<TriedRecipe>& tried) {
  std::string text = fmt::format("  {:<24} {:>10} {:>8} {:>8}\n", "tried", "size", "drop", "same");
  for (const TriedRecipe& row : tried) {
    text += row.refused.empty()
                ? fmt::format("  {:<24} {:>10} {:>8.4f} {:>8.4f}{}\n", row.recipe, human_bytes(row.bytes), row.drop,
                              row.agreement, row.best_of_its_size ? "  *" : "")
                : fmt::format("  {:<24} {}\n", row.recipe, printable(row.refused));
  }
  return text + "  * none is both smaller and more accurate\n";
}

}  // namespace paw
