// Where the numbers of each value of a graph lie, over given inputs, by running the graph.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "ir/graph.h"
#include "optimize/quantize/histogram.h"

namespace paw {

struct ValueRange {
  float min = 0, max = -1;  // min above max: not seen
  bool seen() const { return min <= max; }
  void add(float v) {
    if (!seen()) min = max = v;
    if (v < min) min = v;
    if (v > max) max = v;
  }
  void add(ValueRange other) {
    if (other.seen()) add(other.min), add(other.max);
  }
};

// By value id; constants and values that are not float32 are never seen.
using ValueRanges = std::vector<ValueRange>;

// One channel (index of the last axis) of a value.
struct ChannelSeen {
  ValueRange range;
  double sum = 0, squares = 0;
};

// What was seen of one value. Beyond the range only where RangeMeter was asked for it.
struct Observation {
  ValueRange range;
  ValueRange moving;  // ends of each example, averaged with 0.9 of what was before
  Histogram histogram;
  std::vector<ChannelSeen> channels;
  std::int64_t count = 0;  // numbers per channel
};

struct RangeMeterOptions {
  bool histograms = false, channels = false;
  std::vector<bool> watched = {};  // by value id; empty: all
};

class RangeMeter {
 public:
  // The graph must be one that the engine runs, and outlive the meter. Error kUnsupported: it is not.
  static Result<RangeMeter> create(const Graph& graph, int threads, RangeMeterOptions options = {});
  ~RangeMeter();
  RangeMeter(RangeMeter&&) noexcept;
  RangeMeter& operator=(RangeMeter&&) noexcept;

  // Where input `i` of one example goes before run(); float32 only.
  std::span<float> input(std::size_t i);
  // Runs the graph and takes all values into account. Error kBadData: one that is infinite or not a number, by name.
  Status run();
  ValueRanges ranges() const;
  // By value id.
  const std::vector<Observation>& observations() const;
  // What a watched value held in the last run.
  std::span<const float> last(ValueId value) const;

 private:
  struct State;
  explicit RangeMeter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace paw
