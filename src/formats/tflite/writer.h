// What the writer of one op sees and does: its node, the tensors of the file and the operators that it becomes.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ir/op_def.h"

namespace flatbuffers {
class FlatBufferBuilder;
}

namespace paw::tflite {

namespace schema {
enum class Activation : std::int8_t;
template <class Table>
struct BuiltinOptionsTraits;
}  // namespace schema

class FileWriter;

// Attributes are within +-2^31, and what the format holds in 32 bits was checked with the shapes.
inline std::int32_t narrow(std::int64_t value) { return static_cast<std::int32_t>(value); }

// One kind of operator: its code, the lowest version that holds what is written, and the first runtime with that
// version.
struct OperatorKind {
  std::int32_t code = 0;
  std::int32_t version = 1;
  std::string_view runtime = "1.5.0";
};

// The version of an operator by the element type of its operand. Integers of 8 and 16 bits mean quantised ones, unless
// `plain`.
struct TypeVersion {
  DType dtype;
  std::int32_t version;
  std::string_view runtime;
  bool plain = false;
};

class OpWriter {
 public:
  OpWriter(FileWriter& file, const Node& node, ValueId result, schema::Activation activation);

  // The node as its op sees it.
  OpCall call() const { return {*node_.op, node_.attrs, types_, node_.source}; }
  template <class A>
  const A& attrs() const {
    return node_.attrs.as<A>();
  }
  std::size_t input_count() const { return node_.inputs.size(); }
  bool has(std::size_t i) const { return i < node_.inputs.size() && node_.inputs[i].valid(); }
  const TensorType& type(std::size_t i) const;
  const TensorType& result_type() const;
  bool is_constant(std::size_t i) const;
  Tensor constant(std::size_t i) const;  // requires is_constant(i)
  // The activation that follows and that the operator itself has to apply.
  schema::Activation activation() const { return activation_; }

  // Tensors of the file, by their number. The input's; of sparse constants, the decoded one.
  Result<std::int32_t> tensor(std::size_t i);
  Result<std::vector<std::int32_t>> tensors();
  std::int32_t result();
  std::int32_t constant(const Tensor& tensor, std::string_view what);
  std::int32_t integers(std::span<const std::int64_t> values, std::string_view what);
  std::int32_t scalar(double value, const TensorType& like,
                      std::string_view what);  // its element type and quantisation
  std::int32_t temporary(TensorType type, std::string_view what);

  // The version for `type`. Error: the operator does not hold that type.
  template <class Code>
  Result<OperatorKind> kind(Code code, const TensorType& type, std::span<const TypeVersion> versions) const {
    return kind_of(static_cast<std::int32_t>(code), type, versions);
  }

  flatbuffers::FlatBufferBuilder& builder();
  template <template <class> class Offset, class Table>
  void append(const OperatorKind& kind, std::span<const std::int32_t> inputs, std::int32_t output,
              Offset<Table> options) {
    append(kind, inputs, output, static_cast<int>(schema::BuiltinOptionsTraits<Table>::enum_value), options.o);
  }
  void append(const OperatorKind& kind, std::span<const std::int32_t> inputs, std::int32_t output) {
    append(kind, inputs, output, 0, 0);
  }

  std::unexpected<Error> refuse(std::string_view message, std::string_view hint = {}) const;

 private:
  Result<OperatorKind> kind_of(std::int32_t code, const TensorType& type, std::span<const TypeVersion> versions) const;
  void append(const OperatorKind& kind, std::span<const std::int32_t> inputs, std::int32_t output, int options_type,
              std::uint32_t options);

  FileWriter& file_;
  const Node& node_;
  ValueId result_;
  schema::Activation activation_;
  std::vector<const TensorType*> types_;
};

}  // namespace paw::tflite
