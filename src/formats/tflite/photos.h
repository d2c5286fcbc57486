// How a photo becomes the input of a file that was read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "ir/preprocess.h"

namespace paw::tflite {

// Normalisation that a file states: (pixel - mean) / std, one value or one per channel.
struct Normalization {
  std::vector<double> mean, std;
};

// Nothing when the graph does not take one image [1,H,W,1 or 3]. What the file does not say is assumed and noted:
// pixels of integer inputs go in unchanged, float inputs get them from -1 to 1, photos are stretched.
std::optional<Preprocess> photo_input(const Graph& graph, const std::optional<Normalization>& stated,
                                      std::vector<std::string>& notes);

}  // namespace paw::tflite
