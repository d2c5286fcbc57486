// What the reader of one MIL op sees: its parameters and operands, and ways to add nodes.
#pragma once

#include <optional>

#include "formats/coreml/program/program_reader.h"
#include "ir/op_def.h"

namespace paw::coreml {

class OpReader {
 public:
  OpReader(ProgramReader& program, const schema::Operation& op) : program_(program), op_(op) {}

  const std::string& type() const;
  bool has(std::string_view param) const;
  // Parameters, which must be constants; without a default they are required. real: the number that was meant
  // (lists.h).
  Result<std::vector<std::int64_t>> ints(std::string_view param,
                                         std::optional<std::vector<std::int64_t>> other = {}) const;
  Result<std::int64_t> integer(std::string_view param, std::optional<std::int64_t> other = {}) const;
  Result<double> real(std::string_view param, std::optional<double> other = {}) const;
  Result<bool> flag(std::string_view param, bool other = false) const;
  Result<std::string> text(std::string_view param, std::optional<std::string> other = {}) const;

  // Operands. `at`: which of a list.
  Result<const ProgramValue*> value(std::string_view param, int at = 0) const;
  int count(std::string_view param) const;
  Result<Shape> shape(std::string_view param) const;  // in the file's order
  // Where the file's axes stand in the graph; a constant's are as in the file.
  Result<AxisOrder> order(std::string_view param) const;
  Result<ValueId> in(std::string_view param, const AxisOrder& order, int at = 0) const;
  Result<ValueId> plain(std::string_view param) const;
  // A constant operand, its axes permuted from the file's order to the graph's.
  Result<ValueId> weights(std::string_view param, std::span<const int> axes, std::optional<Shape> shape = {}) const;
  // `axis` of the file, negative from the end, in [0, rank).
  Result<int> axis(std::int64_t axis, int rank) const;
  Result<std::vector<std::int64_t>> axes(std::string_view param, int rank) const;

  ValueId call(const OpDef& op, std::initializer_list<ValueId> inputs, Attrs attrs = {},
               std::shared_ptr<const QuantParams> quant = nullptr) const;
  ValueId call(const OpDef& op, std::span<const ValueId> inputs, Attrs attrs = {}) const;
  ValueId scalar(double value) const;
  GraphBuilder& builder() const { return program_.builder(); }
  ProgramReader& program() const { return program_; }
  // The op's result. Error: its shape or element type is not what the file states.
  Status result(ValueId value, const AxisOrder& order) const;
  std::unexpected<Error> refuse(std::string_view message) const;
  std::string source() const;

 private:
  const ProgramValue* find(std::string_view param, int at) const;
  Result<FileValue> constant(std::string_view param) const;

  ProgramReader& program_;
  const schema::Operation& op_;
};

struct ProgramReadRule {
  std::string_view type;  // of the MIL op
  Status (*read)(OpReader&);
};
std::span<const ProgramReadRule> program_read_rules();

}  // namespace paw::coreml
