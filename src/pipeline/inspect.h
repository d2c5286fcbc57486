// What a model is: inputs, outputs, preprocessing, labels, ops, sizes.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "host/json.h"
#include "pipeline/load.h"

namespace paw {

struct LayerInfo {
  std::string name;  // source note, or the name of its first output
  std::string op;
  std::string output;  // type of the first output
  std::int64_t parameters = 0;
  std::int64_t macs = 0;
};

struct Inspection {
  std::string model;
  std::string format;
  std::string graph;  // its name
  std::vector<std::pair<std::string, TensorType>> inputs, outputs;
  std::optional<Preprocess> preprocess;  // none: does not take photos
  std::vector<std::string> labels;
  double temperature = 1, threshold = 0;
  std::string origin;
  std::size_t photos_seen = 0;
  std::map<std::string, std::int64_t> ops;  // how often each op occurs
  ModelTotals totals;
  // Constants by how they are stored, "i8 per channel": how many there are and their bytes.
  struct Stored {
    std::int64_t constants = 0, bytes = 0;
  };
  std::map<std::string, Stored> stored;
  std::int64_t quantised_values = 0, values = 0;  // of what nodes compute
  std::vector<std::pair<std::string, std::string>> metadata;
  std::vector<std::pair<std::string, std::uint64_t>> parts;  // of the file
  std::vector<std::string> notes;
  std::uint64_t file_bytes = 0;
  std::vector<LayerInfo> layers;
};

Result<Inspection> inspect_model(const ModelSource& source);

// Keys: docs/architecture.md. `layers` are listed only when asked for.
Json to_json(const Inspection& inspection, bool layers);
// The same for people.
std::string to_text(const Inspection& inspection, bool layers);

}  // namespace paw
