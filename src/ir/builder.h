// GraphBuilder: appends verified nodes to a graph. Keeps the first error and turns later calls into no-ops, so that
// a net reads as straight code; finish() reports it.
#pragma once

#include <initializer_list>
#include <span>
#include <string>

#include "ir/op_def.h"

namespace paw {

class GraphBuilder {
 public:
  explicit GraphBuilder(std::string name);
  explicit GraphBuilder(Graph graph) : graph_(std::move(graph)) {}

  struct Extra {
    std::string name;                          // of the first output
    std::string source;                        // empty: the current scope
    std::shared_ptr<const QuantParams> quant;  // declared on the first output
  };

  ValueId input(std::string name, TensorType type);
  ValueId constant(Tensor tensor, std::string name = {}, std::optional<Encoding> encoding = {});
  ValueId scalar(double value, DType dtype = DType::kF32);
  // First output of a new node. Invalid after an error.
  ValueId call(const OpDef& op, std::span<const ValueId> inputs, Attrs attrs = {}, Extra extra = {});
  ValueId call(const OpDef& op, std::initializer_list<ValueId> inputs, Attrs attrs = {}, Extra extra = {}) {
    return call(op, std::span(inputs.begin(), inputs.size()), std::move(attrs), std::move(extra));
  }
  // All outputs. As many invalid ids as the op has outputs after an error.
  std::vector<ValueId> call_all(const OpDef& op, std::span<const ValueId> inputs, Attrs attrs = {}, Extra extra = {});
  void output(ValueId value);

  // Source note of the nodes that follow, for example "block3/dw".
  void set_scope(std::string scope) { scope_ = std::move(scope); }
  const std::string& scope() const { return scope_; }

  // Type of a value; f32[] for an invalid id, so that code after an error can go on.
  // Copies: the graph grows under every call.
  TensorType type(ValueId value) const;
  Shape shape(ValueId value) const { return type(value).shape; }
  const Graph& graph() const { return graph_; }
  // Records a failure of the caller's own, for example an impossible width; the first one is kept.
  void fail(Error error);
  const std::optional<Error>& error() const { return error_; }

  // The verified graph, or the first error.
  Result<Graph> finish();

 private:
  Graph graph_;
  std::string scope_;
  std::optional<Error> error_;
};

}  // namespace paw
