#include "optimize/recipe.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

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
constexpr std::array kSparseBlocks = {2, 4, 8, 16};
constexpr int kMostPaletteGroup = 1024;
constexpr char kBlockMark = 'b', kGroupMark = 'g';
// weight_only_wi4bN_afp32: a scale for every N weights in a row.
constexpr std::string_view kBlocksBegin = "weight_only_wi4b", kBlocksEnd = "_afp32";
constexpr std::array kWeightBlocks = {16, 32, 64, 128, 256};

std::unexpected<Error> usage(std::string_view message, std::string_view hint = {}) {
  return fail(ErrorCode::kUsage, "--recipe", message, hint);
}

std::optional<int> number(std::string_view digits) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// The number behind `prefix`; none: another text.
std::optional<int> number_after(std::string_view step, std::string_view prefix) {
  return step.starts_with(prefix) ? number(step.substr(prefix.size())) : std::nullopt;
}

// "sparse50b4": the number behind `prefix`, and that behind `mark`; none: another text.
std::optional<std::pair<int, int>> numbers_after(std::string_view step, std::string_view prefix, char mark) {
  const std::size_t at = step.find(mark, std::min(prefix.size(), step.size()));
  if (at == std::string_view::npos) return std::nullopt;
  const auto first = number_after(step.substr(0, at), prefix), second = number(step.substr(at + 1));
  if (!first || !second) return std::nullopt;
  return std::pair(*first, *second);
}

// "weight_only_wi4b32_afp32".
std::optional<int> weight_block(std::string_view step) {
  if (!step.ends_with(kBlocksEnd)) return std::nullopt;
  return number_after(step.substr(0, step.size() - kBlocksEnd.size()), kBlocksBegin);
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

// With "#" for each number, whether digits or the capitals that stand for them: "sparse#b#".
std::string without_numbers(std::string_view step) {
  std::string out;
  for (const char c : step) {
    const bool digit = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
    if (!digit) out += c;
    if (digit && !out.ends_with('#')) out += '#';
  }
  return out;
}

// Letters decide before digits do: sparse50c4 is nearer to sparseNNbM than to sparse2of4.
std::optional<std::string> nearest_step(std::string_view step, const std::vector<std::string>& names) {
  std::vector<std::string> kinds;
  for (const std::string& name : names) kinds.push_back(without_numbers(name));
  const auto kind =
      nearest(without_numbers(lower_case(step)), std::vector<std::string_view>(kinds.begin(), kinds.end()));
  if (!kind) return std::nullopt;
  std::vector<std::string_view> alike;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (kinds[i] == *kind) alike.push_back(names[i]);
  }
  return std::string(nearest(step, alike).value_or(alike.front()));
}

std::unexpected<Error> unknown(std::string_view step) {
  const std::vector<std::string> names = recipe_step_names();
  const auto near = nearest_step(step, names);
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  return usage("'" + std::string(step) + "' is no step of a recipe",
               near ? "did you mean " + *near + "?" : "there are " + all);
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

Status add_blocks(Recipe& recipe, int percent, int block, std::string_view step) {
  if (std::ranges::find(kSparseBlocks, block) == kSparseBlocks.end()) {
    return usage("'" + std::string(step) + "': blocks have 2, 4, 8 or 16 weights");
  }
  PAW_RETURN_IF_ERROR(add_percent(recipe.sparsity, percent, step));
  recipe.sparse_block = block;
  return {};
}

Status add_palette(Recipe& recipe, int bits, std::string_view step) {
  if (std::ranges::find(kPaletteBits, bits) != kPaletteBits.end()) return set(recipe.palette, bits, step);
  return usage("'" + std::string(step) + "': palettes have 1, 2, 3, 4, 6 or 8 bits");
}

Status add_palettes(Recipe& recipe, int bits, int group, std::string_view step) {
  if (group < 1 || group > kMostPaletteGroup) {
    return usage("'" + std::string(step) + "': 1 to " + std::to_string(kMostPaletteGroup) +
                 " output channels share a palette");
  }
  PAW_RETURN_IF_ERROR(add_palette(recipe, bits, step));
  recipe.palette_group = group;
  return {};
}

Status add_form(Recipe& recipe, const NamedForm& form, std::string_view step) {
  if (recipe.form) return usage("'" + std::string(step) + "' is a second way to store numbers", "give one");
  recipe.form = form.form;
  recipe.trained = form.trained;
  return {};
}

Status add_weight_blocks(Recipe& recipe, int block, std::string_view step) {
  if (std::ranges::find(kWeightBlocks, block) == kWeightBlocks.end()) {
    return usage("'" + std::string(step) + "': 16, 32, 64, 128 or 256 weights share a scale");
  }
  recipe.weight_block = block;
  return add_form(recipe, {.name = step, .form = QuantForm::kWeightOnlyWi4}, step);
}

Status add_step(Recipe& recipe, std::string_view step) {
  const auto form = std::ranges::find(kForms, step, &NamedForm::name);
  if (form != std::end(kForms)) return add_form(recipe, *form, step);
  if (const auto block = weight_block(step)) return add_weight_blocks(recipe, *block, step);
  if (step == kTwoOfFour) {
    recipe.two_of_four = true;
    return {};
  }
  if (const auto percent = number_after(step, kSparse)) return add_percent(recipe.sparsity, *percent, step);
  if (const auto percent = number_after(step, kChannels)) return add_percent(recipe.channels, *percent, step);
  if (const auto percent = number_after(step, kMixed)) return add_percent(recipe.mixed, *percent, step);
  if (const auto bits = number_after(step, kPalette)) return add_palette(recipe, *bits, step);
  if (const auto both = numbers_after(step, kSparse, kBlockMark)) {
    return add_blocks(recipe, both->first, both->second, step);
  }
  if (const auto both = numbers_after(step, kPalette, kGroupMark)) {
    return add_palettes(recipe, both->first, both->second, step);
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
  const auto marked = [](char mark, int value) { return mark + std::to_string(value); };
  if (sparsity != 0) {
    add(std::string(kSparse) + std::to_string(sparsity) + (sparse_block > 1 ? marked(kBlockMark, sparse_block) : ""));
  }
  if (two_of_four) add(std::string(kTwoOfFour));
  if (palette != 0) {
    add(std::string(kPalette) + std::to_string(palette) + (palette_group > 0 ? marked(kGroupMark, palette_group) : ""));
  }
  if (weight_block != 0) {
    add(std::string(kBlocksBegin) + std::to_string(weight_block) + std::string(kBlocksEnd));
  } else if (form) {
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
  names.emplace_back(std::string(kBlocksBegin) + "N" + std::string(kBlocksEnd));
  names.emplace_back("mixedNN");
  names.emplace_back("channelsNN");
  names.emplace_back("sparseNN");
  names.emplace_back("sparseNNbM");
  names.emplace_back(kTwoOfFour);
  for (const int bits : kPaletteBits) names.push_back(std::string(kPalette) + std::to_string(bits));
  names.emplace_back("paletteBgN");
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
