// Two model files side by side: how far their answers are apart, and where they part.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/json.h"
#include "host/progress.h"
#include "pipeline/compare.h"

namespace paw {

struct DiffSettings {
  std::string a, b;
  std::string photos;       // empty: 32 drawn ones
  double tolerance = 0.01;  // largest difference within a layer, as a share of its largest magnitude
  std::int64_t threads = 1;
};

// A layer that both models have, by the name it came with.
struct LayerDifference {
  std::string name;        // source note
  std::string op_a, op_b;  // the last node of that name in each
  double difference = 0;   // largest over the looked-at photos, as a share of the layer's largest magnitude in `a`
};

struct DiffResult {
  std::string a, b;
  Comparison answers;
  double tolerance = 0;
  std::vector<LayerDifference> layers;         // in the order of `a`
  std::optional<std::size_t> first_departure;  // of them
};

// Layers are compared on up to four photos. Errors: those of load_model and compare_models.
Result<DiffResult> diff_models(const DiffSettings& settings, Progress& progress);

Json to_json(const DiffResult& result);
std::string to_text(const DiffResult& result);

}  // namespace paw
