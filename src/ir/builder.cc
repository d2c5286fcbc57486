#include "ir/builder.h"

#include "ir/verify.h"

namespace paw {

GraphBuilder::GraphBuilder(std::string name) { graph_.name = std::move(name); }

ValueId GraphBuilder::input(std::string name, TensorType type) {
  const ValueId id(graph_.values.size());
  graph_.values.push_back({.name = std::move(name), .type = std::move(type), .constant = {}, .encoding = {}});
  graph_.inputs.push_back(id);
  return id;
}

ValueId GraphBuilder::constant(Tensor tensor, std::string name, std::optional<Encoding> encoding) {
  const ValueId id(graph_.values.size());
  graph_.values.push_back({.name = std::move(name),
                           .type = std::move(tensor.type),
                           .constant = std::move(tensor.data),
                           .encoding = encoding});
  return id;
}

ValueId GraphBuilder::scalar(double value, DType dtype) {
  return constant(tensor_from_real({dtype, {}}, std::span(&value, 1)));
}

ValueId GraphBuilder::call(const OpDef& op, std::span<const ValueId> inputs, Attrs attrs, Extra extra) {
  return call_all(op, inputs, std::move(attrs), std::move(extra))[0];
}

std::vector<ValueId> GraphBuilder::call_all(const OpDef& op, std::span<const ValueId> inputs, Attrs attrs,
                                            Extra extra) {
  std::vector<ValueId> outputs(op.outputs.size());
  if (error_) return outputs;
  if (attrs.empty() && op.default_attrs != nullptr) attrs = op.default_attrs();
  const std::string& source = extra.source.empty() ? scope_ : extra.source;
  std::vector<const TensorType*> types;
  for (const ValueId input : inputs) types.push_back(input.valid() ? &graph_.type(input) : nullptr);

  auto inferred = infer_types(op, attrs, types, source);
  if (!inferred) {
    fail(inferred.error());
    return outputs;
  }
  std::vector<TensorType> resolved;
  for (std::size_t i = 0; i < inferred->size(); ++i) {
    auto type = resolve_output_type(op, types, (*inferred)[i], i == 0 ? extra.quant : nullptr, source);
    if (!type) {
      fail(type.error());
      return outputs;
    }
    resolved.push_back(std::move(*type));
  }
  for (std::size_t i = 0; i < resolved.size(); ++i) {
    outputs[i] = ValueId(graph_.values.size());
    graph_.values.push_back({.name = i == 0 ? extra.name : "", .type = resolved[i], .constant = {}, .encoding = {}});
  }
  graph_.nodes.push_back({.op = &op,
                          .attrs = std::move(attrs),
                          .inputs = {inputs.begin(), inputs.end()},
                          .outputs = outputs,
                          .source = source});
  return outputs;
}

void GraphBuilder::output(ValueId value) {
  if (!error_) graph_.outputs.push_back(value);
}

TensorType GraphBuilder::type(ValueId value) const {
  return value.valid() && value.index < graph_.values.size() ? graph_.type(value) : TensorType{};
}

void GraphBuilder::fail(Error error) {
  if (!error_) error_ = std::move(error);
}

Result<Graph> GraphBuilder::finish() {
  if (error_) return std::unexpected(*error_);
  PAW_RETURN_IF_ERROR(verify(graph_));
  return std::move(graph_);
}

}  // namespace paw
