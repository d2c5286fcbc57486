// Ranges by what the whole net puts out: each estimator's is tried on a value while all others stay float32.
#pragma once

#include "optimize/quantize/measure.h"
#include "optimize/quantize/output_noise.h"

namespace paw {

// For each group of `ranges` whose estimator was free to choose, the range of range_estimators() with the least
// OutputNoise; the one that it has stays unless another has less than 0.95 of its noise. `groups` of the graph that
// `noise` was made with.
Status choose_by_output(GroupRanges& ranges, const ScaleGroups& groups, const OutputNoise& noise,
                        const QuantiseProgress& progress);

}  // namespace paw
