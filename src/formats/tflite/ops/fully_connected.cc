#include "formats/tflite/op_table.h"
#include "formats/tflite/ops/weighted.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

// Unless keep_num_dims, x is taken as rows of as many elements as the weights have inputs, whatever its shape.
Result<ValueId> rows(OpReader& r, ValueId x, ValueId weights) {
  const Shape ws = r.type(weights).shape;
  const std::int64_t elements = r.type(x).shape.elements();
  if (ws.rank() != 2 || elements % ws[1] != 0) {
    return r.error("expected weights [O,I] that divide x, got " + r.type(x).text() + " and " + r.type(weights).text());
  }
  return r.reshaped(x, {elements / ws[1], ws[1]});
}

Status read_fully_connected(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::FullyConnectedOptions>());
  PAW_ASSIGN_OR_RETURN(ValueId x, r.in(0));
  PAW_ASSIGN_OR_RETURN(const ValueId weights, r.in(1));
  PAW_ASSIGN_OR_RETURN(const ValueId bias, r.bias(2));
  if (o->weights_format() != schema::WeightsFormat::DEFAULT) {
    return r.error("has its weights shuffled for one kind of processor, which is not read");
  }
  if (!o->keep_num_dims() || r.type(x).shape.rank() < 2) {
    PAW_ASSIGN_OR_RETURN(x, rows(r, x, weights));
  }
  return r.result(op::fully_connected, std::array{x, weights, bias}, {}, o->fused_activation());
}

OperatorKind kind_of_fully_connected(const WeightedForm& form, bool keep_num_dims) {
  constexpr std::int32_t kCode = code_of(schema::BuiltinOperator::FULLY_CONNECTED);
  using Kind = WeightedForm::Kind;
  if (form.weights == DType::kI4) return OperatorKind{kCode, 10, "2.11.0"};
  switch (form.kind) {
    case Kind::kDynamic:
      if (form.per_channel) return OperatorKind{kCode, 12, "2.17.0"};
      return keep_num_dims ? OperatorKind{kCode, 5, "2.0.0"} : OperatorKind{kCode, 3, "1.14.0"};
    case Kind::kI8:
      // The version is that of one scale per tensor; older runtimes take the first scale for all channels.
      if (form.per_channel) return OperatorKind{kCode, keep_num_dims ? 5 : 4, "2.17.0"};
      return keep_num_dims ? OperatorKind{kCode, 5, "2.0.0"} : OperatorKind{kCode, 4, "1.14.0"};
    case Kind::kI16: return OperatorKind{kCode, 7, form.per_channel ? "2.17.0" : "2.3.0"};
    default: return keep_num_dims ? OperatorKind{kCode, 5, "2.0.0"} : OperatorKind{kCode, 1, "1.5.0"};
  }
}

Status write_fully_connected(OpWriter& w) {
  const bool keep_num_dims = w.type(0).shape.rank() > 2;
  PAW_ASSIGN_OR_RETURN(const WeightedForm form, weighted_form(w, 0));
  const OperatorKind kind = kind_of_fully_connected(form, keep_num_dims);
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, weighted_inputs(w, form, false));
  w.append(
      kind, inputs, w.result(),
      schema::CreateFullyConnectedOptions(w.builder(), w.activation(), schema::WeightsFormat::DEFAULT, keep_num_dims));
  return {};
}

constexpr OpReading kFullyConnectedReads[] = {
    {code_of(schema::BuiltinOperator::FULLY_CONNECTED), 2, 3, 2, read_fully_connected}};

}  // namespace

constinit const OpSupport fully_connected{
    .op = &op::fully_connected, .reads = kFullyConnectedReads, .write = write_fully_connected};

}  // namespace paw::tflite::ops
