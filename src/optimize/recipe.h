// What `--recipe` asks for: steps joined by "+", in any order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "optimize/quantize/quantise.h"

namespace paw {

// Steps are taken in the order of the fields: layers get narrower, weights get zero, the rest gets few values, and
// what is left is stored small.
struct Recipe {
  int channels = 0;          // percent of the multiply-accumulates that go, whole channels at a time; 0: none
  int sparsity = 0;          // percent of weights that become zero; 0: none
  int sparse_block = 1;      // successive weights that become zero together
  bool two_of_four = false;  // of any four weights in a row two become zero
  int palette = 0;           // bits of an index into a palette of weights; 0: none
  int palette_group = 0;     // successive output channels that share a palette; 0: all of a layer
  std::optional<QuantForm> form;
  int weight_block = 0;  // of kWeightOnlyWi4: weights in a row that share a scale; 0: all of an output channel
  bool trained = false;  // and weights are trained as that form rounds them
  int mixed = 0;         // percent of the arithmetic of integers that may stay float32, where they hurt most; 0: none

  // In the order above, with full names: "sparse50+static_wi8_ai8".
  std::string text() const;
  // Must the model's results be known on photos?
  bool needs_photos() const;
  // Does it take anything away that training may make up for, or train anyway?
  bool can_train() const;
  bool operator==(const Recipe&) const = default;
};

// Every name that a step can have, for help and completions. Capitals stand for numbers: "sparseNN" for sparse1 to
// sparse99.
std::vector<std::string> recipe_step_names();

// kUsage: an unknown step (the nearest known one is named), a number out of range, a step that is there twice or does
// not go with another.
Result<Recipe> parse_recipe(std::string_view text);

}  // namespace paw
