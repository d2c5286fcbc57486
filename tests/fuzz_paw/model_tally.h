// What the fuzz tests of model readers ask of every mutation, whatever the format.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "ir/model.h"
#include "ir/verify.h"
#include "reference/interpreter.h"

namespace paw::fuzz_testing {

constexpr std::size_t kMostMemory = std::size_t{512} << 20;
constexpr std::size_t kLargest = 400'000;    // bytes; larger files are read, not run
constexpr std::int64_t kMostWork = 200'000;  // multiplications and elements of a model that is run

inline int mutations() {
  const char* count = std::getenv("PAW_MUTATIONS");
  return count == nullptr ? 300 : std::atoi(count);
}

struct Tally {
  int read = 0, refused = 0, run = 0;
};

// Stops counting above kMostWork: extents of mutated models may be absurd.
inline std::int64_t work(const Graph& graph) {
  std::int64_t sum = totals(graph).macs;
  for (const Value& value : graph.values) {
    if (value.type.shape.elements() > kMostWork) return kMostWork + 1;
    sum += value.type.shape.elements();
  }
  return sum;
}

// Runs a model of a file of `bytes` bytes on zeros, if it is small. `what`: the mutation.
inline void run_small(const Model& model, std::size_t bytes, const std::string& what, Tally& tally) {
  if (bytes > kLargest || work(model.graph) > kMostWork) return;
  std::vector<RefTensor> inputs;
  for (const ValueId input : model.graph.inputs) {
    const Shape shape = model.graph.type(input).shape;
    inputs.push_back({shape, std::vector<double>(static_cast<std::size_t>(shape.elements()))});
  }
  EXPECT_TRUE(interpret(model.graph, inputs)) << what;
  ++tally.run;
}

// A refusal is typed, begins with the file's name, says something, and is no longer than `most` characters.
inline void expect_refusal(const Error& error, const std::string& file, std::size_t most, const std::string& what,
                           Tally& tally) {
  EXPECT_EQ(error.code, ErrorCode::kUnsupported) << what << ": " << error.text();
  EXPECT_TRUE(error.where.starts_with(file)) << what << ": " << error.text();
  EXPECT_FALSE(error.message.empty()) << what;
  EXPECT_LT(error.text().size(), most) << what;
  ++tally.refused;
}

}  // namespace paw::fuzz_testing
