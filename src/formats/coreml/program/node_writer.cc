#include "formats/coreml/program/node_writer.h"

#include "formats/coreml/program/program_writer.h"
#include "ops/ops.h"

namespace paw::coreml {

const TensorType& NodeWriter::type(std::size_t i) const { return program_.graph().type(node_.inputs[i]); }
const TensorType& NodeWriter::out_type() const { return program_.graph().type(node_.outputs[0]); }

Result<Var> NodeWriter::in(std::size_t i) { return program_.form(node_.inputs[i], true, real()); }
Result<Var> NodeWriter::plain(std::size_t i) { return program_.form(node_.inputs[i], false, real()); }

bool NodeWriter::is_constant(std::size_t i) const { return program_.constant_behind(node_.inputs[i]).valid(); }

Result<Var> NodeWriter::weights(std::size_t i, std::span<const int> axes) {
  const ValueId constant = program_.constant_behind(node_.inputs[i]);
  if (!constant.valid()) {
    return refuse("its " + std::string(node_.op->inputs[i].name) + " must be constant in a Core ML file");
  }
  return program_.constant(constant, axes, std::nullopt, real(), axes.size() == 4);
}

Result<Var> NodeWriter::half_weights(std::span<const int> axes, const Shape& shape) {
  const ValueId constant = program_.constant_behind(node_.inputs[1]);
  PAW_ASSIGN_OR_RETURN(const Var half, program_.constant(constant, axes, shape, MilType::kF16));
  return block().emit("cast", {{"x", {half}}, {"dtype", {block().text(name(real()))}}}, real(), shape,
                      program_.wanted_name(node_.inputs[1]) + "_" + std::string(name(real())));
}

Result<Var> NodeWriter::broadcast(std::size_t i, int rank) {
  const Shape& shape = type(i).shape;
  if (rank != 4 || shape.rank() == 4 || shape.rank() == 0) return in(i);
  // [W,C] stands for [1,1,W,C], which is [1,C,1,W] in the file; without the batch axis as long as the graph has none.
  std::array<std::int64_t, 4> extents = {1, 1, 1, 1};
  std::array<int, 3> axes = {};
  const int missing = 4 - shape.rank();
  for (int axis = 0; axis < shape.rank(); ++axis)
    extents[static_cast<std::size_t>(axis) + static_cast<std::size_t>(missing)] = shape[axis];
  const Shape file{extents[3], extents[1], extents[2]};
  if (const ValueId constant = program_.constant_behind(node_.inputs[i]); constant.valid()) {
    int at = 0;
    for (const int axis : {3, 1, 2}) {
      if (axis - missing >= 0) axes[static_cast<std::size_t>(at++)] = axis - missing;
    }
    return program_.constant(constant, std::span(axes).first(static_cast<std::size_t>(at)), file, real());
  }
  PAW_ASSIGN_OR_RETURN(const Var x, plain(i));
  if (extents[1] == 1 && extents[2] == 1) {
    return step("reshape", {{"x", {x}}, {"shape", {block().ints(file.extents())}}}, file);
  }
  const std::array<std::int64_t, 3> graph_order = {extents[1], extents[2], extents[3]};
  const Var raised = step("reshape", {{"x", {x}}, {"shape", {block().ints(graph_order)}}}, Shape(graph_order));
  static constexpr std::array<std::int64_t, 3> kPerm = {2, 0, 1};
  return step("transpose", {{"x", {raised}}, {"perm", {block().ints(kPerm)}}}, file);
}

BlockWriter& NodeWriter::block() { return program_.block(); }

Status NodeWriter::out(std::string_view op, const std::vector<Input>& inputs) {
  const ValueId y = node_.outputs[0];
  const Shape shape = AxisOrder::home(out_type().shape.rank()).to_file(out_type().shape);
  const MilType type = is_float(out_type().dtype) ? real() : mil_type(out_type().dtype).value_or(real());
  return is(block().emit(op, inputs, type, shape, program_.wanted_name(y), program_.exact_name(y, type, true)), true);
}

Status NodeWriter::out_plain(std::string_view op, const std::vector<Input>& inputs) {
  const ValueId y = node_.outputs[0];
  const MilType type = is_float(out_type().dtype) ? real() : mil_type(out_type().dtype).value_or(real());
  return is(
      block().emit(op, inputs, type, out_type().shape, program_.wanted_name(y), program_.exact_name(y, type, false)),
      false);
}

Var NodeWriter::step(std::string_view op, const std::vector<Input>& inputs, const Shape& shape) {
  const MilType type = inputs[0].values[0].type;
  return block().emit(op, inputs, type, shape, program_.wanted_name(node_.outputs[0]) + "_" + std::string(op));
}

Status NodeWriter::is(Var var, bool home) {
  program_.define(node_.outputs[0], std::move(var), home);
  return {};
}

Status NodeWriter::needs(IosVersion version, std::string_view what) {
  return program_.needs(version, what, refuse({}).error().where);
}

void NodeWriter::note(std::string text) { program_.note(std::move(text)); }

std::unexpected<Error> NodeWriter::refuse(std::string_view message, std::string_view hint) const {
  const OpCall call{*node_.op, node_.attrs, {}, node_.source};
  return call.error(message, hint);
}

}  // namespace paw::coreml
