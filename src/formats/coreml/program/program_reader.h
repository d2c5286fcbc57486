// Reads the function of an ML Program into a graph, op by op. Transposes are not nodes at first: every value remembers
// in which order the file has its axes, and a transpose node appears where an op needs another order.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "formats/coreml/description.h"
#include "formats/coreml/layout.h"
#include "formats/coreml/program/file_values.h"
#include "ir/builder.h"

namespace paw::coreml {

namespace schema {
class Argument;
class Block;
class Program;
}  // namespace schema

// A value of the program: of the graph, with the file's axis order, or a constant of the file.
struct ProgramValue {
  ValueId value;
  AxisOrder order;
  std::shared_ptr<const FileValue> constant;
  std::string name;  // in the file
};

class ProgramReader {
 public:
  ProgramReader(OpenWeights open, std::string where)
      : values_(std::move(open)), where_(std::move(where)), builder_("") {}

  // The whole program. Sets graph and labels; the graph's inputs and outputs are in the order of the description, the
  // scores of a classifier first.
  Status run(const schema::Program& program, int version, const Description& description);
  Graph take_graph() { return std::move(graph_); }
  const std::vector<std::string>& labels() const { return labels_; }
  bool computes_in_half() const { return half_; }

  // --- for OpReader ---
  GraphBuilder& builder() { return builder_; }
  Shape file_shape(const ProgramValue& value) const;
  // The value with its axes in that order, in the graph.
  ValueId in_order(const ProgramValue& value, const AxisOrder& order);
  // A constant of the file with its axes permuted, then of `shape`: real numbers behind cast or dequantize where they
  // are stored as something else.
  ValueId graph_constant(const ProgramValue& value, std::span<const int> axes, std::optional<Shape> shape = {});
  Status define(const schema::Operation& op, int result, ValueId value, const AxisOrder& order);
  const ProgramValue* find(const std::string& name) const;
  Result<FileValue> read_value(const schema::Value& value, std::string_view where) {
    return values_.read(value, where);
  }
  std::string where(const schema::Operation& op) const;

 private:
  Status read_inputs(const schema::Program& program, const Description& description);
  Status read_block(const schema::Block& block);
  Status read_operation(const schema::Operation& op);
  Status read_constants(const schema::Operation& op);
  Status read_classify(const schema::Operation& op);
  Status read_outputs(const schema::Block& block, const Description& description);
  Status name_values();
  bool made_by_reshape(ValueId value);
  ValueId stored_constant(const FileValue& value, std::span<const int> axes, std::optional<Shape> shape,
                          const std::string& name);

  FileValueReader values_;
  std::string where_;
  GraphBuilder builder_;
  Graph graph_;
  std::unordered_map<std::string, ProgramValue> known_;
  std::map<std::pair<std::uint32_t, std::vector<int>>, ValueId> transposed_;
  std::unordered_set<std::uint32_t> reshapes_;  // results of reshape among the nodes looked at so far
  std::size_t looked_at_ = 0;
  std::map<std::string, ValueId> constants_;
  std::vector<std::pair<ValueId, Encoding>> encodings_;  // of constants
  std::vector<std::string> labels_, output_names_;
  std::string label_name_, probabilities_name_;  // results of classify
  ProgramValue probabilities_;
  bool half_ = false;
  bool finished_ = false;  // classify was there
};

}  // namespace paw::coreml
