// Weights of NeuralNetwork layers: floats, halves, n-bit linear and lookup tables, to the graph and back.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "formats/coreml/program/constants.h"
#include "ir/graph.h"

namespace paw::coreml {

namespace schema {
class Weights;
}

// The constant, its axes in the file's order, as the layer stores it: float16 and 8- and 4-bit integers with one scale
// or one per output channel as they are, palettes of one table as lookup tables, all else as floats. A sentence on what
// could not be kept; empty: nothing.
std::string write_weights(const FileConstant& constant, schema::Weights& message);

struct LayerWeights {
  Tensor tensor;  // as stored: f32, f16, or integers with their quantisation
  std::optional<Encoding> encoding;
};
// kUnsupported: another number of elements than `shape`, no numbers, an unknown or damaged form.
Result<LayerWeights> read_weights(const schema::Weights& message, const Shape& shape, std::string_view where);

}  // namespace paw::coreml
