// Encodings that the format can say and that LiteRT computes wrongly or not at all: graphs that our writer must refuse,
// and files that hold them nevertheless.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ir/graph.h"

namespace paw::tflite_testing {

struct Forced {
  std::string name;
  Bytes file;                  // written by force; one input x
  Graph meaning;               // what it means, as a graph that anything computes rightly
  std::optional<Graph> graph;  // what the writer is given; none: no graph can hold it
  std::string refusal;         // a part of what it says
};
Result<std::vector<Forced>> forced_files();

}  // namespace paw::tflite_testing
