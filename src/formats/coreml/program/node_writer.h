// What the writer of one op sees: the node, its operands as program values, and ways to emit. Chooses layouts and
// element types, so that the files in ops/ only say which MIL op it is.
#pragma once

#include <optional>

#include "formats/coreml/coreml_file.h"
#include "formats/coreml/layout.h"
#include "formats/coreml/program/block.h"
#include "formats/coreml/program/precision.h"
#include "ir/op_def.h"

namespace paw::coreml {

class ProgramWriter;

class NodeWriter {
 public:
  NodeWriter(ProgramWriter& program, const Node& node, NodePrecision precision)
      : program_(program), node_(node), precision_(precision) {}

  template <class A>
  const A& attrs() const {
    return node_.attrs.as<A>();
  }
  const Node& node() const { return node_; }
  bool has(std::size_t i) const { return i < node_.inputs.size() && node_.inputs[i].valid(); }
  std::size_t input_count() const { return node_.inputs.size(); }
  const TensorType& type(std::size_t i) const;
  const TensorType& out_type() const;
  // fp16 or fp32: what this op computes in.
  MilType real() const { return precision_.half ? MilType::kF16 : MilType::kF32; }
  // Operand 1 is stored in float16 although this op computes in float32: half_weights() has it.
  bool has_half_weights() const { return precision_.half_weights; }

  // Operand `i`, its axes in home order (AxisOrder::home) or as in the graph. Floats are in real().
  Result<Var> in(std::size_t i);
  Result<Var> plain(std::size_t i);
  // For elementwise ops: broadcast together with operands of `rank` axes in home order.
  Result<Var> broadcast(std::size_t i, int rank);
  // Operand `i`, which must be constant: its axes in that order, then of `shape` when given.
  Result<Var> weights(std::size_t i, std::span<const int> axes);
  // Operand 1, of `shape`, in float16 and cast to real() by an op of its own.
  Result<Var> half_weights(std::span<const int> axes, const Shape& shape);
  bool is_constant(std::size_t i) const;

  BlockWriter& block();
  Var number(double value) { return block().real(value, real()); }
  // The result of an op on reals, of the output's shape in home order or as in the graph; and the node's output is it.
  Status out(std::string_view type, const std::vector<Input>& inputs);
  Status out_plain(std::string_view type, const std::vector<Input>& inputs);
  // A step on the way.
  Var step(std::string_view type, const std::vector<Input>& inputs, const Shape& shape);
  // The node's output is that value.
  Status is(Var var, bool home);

  // Records that the file needs this version. Error: newer than the caller allows.
  Status needs(IosVersion version, std::string_view what);
  void note(std::string text);
  std::unexpected<Error> refuse(std::string_view message, std::string_view hint = {}) const;

 private:
  ProgramWriter& program_;
  const Node& node_;
  NodePrecision precision_;
};

// What the format makes of an op: a writer, or the reason why there is none.
struct ProgramWriteRule {
  const OpDef* op;
  Status (*write)(NodeWriter&);  // null: refused
  std::string_view refusal;
};
std::span<const ProgramWriteRule> program_write_rules();

}  // namespace paw::coreml
