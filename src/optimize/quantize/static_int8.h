// A float32 graph as 8-bit integers: i8 activations with one scale each, i8 weights with one per output channel (dense
// layers: one), i32 biases. What has no integer form stays float32 between dequantize and quantize.
#pragma once

#include <span>
#include <string_view>

#include "ir/graph.h"
#include "optimize/quantize/ranges.h"

namespace paw {

// How inputs and outputs of the new graph look.
enum class QuantisedPorts : std::uint8_t {
  kFloat,  // float32; quantize and dequantize are part of the graph
  kI8,
  kU8,  // as i8, 128 more
};
std::span<const std::string_view> enum_names(QuantisedPorts);  // as flags call them

struct StaticInt8Options {
  QuantisedPorts inputs = QuantisedPorts::kFloat, outputs = QuantisedPorts::kFloat;
  bool dense_per_channel = false;  // runtimes before 2.17 read such a file, some of them wrongly
  // Or i16; inputs and outputs are float32 then, and so is what has no form of 16 bits (hard_swish).
  DType activations = DType::kI8;
  std::vector<bool> keep_float = {};  // by node id: stays as it is; empty: none
};

// `ranges` of every float32 value, by id, as RangeMeter measures them on this very graph. Values that ops keep at one
// scale share one; a clamp shares that of the layer before it. Scales of weights are never so small that a bias would
// need more than 30 bits. Error kUnsupported: a value without a range, named; kBadData: an infinite one.
Result<Graph> static_int8(const Graph& graph, const ValueRanges& ranges, const StaticInt8Options& options = {});

}  // namespace paw
