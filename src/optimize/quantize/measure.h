// Ranges of a graph's activations over examples, one for each group of values that share a scale.
#pragma once

#include "optimize/calibration.h"
#include "optimize/quantize/estimators.h"
#include "optimize/quantize/progress.h"
#include "optimize/quantize/scale_groups.h"

namespace paw {

struct GroupRanges {
  ValueRanges ranges;                      // by value id, equal within a group
  std::vector<RangeEstimator> estimators;  // by value id: which one gave it
  std::vector<Observation> seen;           // of a group together, by its id
  std::vector<bool> free;                  // by group: chosen by error, may be chosen otherwise
};

// By `estimator`; inputs of the graph always by all that was seen. Automatic: least expected squared error, and all
// that was seen for what a softmax reads and for results.
Result<GroupRanges> measure_groups(const Graph& graph, const CalibrationSet& examples, RangeEstimator estimator,
                                   const std::vector<bool>& keep_float, int threads, const QuantiseProgress& progress);

// Observations of every value, by id.
Result<std::vector<Observation>> observe(const Graph& graph, const CalibrationSet& examples, int threads,
                                         RangeMeterOptions options, std::string_view stage,
                                         const QuantiseProgress& progress);

}  // namespace paw
