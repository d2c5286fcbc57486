#include "formats/tflite/reader.h"

#include <fmt/format.h>

#include <cmath>

#include "formats/tflite/graph_reader.h"
#include "ops/activation.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"
#include "schema_generated.h"

namespace paw::tflite {

namespace {

constexpr std::int64_t kMaxIntegers = 4096;

}  // namespace

Result<ValueId> OpReader::in(std::size_t i) {
  if (!has(i)) return ValueId{};
  return graph_.value(op_.inputs[i]);
}

Result<std::vector<ValueId>> OpReader::all_inputs() {
  std::vector<ValueId> all;
  for (std::size_t i = 0; i < op_.inputs.size(); ++i) {
    if (!has(i)) return error(fmt::format("lacks input {}", i));
    PAW_ASSIGN_OR_RETURN(const ValueId value, in(i));
    all.push_back(value);
  }
  return all;
}

Result<ValueId> OpReader::bias(std::size_t i) {
  PAW_ASSIGN_OR_RETURN(const ValueId wide, in(i));
  if (!wide.valid() || graph_.type(wide).dtype != DType::kI64) return wide;
  PAW_ASSIGN_OR_RETURN(const StatedType stated, stated_type(graph_.file(), op_.inputs[i]));
  if (!graph_.graph().is_constant(wide) || !stated.quant) return error("has a bias of i64 without a scale");
  const std::vector<double> values = stored_values(graph_.graph().tensor(wide));
  for (const double value : values) {
    if (value < lowest(DType::kI32) || value > highest(DType::kI32)) return error("has a bias that exceeds 32 bits");
  }
  const TensorType type{DType::kI32, graph_.type(wide).shape, stated.quant};
  if (std::string problem = check_quant(type); !problem.empty()) return error("has a bias whose " + problem);
  return graph_.constant(tensor_from_stored(type, values), {});
}

TensorType OpReader::type(ValueId value) const { return graph_.type(value); }

Result<std::vector<std::int64_t>> OpReader::integers(std::size_t i, std::string_view what) {
  if (!has(i)) return error(fmt::format("lacks its {}", what));
  const FileTensor& stored = graph_.file().tensors[static_cast<std::size_t>(op_.inputs[i])];
  // An empty list is a tensor without elements, which no graph holds.
  if (stored.shape.size() == 1 && stored.shape[0] == 0) return std::vector<std::int64_t>();
  PAW_ASSIGN_OR_RETURN(const ValueId value, in(i));
  const TensorType type = graph_.type(value);
  if (!graph_.graph().is_constant(value)) {
    return error(fmt::format("computes its {} while it runs, which is not supported", what),
                 "export the model with fixed shapes");
  }
  if ((type.dtype != DType::kI32 && type.dtype != DType::kI64) || type.shape.elements() > kMaxIntegers) {
    return error(fmt::format("expected {} of integers, got {}", what, type.text()));
  }
  std::vector<std::int64_t> out;
  const Tensor tensor = graph_.graph().tensor(value);
  if (type.dtype == DType::kI32) {
    out.assign(tensor.as<std::int32_t>().begin(), tensor.as<std::int32_t>().end());
  } else {
    out.assign(tensor.as<std::int64_t>().begin(), tensor.as<std::int64_t>().end());
  }
  return out;
}

Result<double> OpReader::number(std::size_t i, std::string_view what) {
  PAW_ASSIGN_OR_RETURN(const ValueId value, in(i));
  if (!graph_.graph().is_constant(value) || graph_.type(value).shape.elements() != 1) {
    return error(fmt::format("expected {} as one constant number", what));
  }
  return real_values(graph_.graph().tensor(value))[0];
}

Result<StatedType> OpReader::stated_result() {
  PAW_ASSIGN_OR_RETURN(StatedType stated, stated_type(graph_.file(), op_.outputs[0]));
  if (bits(stated.dtype) > 32) stated.quant = nullptr;
  return stated;
}

Result<ValueId> OpReader::step(const OpDef& op, std::initializer_list<ValueId> inputs, Attrs attrs,
                               std::shared_ptr<const QuantParams> quant) {
  return graph_.call(op, std::span(inputs.begin(), inputs.size()), std::move(attrs), op_, std::move(quant), {});
}

Result<ValueId> OpReader::reshaped(ValueId value, const Shape& shape) {
  if (graph_.type(value).shape == shape) return value;
  return step(op::reshape, {value}, ShapeAttrs{{shape.extents().begin(), shape.extents().end()}});
}

Result<ValueId> OpReader::scalar(double value, DType dtype) {
  return graph_.constant(tensor_from_real({dtype, Shape{}}, std::span(&value, 1)), {});
}

Status OpReader::result(const OpDef& op, std::span<const ValueId> inputs, Attrs attrs, schema::Activation activation) {
  const OpDef* after = nullptr;
  Attrs after_attrs;
  switch (activation) {
    case schema::Activation::NONE: return result(op, inputs, std::move(attrs));
    case schema::Activation::RELU: after = &op::relu; break;
    case schema::Activation::RELU6: after = &op::relu6; break;
    case schema::Activation::TANH: after = &op::tanh; break;
    case schema::Activation::RELU_N1_TO_1:
      after = &op::clamp;
      after_attrs = ClampAttrs{-1, 1};
      break;
    default: return error(fmt::format("has the fused activation {}, which is not read", static_cast<int>(activation)));
  }
  // The sum is clamped within the type that holds the result, as the integer kernels do.
  PAW_ASSIGN_OR_RETURN(const StatedType stated, stated_result());
  PAW_ASSIGN_OR_RETURN(const ValueId sum, graph_.call(op, inputs, std::move(attrs), op_, stated.quant, {}));
  return result(*after, {sum}, std::move(after_attrs));
}

Status OpReader::result(const OpDef& op, std::span<const ValueId> inputs, Attrs attrs) {
  PAW_ASSIGN_OR_RETURN(const StatedType stated, stated_result());
  PAW_ASSIGN_OR_RETURN(const ValueId value,
                       graph_.call(op, inputs, std::move(attrs), op_, stated.quant, graph_.free_name(op_.outputs[0])));
  return graph_.bind(op_.outputs[0], value);
}

Status OpReader::same(ValueId value) { return graph_.bind(op_.outputs[0], value); }

Status OpReader::constant(const Tensor& tensor) {
  PAW_ASSIGN_OR_RETURN(const ValueId value, graph_.constant(tensor, graph_.free_name(op_.outputs[0])));
  return same(value);
}

std::unexpected<Error> OpReader::error(std::string_view message, std::string_view hint) const {
  return graph_.file().error(op_.name, message, hint);
}

void OpReader::note(std::string sentence) { graph_.note(std::move(sentence)); }

}  // namespace paw::tflite
