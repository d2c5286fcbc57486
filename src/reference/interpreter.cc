// Walks the nodes in order and calls OpDef::reference; owns rounding to types and the life of intermediate values.
#include "reference/interpreter.h"

#include <algorithm>

namespace paw {

namespace {

// Rounds what `type` cannot hold. Floats are left alone when the caller wants plain double arithmetic.
void round_values(const TensorType& type, std::vector<double>& values, const InterpretOptions& options) {
  if (type.dtype == DType::kF64 || (is_float(type.dtype) && !options.round_to_type)) return;
  if (type.dtype == DType::kF32) {  // the common case, without the type switch per element
    for (double& v : values) v = static_cast<double>(static_cast<float>(v));
    return;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = round_to_type(type, static_cast<std::int64_t>(i), values[i]);
  }
}

bool fits(const RefTensor& tensor, const Shape& shape) {
  return tensor.shape == shape && tensor.data.size() == static_cast<std::size_t>(shape.elements());
}

std::unexpected<Error> bad_data(std::string_view where, std::string_view message) {
  return fail(ErrorCode::kBadData, where, message);
}

std::string misfit(std::string what, const RefTensor& tensor, const TensorType& expected) {
  return std::move(what) + " expects " + expected.text() + ", got shape " + tensor.shape.text() + " with " +
         std::to_string(tensor.data.size()) + " elements";
}

// One run over one graph: the values alive now and how many readers each still has.
class Run {
 public:
  Run(const Graph& graph, const InterpretOptions& options)
      : graph_(graph), options_(options), values_(graph.values.size()), readers_(graph.values.size()) {
    for (const Node& node : graph.nodes) {
      for (const ValueId input : node.inputs) {
        if (input.valid()) ++readers_[input.index];
      }
    }
    for (const ValueId output : graph.outputs) ++readers_[output.index];
  }

  Status set_inputs(std::span<const RefTensor> inputs) {
    if (inputs.size() != graph_.inputs.size()) {
      return bad_data(graph_.name, "takes " + std::to_string(graph_.inputs.size()) + " inputs, got " +
                                       std::to_string(inputs.size()));
    }
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const ValueId id = graph_.inputs[i];
      const TensorType& type = graph_.type(id);
      if (!fits(inputs[i], type.shape)) {
        return bad_data(graph_.name, misfit("input " + graph_.label(id), inputs[i], type));
      }
      values_[id.index] = inputs[i];
      round_values(type, values_[id.index].data, options_);
    }
    return {};
  }

  Status run_node(NodeId id) {
    const Node& node = graph_[id];
    std::vector<const TensorType*> types;
    std::vector<const RefTensor*> inputs;
    for (const ValueId input : node.inputs) {
      types.push_back(input.valid() ? &graph_.type(input) : nullptr);
      inputs.push_back(input.valid() ? &read(input) : nullptr);
    }
    std::vector<TensorType> output_types;
    output_types.reserve(node.outputs.size());
    for (const ValueId output : node.outputs) output_types.push_back(graph_.type(output));
    PAW_ASSIGN_OR_RETURN(std::vector<RefTensor> outputs,
                         evaluate_node({*node.op, node.attrs, types, node.source}, inputs, output_types, options_));
    if (options_.observe) options_.observe(id, outputs);
    for (const ValueId input : node.inputs) {
      if (input.valid()) release(input);
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (readers_[node.outputs[i].index] > 0) values_[node.outputs[i].index] = std::move(outputs[i]);
    }
    return {};
  }

  std::vector<RefTensor> outputs() {
    std::vector<RefTensor> results;
    results.reserve(graph_.outputs.size());
    for (const ValueId output : graph_.outputs) results.push_back(read(output));
    return results;
  }

 private:
  // A constant is converted when it is first read, and stays until its last reader is done.
  const RefTensor& read(ValueId id) {
    RefTensor& value = values_[id.index];
    if (value.data.empty() && graph_.is_constant(id)) value = to_ref(graph_.tensor(id));
    return value;
  }

  void release(ValueId id) {
    if (--readers_[id.index] == 0) values_[id.index] = {};
  }

  const Graph& graph_;
  const InterpretOptions& options_;
  std::vector<RefTensor> values_;
  std::vector<std::size_t> readers_;
};

}  // namespace

Result<std::vector<RefTensor>> evaluate_node(const OpCall& call, std::span<const RefTensor* const> inputs,
                                             std::span<const TensorType> output_types,
                                             const InterpretOptions& options) {
  if (inputs.size() != call.inputs.size() || output_types.size() != call.op.outputs.size()) {
    return bad_data(std::string(call.op.name), "got " + std::to_string(inputs.size()) + " inputs and " +
                                                   std::to_string(output_types.size()) + " output types");
  }
  // Ops index optional inputs without looking at how many were given.
  std::vector<const RefTensor*> given(std::max(inputs.size(), call.op.inputs.size()), nullptr);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if ((inputs[i] == nullptr) != (call.inputs[i] == nullptr)) {
      return bad_data(std::string(call.op.name), "input " + std::to_string(i) + " is given without a type or missing");
    }
    if (inputs[i] != nullptr && !fits(*inputs[i], call.shape(i))) {
      return bad_data(std::string(call.op.name), misfit("input " + std::to_string(i), *inputs[i], call.in(i)));
    }
    given[i] = inputs[i];
  }
  std::vector<RefTensor> outputs;
  for (const TensorType& type : output_types) {
    outputs.push_back({type.shape, std::vector<double>(static_cast<std::size_t>(type.shape.elements()))});
  }
  call.op.reference({call, given, outputs});
  for (std::size_t i = 0; i < outputs.size(); ++i) round_values(output_types[i], outputs[i].data, options);
  return outputs;
}

Result<std::vector<RefTensor>> interpret(const Graph& graph, std::span<const RefTensor> inputs,
                                         const InterpretOptions& options) {
  Run run(graph, options);
  PAW_RETURN_IF_ERROR(run.set_inputs(inputs));
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) PAW_RETURN_IF_ERROR(run.run_node(NodeId(i)));
  return run.outputs();
}

RefTensor to_ref(const Tensor& tensor) { return {tensor.type.shape, real_values(tensor)}; }

Tensor from_ref(const TensorType& type, const RefTensor& tensor) { return tensor_from_real(type, tensor.data); }

}  // namespace paw
