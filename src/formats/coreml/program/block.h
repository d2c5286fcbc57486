// Builds the one block of an ML Program: names, parameters, stored numbers and operations. Knows MIL, not the graph.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "formats/coreml/mil_types.h"
#include "ir/names.h"
#include "tensor/tensor.h"

namespace paw::coreml {

namespace schema {
class Block;
class NamedType;
class Operation;
class Value;
}  // namespace schema
class WeightFileWriter;

// A value of a program.
struct Var {
  std::string name;
  MilType type = MilType::kF32;
  Shape shape;
  bool valid() const { return !name.empty(); }
};

// Numbers as a program stores them: packed, little-endian, of that type.
struct Stored {
  MilType type = MilType::kF32;
  Shape shape;
  Bytes data;
};
Stored stored(const Tensor& tensor);
Stored stored_text(std::string_view text);
// Numbers of 1 to 8 bits, packed here.
Stored stored_bits(MilType type, Shape shape, std::span<const std::uint8_t> numbers);
Stored stored_u32(std::span<const std::int64_t> values);

struct Input {
  std::string_view param;
  std::vector<Var> values;  // one, or a list
};

class BlockWriter {
 public:
  BlockWriter(schema::Block& block, WeightFileWriter& weights) : block_(block), weights_(weights) {}

  // `wanted` as an identifier that no other value has; empty: of the op's kind.
  std::string unique(std::string_view wanted);
  // Keeps `name` for the value that is to have exactly it.
  void reserve(const std::string& name) { names_.claim(name); }

  // Parameters of ops: constants that are shared between all who need the same.
  Var ints(std::span<const std::int64_t> values);
  Var integer(std::int64_t value);
  Var text(std::string_view value);
  Var flag(bool value);
  Var flags(const std::vector<bool>& values);
  Var real(double value, MilType type);

  Var constant(const Stored& value, std::string_view wanted);
  // One result of one op. `name`: exactly this, reserved before; empty: made from `wanted`.
  Var emit(std::string_view type, const std::vector<Input>& inputs, MilType result, const Shape& shape,
           std::string_view wanted, std::string name = {});
  // A constexpr op; its parameters are attributes before iOS 18, inputs from then on.
  struct Parameter {
    std::string_view name;
    Stored value;
    Var made = {};  // valid: what another constexpr op made, instead of `value`
  };
  Var emit_constexpr(std::string_view type, const std::vector<Parameter>& parameters, bool as_attributes,
                     MilType result, const Shape& shape, std::string_view wanted);
  // iOS 18: one that packs sparse numbers once more. Its mask, as bits of `shape`, and its `count` numbers.
  struct Sparse {
    Var mask, numbers;
  };
  Sparse emit_sparse(std::string_view type, const std::vector<Parameter>& parameters, MilType result,
                     const Shape& shape, std::int64_t count, std::string_view wanted);
  // The last op of a classifier; results are called like the outputs of the description.
  void classify(const Var& probabilities, std::span<const std::string> labels, const std::string& label,
                const std::string& result);
  void output(const std::string& name);

 private:
  schema::Operation& add(std::string_view type, const std::string& name);
  void add_parameters(schema::Operation& operation, const std::vector<Parameter>& parameters, bool as_attributes);
  Var parameter(const Stored& value, std::string_view kind);
  void set_value(schema::Value& value, const Stored& stored);

  schema::Block& block_;
  WeightFileWriter& weights_;
  UniqueNames names_;
  std::map<std::string, Var> parameters_;  // by type, shape and bytes
};

}  // namespace paw::coreml
