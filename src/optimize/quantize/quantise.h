// The one front door of post-training quantisation: a float graph and examples in, a graph in a smaller form and a
// report of what was decided out.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "optimize/calibration.h"
#include "optimize/quantize/estimators.h"
#include "optimize/quantize/progress.h"
#include "optimize/quantize/static_int8.h"

namespace paw {

enum class QuantForm : std::uint8_t {
  kFloat16,        // weights as f16, arithmetic in float32
  kDynamicWi8,     // i8 weights straight into the layers; the runtime quantises activations as it goes
  kWeightOnlyWi8,  // i8 weights, arithmetic in float32
  kWeightOnlyWi4,  // i4 weights of pointwise and dense layers, i8 ones of the others, arithmetic in float32
  kStaticWi8Ai8,   // integers throughout
  kStaticWi8Ai16,  // integers throughout, activations of 16 bits
};
std::span<const std::string_view> enum_names(QuantForm);

enum class BiasCorrection : std::uint8_t { kNone, kAnalytic, kEmpirical };
std::span<const std::string_view> enum_names(BiasCorrection);

struct QuantiseSettings {
  QuantForm form = QuantForm::kStaticWi8Ai8;
  QuantisedPorts inputs = QuantisedPorts::kFloat, outputs = QuantisedPorts::kFloat;  // static forms
  bool dense_per_channel = true;  // runtimes before 2.17 read such a file, some of them wrongly
  RangeEstimator estimator = RangeEstimator::kAutomatic;
  bool ranges_by_output = false;  // automatic ones by what the net puts out; tries hundreds of graphs
  int mixed = 0;                  // percent of the arithmetic that may stay float32: the layers that suffer most
  // Scales of channels across layers. Weights with a scale per channel gain little by it, and channels whose peaks are
  // not among the examples lose much: docs/optimize.md, "What helps".
  bool equalise = false;
  bool absorb_bias = true;  // means of channels into the biases of the layers behind
  // Empirical: the mean of what each layer puts out is right on what it really reads. Behind a relu noise has a mean
  // where the signal is small, and taking it away everywhere makes strong answers weaker.
  BiasCorrection bias_correction = BiasCorrection::kAnalytic;
  int weight_block = 0;         // kWeightOnlyWi4: input channels that share a scale, as weights_to_int() has it; 0: all
  bool learn_rounding = false;  // weights rounded by what the layer puts out for the examples
  std::vector<std::string> keep_float = {};  // source notes of layers that are not quantised
  int threads = 1;                           // the result does not depend on it
};

// What became of one layer, in the order of the graph.
struct LayerReport {
  std::string name;            // its source note
  std::string_view estimator;  // of its result's range; empty: none was needed
  double sqnr_db = 0;          // of its result, over the examples, against the float graph; 0: not measured
  std::string kept_float;      // why; empty: quantised
  double noise = 0;            // of the net's answers when this layer alone is integers (OutputNoise); 0: not measured
};

struct QuantiseReport {
  std::int64_t examples = 0;
  std::vector<LayerReport> layers;
  std::vector<std::string> notes;  // a sentence each
};

struct QuantisedGraph {
  Graph graph;
  Graph floats;  // whose weights were rounded: the one that was given, maybe with its channels scaled
  QuantiseReport report;
};

// `graph` in export form. Inputs of the examples go into its only input. Same graph, examples and settings: same
// result, whatever the number of threads.
Result<QuantisedGraph> quantise(const Graph& graph, const CalibrationSet& examples, const QuantiseSettings& settings,
                                const QuantiseProgress& progress = {});

}  // namespace paw
