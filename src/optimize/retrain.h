// Training as a step of a recipe. Whoever has photos and a teacher does it; nothing here knows either.
#pragma once

#include <cstdint>
#include <functional>

#include "ir/graph.h"

namespace paw {

// Where a student begins.
enum class Student : std::uint8_t {
  kShrunk,     // as a model that knew it all and has lost some
  kSimulated,  // the same, weights and results as they will be stored (simulate.h)
  kNew,        // with random weights
};

// The graph with trained weights, its inputs and scores as they were. Of a simulated student also all that made it what
// it is: constants keep their names and its nodes stay. Others may change in form. `epochs`: 0: what suits the student.
using Retrain = std::function<Result<Graph>(const Graph& graph, Student student, std::int64_t epochs)>;

}  // namespace paw
