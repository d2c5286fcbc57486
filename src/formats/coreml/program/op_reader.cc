#include "formats/coreml/program/op_reader.h"

#include "coreml/mil.pb.h"
#include "formats/coreml/lists.h"
#include "host/text.h"
#include "ops/ops.h"

namespace paw::coreml {

const std::string& OpReader::type() const { return op_.type(); }

std::string OpReader::source() const { return op_.outputs(0).name(); }

std::unexpected<Error> OpReader::refuse(std::string_view message) const {
  return fail(ErrorCode::kUnsupported, program_.where(op_), message);
}

bool OpReader::has(std::string_view param) const { return op_.inputs().contains(std::string(param)); }

int OpReader::count(std::string_view param) const {
  const auto found = op_.inputs().find(std::string(param));
  return found == op_.inputs().end() ? 0 : found->second.bindings_size();
}

const ProgramValue* OpReader::find(std::string_view param, int at) const {
  const auto found = op_.inputs().find(std::string(param));
  if (found == op_.inputs().end() || at >= found->second.bindings_size()) return nullptr;
  return program_.find(found->second.bindings(at).name());
}

Result<const ProgramValue*> OpReader::value(std::string_view param, int at) const {
  const ProgramValue* found = find(param, at);
  if (found == nullptr) return refuse("its input " + std::string(param) + " is missing or is computed later");
  if (found->constant && found->constant->is_text()) return refuse("its input " + std::string(param) + " is a text");
  return found;
}

// A parameter may be a value right here, too.
Result<FileValue> OpReader::constant(std::string_view param) const {
  const auto found = op_.inputs().find(std::string(param));
  if (found != op_.inputs().end() && found->second.bindings_size() == 1) {
    const schema::Argument::Binding& binding = found->second.bindings(0);
    if (binding.has_value()) return program_.read_value(binding.value(), program_.where(op_));
    if (const ProgramValue* known = program_.find(binding.name()); known != nullptr && known->constant) {
      if (known->constant->type.shape.elements() > 65'536) return refuse("its " + std::string(param) + " is too long");
      return *known->constant;
    }
  }
  return refuse("its " + std::string(param) + " is missing or not constant");
}

Result<std::vector<std::int64_t>> OpReader::ints(std::string_view param,
                                                 std::optional<std::vector<std::int64_t>> other) const {
  if (other && !has(param)) return *other;
  PAW_ASSIGN_OR_RETURN(const FileValue value, constant(param));
  if (value.is_text()) return refuse("its " + std::string(param) + " is a text");
  return value.integers();
}

Result<std::int64_t> OpReader::integer(std::string_view param, std::optional<std::int64_t> other) const {
  if (other && !has(param)) return *other;
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> values, ints(param));
  if (values.size() != 1) return refuse("its " + std::string(param) + " is not one number");
  return values[0];
}

Result<double> OpReader::real(std::string_view param, std::optional<double> other) const {
  if (other && !has(param)) return *other;
  PAW_ASSIGN_OR_RETURN(const FileValue value, constant(param));
  const std::vector<double> values = value.reals();
  if (values.size() != 1) return refuse("its " + std::string(param) + " is not one number");
  if (value.type.type == MilType::kF16) return meant_half(static_cast<float>(values[0]));
  return value.type.type == MilType::kF32 ? meant(static_cast<float>(values[0])) : values[0];
}

Result<bool> OpReader::flag(std::string_view param, bool other) const {
  PAW_ASSIGN_OR_RETURN(const std::int64_t value, integer(param, other ? 1 : 0));
  return value != 0;
}

Result<std::string> OpReader::text(std::string_view param, std::optional<std::string> other) const {
  if (other && !has(param)) return *other;
  PAW_ASSIGN_OR_RETURN(const FileValue value, constant(param));
  if (value.texts.size() != 1) return refuse("its " + std::string(param) + " is not a text");
  return value.texts[0];
}

Result<Shape> OpReader::shape(std::string_view param) const {
  PAW_ASSIGN_OR_RETURN(const ProgramValue* found, value(param));
  return program_.file_shape(*found);
}

Result<AxisOrder> OpReader::order(std::string_view param) const {
  PAW_ASSIGN_OR_RETURN(const ProgramValue* found, value(param));
  return found->order;
}

Result<ValueId> OpReader::in(std::string_view param, const AxisOrder& order, int at) const {
  PAW_ASSIGN_OR_RETURN(const ProgramValue* found, value(param, at));
  const int rank = program_.file_shape(*found).rank();
  if (rank != order.rank()) {
    return refuse("its " + std::string(param) + " has " + std::to_string(rank) + " axes, not " +
                  std::to_string(order.rank()));
  }
  return program_.in_order(*found, order);
}

Result<ValueId> OpReader::plain(std::string_view param) const {
  PAW_ASSIGN_OR_RETURN(const Shape file, shape(param));
  return in(param, AxisOrder(file.rank()));
}

Result<ValueId> OpReader::weights(std::string_view param, std::span<const int> axes, std::optional<Shape> shape) const {
  PAW_ASSIGN_OR_RETURN(const ProgramValue* found, value(param));
  const int rank = program_.file_shape(*found).rank();
  if (static_cast<std::size_t>(rank) != axes.size()) {
    return refuse("its " + std::string(param) + " has " + std::to_string(rank) + " axes, not " +
                  std::to_string(axes.size()));
  }
  if (found->constant) return program_.graph_constant(*found, axes, shape);
  if (shape) return refuse("its " + std::string(param) + " is not constant");
  std::vector<int> order(axes.size());
  for (std::size_t i = 0; i < axes.size(); ++i) order[static_cast<std::size_t>(axes[i])] = static_cast<int>(i);
  return program_.in_order(*found, AxisOrder(order));
}

Result<int> OpReader::axis(std::int64_t axis, int rank) const {
  const std::int64_t at = axis < 0 ? axis + rank : axis;
  if (at < 0 || at >= rank)
    return refuse("axis " + std::to_string(axis) + " lies outside its " + std::to_string(rank) + " axes");
  return static_cast<int>(at);
}

Result<std::vector<std::int64_t>> OpReader::axes(std::string_view param, int rank) const {
  PAW_ASSIGN_OR_RETURN(std::vector<std::int64_t> stated, ints(param));
  if (stated.size() > static_cast<std::size_t>(rank)) return refuse("names more axes than there are");
  for (std::int64_t& one : stated) {
    PAW_ASSIGN_OR_RETURN(one, axis(one, rank));
  }
  return stated;
}

ValueId OpReader::call(const OpDef& op, std::initializer_list<ValueId> inputs, Attrs attrs,
                       std::shared_ptr<const QuantParams> quant) const {
  std::span<const ValueId> given(inputs.begin(), inputs.size());
  // Absent at the end: left out.
  while (given.size() > 1 && !given.back().valid()) given = given.first(given.size() - 1);
  return builder().call(op, given, std::move(attrs), {{}, source(), std::move(quant)});
}

ValueId OpReader::call(const OpDef& op, std::span<const ValueId> inputs, Attrs attrs) const {
  return builder().call(op, inputs, std::move(attrs), {{}, source(), nullptr});
}

ValueId OpReader::scalar(double value) const { return builder().scalar(value); }

Status OpReader::result(ValueId value, const AxisOrder& order) const { return program_.define(op_, 0, value, order); }

}  // namespace paw::coreml
