// What the reader of one operator sees and does: its operands, options and the nodes that it becomes.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "formats/tflite/load.h"
#include "formats/tflite/types.h"
#include "ir/op_def.h"

namespace paw::tflite {

namespace schema {
enum class Activation : std::int8_t;
}

class GraphReader;

class OpReader {
 public:
  OpReader(GraphReader& graph, const FileOperator& op) : graph_(graph), op_(op) {}

  std::size_t input_count() const { return op_.inputs.size(); }
  bool has(std::size_t i) const { return i < op_.inputs.size() && op_.inputs[i] != kAbsent; }
  // The value of an input; an invalid id when it is absent (only those may be that are optional for the op).
  Result<ValueId> in(std::size_t i);
  Result<std::vector<ValueId>> all_inputs();
  // The bias of a layer: those of 64 bits, which stand beside i16 activations, as quantised i32.
  Result<ValueId> bias(std::size_t i);
  TensorType type(ValueId value) const;
  // A constant input of integers, of at most 4096: axes, sizes, paddings.
  Result<std::vector<std::int64_t>> integers(std::size_t i, std::string_view what);
  // The one real number of a constant input.
  Result<double> number(std::size_t i, std::string_view what);
  // The element type and quantisation that the file states for the result.
  Result<StatedType> stated_result();

  // The operator's options, in files that see the generated tables. Error: it has none or those of another operator.
  template <class Table, class Operator = schema::Operator>
  Result<const Table*> options() const {
    const Table* options = static_cast<const Operator*>(op_.table)->template builtin_options_as<Table>();
    if (options == nullptr) return error("lacks its options");
    return options;
  }

  // Appends a node before the last one; `quant` is declared on its result.
  Result<ValueId> step(const OpDef& op, std::initializer_list<ValueId> inputs, Attrs attrs = {},
                       std::shared_ptr<const QuantParams> quant = nullptr);
  // The same elements in another shape; the value itself when it has that shape.
  Result<ValueId> reshaped(ValueId value, const Shape& shape);
  Result<ValueId> scalar(double value, DType dtype);
  // Appends the last node, whose result is the operator's, and its fused activation.
  Status result(const OpDef& op, std::span<const ValueId> inputs, Attrs attrs, schema::Activation activation);
  Status result(const OpDef& op, std::span<const ValueId> inputs, Attrs attrs = {});
  Status result(const OpDef& op, std::initializer_list<ValueId> inputs, Attrs attrs = {}) {
    return result(op, std::span(inputs.begin(), inputs.size()), std::move(attrs));
  }
  // The operator's result is that value.
  Status same(ValueId value);
  // The operator's result is that constant.
  Status constant(const Tensor& tensor);

  std::unexpected<Error> error(std::string_view message, std::string_view hint = {}) const;
  void note(std::string sentence);

 private:
  GraphReader& graph_;
  const FileOperator& op_;
};

}  // namespace paw::tflite
