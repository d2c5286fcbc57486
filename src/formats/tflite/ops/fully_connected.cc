#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
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

Status read(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::FullyConnectedOptions>());
  PAW_ASSIGN_OR_RETURN(ValueId x, r.in(0));
  PAW_ASSIGN_OR_RETURN(const ValueId weights, r.in(1));
  PAW_ASSIGN_OR_RETURN(const ValueId bias, r.in(2));
  if (o->weights_format() != schema::WeightsFormat::DEFAULT) {
    return r.error("has its weights shuffled for one kind of processor, which is not read");
  }
  if (!o->keep_num_dims() || r.type(x).shape.rank() < 2) {
    PAW_ASSIGN_OR_RETURN(x, rows(r, x, weights));
  }
  return r.result(op::fully_connected, std::array{x, weights, bias}, {}, o->fused_activation());
}

constexpr OpReading kReads[] = {{code_of(schema::BuiltinOperator::FULLY_CONNECTED), 2, 3, 2, read}};

}  // namespace

constinit const OpSupport fully_connected{.op = &op::fully_connected, .reads = kReads};

}  // namespace paw::tflite::ops
