#include "optimize/recipe.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/nearest.h"

namespace paw {

namespace {

struct NamedForm {
  std::string_view name;
  QuantForm form;
  bool trained = false;
};

// Names are those of the field (ai-edge-quantizer); the first of a form is the one that is printed.
constexpr NamedForm kForms[] = {
    {"float16", QuantForm::kFloat16},
    {"dynamic_wi8_afp32", QuantForm::kDynamicWi8},
    {"weight_only_wi8_afp32", QuantForm::kWeightOnlyWi8},
    {"weight_only_wi4_afp32", QuantForm::kWeightOnlyWi4},
    {"static_wi8_ai8", QuantForm::kStaticWi8Ai8},
    {"static_wi8_ai16", QuantForm::kStaticWi8Ai16},
    {"qat_wi8_ai8", QuantForm::kStaticWi8Ai8, true},
    {"int8", QuantForm::kStaticWi8Ai8},
};

constexpr std::string_view kSparse = "sparse", kTwoOfFour = "sparse2of4", kPalette = "palette", kChannels = "channels",
                           kMixed = "mixed";
constexpr std::array kPaletteBits = {1, 2, 3, 4, 6, 8};

std::unexpected<Error> usage(std::string_view message, std::string_view hint = {}) {
  return fail(ErrorCode::kUsage, "--recipe", message, hint);
}

// The number behind `prefix`; none: another text.
std::optional<int> number_after(std::string_view step, std::string_view prefix) {
  if (!step.starts_with(prefix) || step.size() == prefix.size()) return std::nullopt;
  const std::string_view digits = step.substr(prefix.size());
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::unexpected<Error> unknown(std::string_view step) {
  const std::vector<std::string> names = recipe_step_names();
  const std::vector<std::string_view> views(names.begin(), names.end());
  const auto near = nearest(step, views);
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  return usage("'" + std::string(step) + "' is no step of a recipe",
               near ? "did you mean " + std::string(*near) + "?" : "there are " + all);
}

Status set(int& field, int value, std::string_view step) {
  if (field != 0) return usage("'" + std::string(step) + "' is a second step of its kind", "give one");
  field = value;
  return {};
}

Status add_percent(int& field, int percent, std::string_view step) {
  if (percent < 1 || percent > 99) return usage("'" + std::string(step) + "' must be of 1 to 99 percent");
  return set(field, percent, step);
}

Status add_step(Recipe& recipe, std::string_view step) {
  const auto form = std::ranges::find(kForms, step, &NamedForm::name);
  if (form != std::end(kForms)) {
    if (recipe.form) return usage("'" + std::string(step) + "' is a second way to store numbers", "give one");
    recipe.form = form->form;
    recipe.trained = form->trained;
    return {};
  }
  if (step == kTwoOfFour) {
    recipe.two_of_four = true;
    return {};
  }
  if (const auto percent = number_after(step, kSparse)) return add_percent(recipe.sparsity, *percent, step);
  if (const auto percent = number_after(step, kChannels)) return add_percent(recipe.channels, *percent, step);
  if (const auto percent = number_after(step, kMixed)) return add_percent(recipe.mixed, *percent, step);
  if (const auto bits = number_after(step, kPalette)) {
    if (std::ranges::find(kPaletteBits, *bits) != kPaletteBits.end()) return set(recipe.palette, *bits, step);
    return usage("'" + std::string(step) + "': palettes have 1, 2, 3, 4, 6 or 8 bits");
  }
  return unknown(step);
}

Status check_together(const Recipe& recipe) {
  if (recipe.two_of_four && recipe.sparsity != 0) {
    return usage("sparse2of4 and sparseNN choose the same zeros", "give one of them");
  }
  if (recipe.mixed != 0 && recipe.form != QuantForm::kStaticWi8Ai8) {
    return usage("mixedNN says which layers of static_wi8_ai8 stay float32", "join it to static_wi8_ai8");
  }
  if (recipe.palette != 0 && recipe.form) {
    return usage(
        "palettes and " + recipe.text().substr(recipe.text().rfind('+') + 1) + " both say how weights are stored",
        "give one of them");
  }
  return {};
}

}  // namespace

std::string Recipe::text() const {
  std::string out;
  const auto add = [&](const std::string& step) { out += (out.empty() ? "" : "+") + step; };
  if (channels != 0) add(std::string(kChannels) + std::to_string(channels));
  if (sparsity != 0) add(std::string(kSparse) + std::to_string(sparsity));
  if (two_of_four) add(std::string(kTwoOfFour));
  if (palette != 0) add(std::string(kPalette) + std::to_string(palette));
  if (form) {
    const auto is_it = [&](const NamedForm& named) { return named.form == *form && named.trained == trained; };
    add(std::string(std::ranges::find_if(kForms, is_it)->name));
  }
  if (mixed != 0) add(std::string(kMixed) + std::to_string(mixed));
  return out;
}

bool Recipe::needs_photos() const {
  return channels != 0 || form == QuantForm::kStaticWi8Ai8 || form == QuantForm::kStaticWi8Ai16;
}

bool Recipe::can_train() const { return channels != 0 || sparsity != 0 || two_of_four || palette != 0 || trained; }

std::vector<std::string> recipe_step_names() {
  std::vector<std::string> names;
  for (const NamedForm& form : kForms) names.emplace_back(form.name);
  names.emplace_back("mixedNN");
  names.emplace_back("channelsNN");
  names.emplace_back("sparseNN");
  names.emplace_back(kTwoOfFour);
  for (const int bits : kPaletteBits) names.push_back(std::string(kPalette) + std::to_string(bits));
  return names;
}

Result<Recipe> parse_recipe(std::string_view text) {
  Recipe recipe;
  for (std::string_view rest = text;;) {
    const std::size_t plus = rest.find('+');
    const std::string_view step = rest.substr(0, plus);
    if (step.empty()) return usage("'" + std::string(text) + "' has an empty step", "join steps as in sparse50+int8");
    PAW_RETURN_IF_ERROR(add_step(recipe, step));
    if (plus == std::string_view::npos) break;
    rest.remove_prefix(plus + 1);
  }
  PAW_RETURN_IF_ERROR(check_together(recipe));
  return recipe;
}

}  // namespace paw
