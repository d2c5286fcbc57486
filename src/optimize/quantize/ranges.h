// Between which numbers each value of a graph lies: the smallest and largest over given inputs, by running the graph.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "ir/graph.h"

namespace paw {

struct ValueRange {
  float min = 0, max = -1;  // min above max: not seen
  bool seen() const { return min <= max; }
  void add(float v) {
    if (!seen()) min = max = v;
    if (v < min) min = v;
    if (v > max) max = v;
  }
};

// By value id; constants and values that are not float32 are never seen.
using ValueRanges = std::vector<ValueRange>;

class RangeMeter {
 public:
  // The graph must be one that the engine runs, and outlive the meter. Error kUnsupported: it is not.
  static Result<RangeMeter> create(const Graph& graph, int threads);
  ~RangeMeter();
  RangeMeter(RangeMeter&&) noexcept;
  RangeMeter& operator=(RangeMeter&&) noexcept;

  // Where input `i` of one example goes before run(); float32 only.
  std::span<float> input(std::size_t i);
  // Runs the graph and takes all values into account. Error kBadData: one that is infinite or not a number, by name.
  Status run();
  const ValueRanges& ranges() const;

 private:
  struct State;
  explicit RangeMeter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace paw
