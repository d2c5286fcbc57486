// Builds the graph of a checked file, operator by operator.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "formats/tflite/load.h"
#include "formats/tflite/op_table.h"
#include "ir/builder.h"

namespace paw::tflite {

class GraphReader {
 public:
  GraphReader(const File& file, std::vector<std::string>& notes) : file_(file), notes_(notes), builder_("model") {}

  Result<Graph> run();

  // --- for OpReader ---
  const File& file() const { return file_; }
  // The value of a tensor: computed before, or a constant that is read now.
  Result<ValueId> value(std::int32_t tensor);
  TensorType type(ValueId value) const { return builder_.type(value); }
  const Graph& graph() const { return builder_.graph(); }
  // A node, or its result where that is a few plain integers known now (shapes).
  Result<ValueId> call(const OpDef& op, std::span<const ValueId> inputs, Attrs attrs, const FileOperator& from,
                       std::shared_ptr<const QuantParams> quant, std::string name);
  // A constant that the file does not hold as it is.
  Result<ValueId> constant(const Tensor& tensor, std::string name);
  // `value` is what the file calls `tensor`.
  Status bind(std::int32_t tensor, ValueId value);
  // The tensor's name, if it can be one in the graph and is not taken.
  std::string free_name(std::int32_t tensor);
  void note(std::string sentence);

 private:
  Status read_operator(const FileOperator& op);
  std::optional<Tensor> fold(const OpDef& op, std::span<const ValueId> inputs, const Attrs& attrs) const;
  std::unexpected<Error> wrapped(const Error& error) const;

  const File& file_;
  std::vector<std::string>& notes_;
  GraphBuilder builder_;
  std::vector<ValueId> values_;
  std::vector<std::pair<ValueId, Encoding>> encodings_;
  std::set<std::string> names_;
  std::size_t held_ = 0;
  std::size_t other_shapes_ = 0;
};

}  // namespace paw::tflite
