// Random small graphs for tests: everything that the passes look for, in random order and combination.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "ir/op_def.h"
#include "ir/pass.h"

namespace paw::testing_support {

// A verified graph of about `nodes` nodes with 1 to 3 named outputs; a pure function of its arguments.
Graph random_graph(std::uint64_t seed, int nodes);
// One random input per graph input, uniform in [-2, 2).
std::vector<RefTensor> random_inputs(const Graph& graph, std::uint64_t seed);
// Empty when both graphs have equal interfaces and answer alike within `tolerance` x the largest magnitude of each
// output (or a tenth of the largest in between); else what differs.
std::string difference(const Graph& a, const Graph& b, std::uint64_t seed, double tolerance);

// Runs the pipeline: it must verify, keep the answer within 1e-5, give the same text twice, and a text that reads back.
void expect_same_answer(const Pipeline& pipeline, std::uint64_t seed, int nodes);

}  // namespace paw::testing_support
