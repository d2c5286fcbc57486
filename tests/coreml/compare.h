// When two graphs are the same but for what Core ML files do not hold; and models to try that with.
#pragma once

#include <string_view>
#include <vector>

#include "formats/coreml/coreml_file.h"
#include "ir/op_def.h"

namespace paw::coreml_testing {

// Without names of values and layers, axes counted in one way, every reader of a constant with its own.
Graph nameless(const Graph& graph);
// EXPECTs equal graphs in that sense; and equal preprocessing, labels and threshold.
void expect_equal(const Graph& read, const Graph& written);
void expect_same_model(const Model& read, const Model& written);

// Written and read again.
Result<ReadModel> through_program(const Model& model, const MlProgramOptions& options,
                                  std::vector<std::string>* notes = nullptr);
Result<ReadModel> through_network(const Model& model, std::vector<std::string>* notes = nullptr);

// A built-in net at its smallest, as writers take it, with labels and a threshold.
Model exported_net(std::string_view name);
// A net of a few layers on pictures of 6 x 6 pixels, with all that files say about a model.
Model tiny_model();

// Weights of convolutions and dense layers stored otherwise.
enum class Stored {
  kHalf,
  kInt8,
  kInt8PerTensor,
  kInt4,
  kBlocks,
  kInt4Blocks,
  kPalette1,
  kPalette2,
  kPalette3,
  kPalette4,
  kPalette6,
  kPalette8,
  kPaletteGroups,
  kSparse,
  kSparseInt8,
  kSparseInt4,
};
std::string_view name(Stored form);
inline constexpr Stored kAllStored[] = {
    Stored::kHalf,          Stored::kInt8,       Stored::kInt8PerTensor, Stored::kInt4,
    Stored::kBlocks,        Stored::kInt4Blocks, Stored::kPalette1,      Stored::kPalette2,
    Stored::kPalette3,      Stored::kPalette4,   Stored::kPalette6,      Stored::kPalette8,
    Stored::kPaletteGroups, Stored::kSparse,     Stored::kSparseInt8,    Stored::kSparseInt4};
Model with_weights(Model model, Stored form);
// What activations make goes through 8 bits.
Model with_activations_of_8_bits(Model model);

}  // namespace paw::coreml_testing
