// Core ML files: the ML Program (.mlpackage, iOS 15 and later) and the NeuralNetwork (.mlmodel, iOS 13 and later).
// Writers take models in export form (passes/export_form.h); readers give graphs in NHWC with notes on what was
// assumed.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "ir/model.h"
#include "record/model_text.h"

namespace paw {

// What an .mlpackage folder holds.
struct MlPackage {
  Bytes model;     // Data/com.apple.CoreML/model.mlmodel
  Bytes weights;   // Data/com.apple.CoreML/weights/weight.bin; empty: there is none
  Bytes manifest;  // Manifest.json
};

enum class IosVersion : std::uint8_t { kIos13, kIos15, kIos16, kIos17, kIos18 };

struct MlProgramOptions {
  DType precision = DType::kF16;  // or kF32
  // The oldest iOS that must run the file, 15 or later. The file's version is the lowest that holds what it uses; error
  // when that is more than this.
  IosVersion at_least = IosVersion::kIos15;
  ModelText text;  // what people read in Xcode
};

// `notes` (may be null) gets a sentence for everything that is not as asked for: ops kept in float32 and why, encodings
// and quantisations that no version holds. Errors kUnsupported name the op and its source, and, of a form that a later
// iOS has, the first that does.
Result<MlPackage> write_ml_program(const Model& model, const MlProgramOptions& options = {},
                                   std::vector<std::string>* notes = nullptr);

struct NeuralNetworkOptions {
  ModelText text;  // what people read in Xcode
};

// A NeuralNetworkClassifier when the model has labels, else a NeuralNetwork; specification version 4. Errors as above.
Result<Bytes> write_neural_network(const Model& model, const NeuralNetworkOptions& options = {},
                                   std::vector<std::string>* notes = nullptr);

// By content alone.
bool is_mlmodel(std::span<const std::byte> file);
bool is_mlpackage(const std::filesystem::path& folder);

// `where` starts error messages, usually the path. Errors kUnsupported: broken, or something (named) that is not
// supported. read_mlmodel reads NeuralNetworks, and ML Programs whose numbers are all in that one file.
Result<ReadModel> read_mlmodel(const Bytes& file, std::string_view where);
Result<ReadModel> read_mlpackage(const std::filesystem::path& folder);
// A package in memory; its manifest is not looked at.
Result<ReadModel> read_mlpackage(const MlPackage& package, std::string_view where);

// What the folder holds: paths below it, with '/', and the files; none of them is empty.
std::vector<std::pair<std::string_view, Bytes>> mlpackage_files(const MlPackage& package);

// The whole folder or nothing of it: a package that is already there is replaced at once. kIo.
Status save_mlpackage(const MlPackage& package, const std::filesystem::path& folder);

}  // namespace paw
