// Model: what a user trains, converts and ships. A graph plus everything needed to use its answer.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ir/graph.h"
#include "ir/preprocess.h"

namespace paw {

enum class Split : std::uint8_t { kTrain, kVal, kTest };
std::span<const std::string_view> enum_names(Split);

// A photo this model has seen, known by the SHA-256 of its file.
struct SeenPhoto {
  std::array<std::uint8_t, 32> sha256{};
  Split split = Split::kTrain;
  bool operator==(const SeenPhoto&) const = default;
};

struct Provenance {
  std::string origin;             // "net pawnet", "imported from model.tflite"
  std::vector<SeenPhoto> photos;  // sorted by hash
  // What the photo with that hash was used for; none: it was not seen.
  std::optional<Split> split_of(const std::array<std::uint8_t, 32>& sha256) const;
  bool operator==(const Provenance&) const = default;
};

// Observed range of one value over calibration photos. Statistics only, never pixels.
struct ValueStats {
  std::string value;  // name of the graph value
  float min = 0, max = 0;
  double mean = 0, variance = 0;
  std::uint64_t samples = 0;
  std::vector<std::uint64_t> histogram;  // equal bins over [min, max]; may be empty
  bool operator==(const ValueStats&) const = default;
};

// A section of a .paw file that this version does not know; carried along unread.
struct OpaqueSection {
  std::string tag;  // four characters
  Bytes data;
  bool operator==(const OpaqueSection&) const = default;
};

struct Model {
  Graph graph;  // with preprocessing: one image input NHWC, first output = scores [1, classes]
  // How a photo becomes the input; none: the model does not take photos, and has whatever inputs and outputs it has.
  std::optional<Preprocess> preprocess;
  std::vector<std::string> labels;  // empty, or one per class in output order
  double temperature = 1.0;         // calibration; folded into the last layer on export
  double threshold = 0.0;           // top score below it: "not sure"
  Provenance provenance;
  std::vector<ValueStats> calibration;
  std::vector<OpaqueSection> opaque;
};

// What a reader of foreign files returns.
struct ReadModel {
  Model model;
  std::vector<std::string> notes;  // what was assumed or left out, one sentence each
  // What the file says of itself beside the model ("author", "minimum runtime"), and what its bytes are spent on.
  std::vector<std::pair<std::string, std::string>> metadata;
  std::vector<std::pair<std::string, std::uint64_t>> parts;
};

// The model's preprocessing. kUnsupported, starting with `where`: it does not take photos.
Result<Preprocess> photo_preprocess(const Model& model, std::string_view where);

// Graph verified; preprocessing, if any, executable and matching the graph's input; labels as many as classes;
// temperature positive; threshold in [0, 1].
Status verify(const Model& model);
bool equal(const Model& a, const Model& b);

// Sums over the graph, for inspect and the nets' tables.
struct ModelTotals {
  std::int64_t parameters = 0;  // elements of constants that nodes read as weights (floating or quantised)
  std::int64_t macs = 0;
  std::int64_t weight_bytes = 0;
};
ModelTotals totals(const Graph& graph);
// Of one node alone; a constant that several nodes read counts for each of them.
ModelTotals totals(const Graph& graph, NodeId node);

}  // namespace paw
