// Which values share a scale, and which scale that is.
#pragma once

#include <memory>
#include <vector>

#include "ir/op_def.h"
#include "optimize/quantize/ranges.h"

namespace paw {

// i8 parameters for numbers between min and max and zero. Zero is exact, so that padding is.
std::shared_ptr<const QuantParams> i8_params(float min, float max);
// The same in 16 bits, the zero point being 0, as TensorFlow Lite wants it.
std::shared_ptr<const QuantParams> i16_params(float min, float max);
// Either; dtype is i8 or i16.
std::shared_ptr<const QuantParams> activation_params(DType dtype, float min, float max);

// Has this node an 8-bit form that both the engine and TensorFlow Lite run?
bool has_int8_form(const Graph& graph, const Node& node);

// `keep_float` (by node id; empty: none) with those that have no form with 16-bit activations in TensorFlow Lite.
std::vector<bool> keep_without_int16_form(const Graph& graph, std::vector<bool> keep_float);

// Has it an 8-bit form, and is not one of those that stay float (by node id; empty: none)?
bool becomes_integer(const Graph& graph, NodeId node, const std::vector<bool>& keep_float);

struct ScaleGroups {
  std::vector<std::size_t> group;  // by value id: values of one group have one scale
  std::vector<bool> hidden;        // by value id: only a clamp sees it, which the layer takes in
};
ScaleGroups scale_groups(const Graph& graph, const std::vector<bool>& keep_float = {});

// The parameters, as `dtype` (i8 or i16), of every value that an integer node reads or makes; null elsewhere. Error:
// see static_int8().
Result<std::vector<std::shared_ptr<const QuantParams>>> choose_scales(const Graph& graph, const ValueRanges& ranges,
                                                                      const std::vector<bool>& keep_float = {},
                                                                      DType dtype = DType::kI8);

}  // namespace paw
