// What a layer reads and should put out, at some places of some examples: the data of a least-squares problem in its
// weights.
#pragma once

#include <span>
#include <vector>

#include "optimize/quantize/layers.h"
#include "optimize/quantize/staged_run.h"

namespace paw {

// How much of what layers read and put out is looked at when they are made to put out what they did.
struct LayerSampling {
  std::int64_t places = 8192;  // of a layer's result, at most
  std::int64_t examples = 128;
  int threads = 1;  // the result does not depend on it
};

// Second moments about the mean, at some places, of what one output channel multiplies its weights with (x, `columns`
// of them) and of what the float layer puts out (y). Dense layers and convolutions: one `xx` for all channels;
// depthwise: one each.
struct LayerMoments {
  LayerMatrix matrix;
  std::int64_t samples = 0;
  std::vector<std::vector<double>> xx;  // each [columns][columns]
  std::vector<double> yx;               // [rows][columns]
  std::vector<double> yy;               // [rows]
  // Of all places: a mean that is a little off is off at every place, and layers behind add that up.
  std::vector<double> x_mean;  // [columns]; depthwise: [rows][columns]
  std::vector<double> y_mean;  // [rows]

  const std::vector<double>& xx_of(std::size_t row) const { return xx[xx.size() == 1 ? 0 : row]; }
  const double* x_mean_of(std::size_t row) const {
    return x_mean.data() + (matrix.depthwise ? row * matrix.columns : 0);
  }
};

// `layer` of `graph` reads what `inputs` knows; `target` of `float_run` is what it should put out. Places of the second
// moments are spread evenly over each example's; about `places` in all. `second` false: means alone. Kernel windows may
// reach over the edge: there are zeros. Empty for grouped convolutions. `channels`: which of the target's this layer
// puts out; empty: all, as many as it has.
LayerMoments layer_moments(const Graph& graph, NodeId layer, const StagedRun& inputs, const StagedRun& float_run,
                           ValueId target, std::int64_t places, bool second, int threads,
                           std::span<const std::int64_t> channels = {});

// Of what `layer`, a convolution or a dense layer, reads alone: `xx` and `x_mean`.
LayerMoments input_moments(const Graph& graph, NodeId layer, const StagedRun& inputs, std::int64_t places, int threads);

// How many places to look at for the moments of rows of that many weights.
std::int64_t places_for(std::size_t columns, std::int64_t most);

}  // namespace paw
