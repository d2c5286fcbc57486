// A .tflite file being built: tensors, buffers, operators. Every distinct content is stored once, in an order that the
// graph alone decides.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "formats/tflite/tflite_file.h"
#include "formats/tflite/writer.h"

namespace paw::tflite {

namespace schema {
struct Buffer;
struct Operator;
struct SparsityParameters;
struct Tensor;
}  // namespace schema

class FileWriter {
 public:
  FileWriter(const Graph& graph, const TfliteOptions& options);

  Status write_graph();
  // The finished flatbuffer, with metadata entries by name beside our own "min_runtime_version".
  Result<Bytes> finish(const std::vector<std::pair<std::string, Bytes>>& metadata);

  // --- for OpWriter ---
  const Graph& graph() const { return graph_; }
  flatbuffers::FlatBufferBuilder& builder() { return builder_; }
  std::int32_t tensor(ValueId value);  // as stored
  // For operators to read: sparse constants decoded by an operator of their own.
  Result<std::int32_t> readable(ValueId value);
  std::int32_t new_tensor(const TensorType& type, const std::string& name, const Bytes* data);
  void append(const OperatorKind& kind, std::span<const std::int32_t> inputs, std::int32_t output, int options_type,
              std::uint32_t options);
  // Never empty; two values may have the same. Constants without a name are called by what reads them.
  std::string name_of(ValueId value) const;

 private:
  // The name, or the name with a number behind it: quantisers of others want each tensor to have its own.
  std::string fresh(const std::string& name);
  std::uint32_t buffer(const Bytes& data);
  void plan_fusion();
  Status write_node(std::size_t i);
  Status check_runtime(const OperatorKind& kind);
  std::int32_t add_tensor(const TensorType& type, const std::string& name, std::uint32_t buffer,
                          flatbuffers::Offset<schema::SparsityParameters> sparsity);
  flatbuffers::Offset<flatbuffers::Vector<std::int64_t>> zero_points(const QuantParams& quant);
  std::int32_t sparse_tensor(ValueId value);  // kAbsent: it would not be smaller, or must be whole
  bool must_be_constant(ValueId weights) const;

  const Graph& graph_;
  const TfliteOptions& options_;
  Uses uses_;
  flatbuffers::FlatBufferBuilder builder_;
  std::vector<flatbuffers::Offset<schema::Tensor>> tensors_;
  std::vector<flatbuffers::Offset<schema::Buffer>> buffers_;
  std::vector<flatbuffers::Offset<schema::Operator>> operators_;
  std::unordered_map<std::size_t, std::vector<std::pair<std::uint32_t, Bytes>>> contents_;  // by hash
  // Eight bytes a channel, and all alike: each list once.
  std::map<std::vector<std::int64_t>, flatbuffers::Offset<flatbuffers::Vector<std::int64_t>>> zero_points_;
  std::vector<std::int32_t> value_tensor_, readable_;
  std::vector<std::string_view> source_of_;                               // per value: source of the node that makes it
  std::map<std::pair<std::int32_t, std::int32_t>, std::uint32_t> kinds_;  // (code, version): its number
  std::vector<OperatorKind> kind_list_;
  std::unordered_set<std::string> taken_;       // names of tensors, and those that outputs will have
  std::unordered_map<std::string, int> twins_;  // by name: how many others wanted it
  std::vector<NodeId> fused_;                   // per node: the activation it applies; invalid: none
  std::vector<bool> written_;                   // per node: an activation that its producer applies
  const Node* current_ = nullptr;
  std::optional<Error> error_;
};

}  // namespace paw::tflite
