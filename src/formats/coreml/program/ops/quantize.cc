// quantize, dequantize of activations <-> the same, from iOS 17 on. (Of constants: constants.cc.)
#include "formats/coreml/program/program_writer.h"
#include "formats/coreml/program/rules.h"
#include "ops/cast.h"
#include "ops/ops.h"

namespace paw::coreml::program {

namespace {

bool is_byte(DType dtype) { return dtype == DType::kI8 || dtype == DType::kU8; }

// scale, zero_point and axis of a quantised type.
Result<std::vector<Input>> parameters(NodeWriter& w, const TensorType& type, MilType real) {
  if (!is_byte(type.dtype) || type.quant->block > 0)
    return w.refuse("of " + type.text() + " does not exist in Core ML");
  const QuantParams& q = *type.quant;
  const bool vector = q.axis >= 0;
  const Shape shape = vector ? Shape{static_cast<std::int64_t>(q.scale.size())} : Shape{};
  const std::vector<double> scales(q.scale.begin(), q.scale.end()), zeros(q.zero_point.begin(), q.zero_point.end());
  BlockWriter& block = w.block();
  std::vector<Input> inputs = {
      {"scale", {block.constant(stored(tensor_from_stored({*graph_type(real), shape}, scales)), "scale")}},
      {"zero_point", {block.constant(stored(tensor_from_stored({type.dtype, shape}, zeros)), "zero_point")}}};
  if (vector) inputs.push_back({"axis", {block.integer(AxisOrder::home(type.shape.rank()).file_axis(q.axis))}});
  return inputs;
}

}  // namespace

Status write_quantize(NodeWriter& w) {
  if (!is_float(w.type(0).dtype)) return w.refuse("requantises integers, which Core ML cannot");
  PAW_RETURN_IF_ERROR(w.needs(IosVersion::kIos17, "quantised activations"));
  PAW_ASSIGN_OR_RETURN(const Var x, w.in(0));
  PAW_ASSIGN_OR_RETURN(std::vector<Input> inputs, parameters(w, w.out_type(), w.real()));
  inputs.push_back({"input", {x}});
  inputs.push_back({"output_dtype", {w.block().text(name(*mil_type(w.out_type().dtype)))}});
  return w.out("quantize", inputs);
}

Status write_dequantize(NodeWriter& w) {
  PAW_ASSIGN_OR_RETURN(const Var x, w.in(0));
  if (x.type == w.real()) return w.is(x, true);  // pixels of a photo, which Core ML gives as floats
  PAW_RETURN_IF_ERROR(w.needs(IosVersion::kIos17, "quantised activations"));
  PAW_ASSIGN_OR_RETURN(std::vector<Input> inputs, parameters(w, w.type(0), w.real()));
  inputs.push_back({"input", {x}});
  return w.out("dequantize", inputs);
}

namespace {

// The quantised type that scale, zero_point and axis describe.
Result<std::shared_ptr<const QuantParams>> read_parameters(OpReader& r, const AxisOrder& order) {
  QuantParams q;
  PAW_ASSIGN_OR_RETURN(const ProgramValue* scale, r.value("scale"));
  if (!scale->constant) return r.refuse("its scale is not constant");
  for (const double s : scale->constant->reals()) q.scale.push_back(static_cast<float>(s));
  const std::vector<std::int64_t> none(q.scale.size(), 0);
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> zeros, r.ints("zero_point", none));
  for (const std::int64_t zero : zeros) q.zero_point.push_back(static_cast<std::int32_t>(zero));
  if (r.has("axis") && q.scale.size() > 1) {
    PAW_ASSIGN_OR_RETURN(const std::int64_t stated, r.integer("axis"));
    PAW_ASSIGN_OR_RETURN(const int axis, r.axis(stated, order.rank()));
    q.axis = order[axis];
  }
  return std::make_shared<const QuantParams>(std::move(q));
}

}  // namespace

Status read_quantize(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const AxisOrder order, r.order("input"));
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in("input", order));
  PAW_ASSIGN_OR_RETURN(const auto quant, read_parameters(r, order));
  PAW_ASSIGN_OR_RETURN(const std::string dtype, r.text("output_dtype"));
  if (dtype != "int8" && dtype != "uint8") return r.refuse("its output_dtype is not int8 or uint8");
  return r.result(r.call(op::quantize, {x}, DtypeAttrs{dtype == "int8" ? DType::kI8 : DType::kU8}, quant), order);
}

Status read_dequantize(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const AxisOrder order, r.order("input"));
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in("input", order));
  PAW_ASSIGN_OR_RETURN(const auto quant, read_parameters(r, order));
  const TensorType type = r.builder().type(x);
  if (!type.quant || !(*type.quant == *quant)) {
    return r.refuse("its scale and zero point are not those that its input was quantised with");
  }
  return r.result(r.call(op::dequantize, {x}, DtypeAttrs{DType::kF32}), order);
}

}  // namespace paw::coreml::program
