#include "formats/tflite/op_table.h"
#include "formats/tflite/ops/elementwise.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_div(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::DivOptions>());
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> operands, r.all_inputs());
  return r.result(op::div, operands, {}, o->fused_activation());
}

constexpr TypeVersion kDivVersions[] = {{DType::kF32, 1, "1.6.0"}, {DType::kI32, 1, "1.6.0"}};

Status write_div(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, binary_kind(w, schema::BuiltinOperator::DIV, kDivVersions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result(), schema::CreateDivOptions(w.builder(), w.activation()));
  return {};
}

constexpr OpReading kDivReads[] = {{code_of(schema::BuiltinOperator::DIV), 2, 2, 2, read_div}};

}  // namespace

constinit const OpSupport div{.op = &op::div, .reads = kDivReads, .write = write_div};

}  // namespace paw::tflite::ops
