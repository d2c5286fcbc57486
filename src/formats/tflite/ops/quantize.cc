#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/cast.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_quantize(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  PAW_ASSIGN_OR_RETURN(const StatedType to, r.stated_result());
  return r.result(op::quantize, {x}, DtypeAttrs{to.dtype});
}

constexpr TypeVersion kQuantizeVersions[] = {
    {DType::kI8, 1, "1.14.0"}, {DType::kU8, 1, "1.14.0"}, {DType::kI16, 2, "1.15.0"}};

Status write_quantize(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind,
                       w.kind(schema::BuiltinOperator::QUANTIZE, w.result_type(), kQuantizeVersions));
  if (w.type(0).dtype != DType::kF32) {
    PAW_RETURN_IF_ERROR(w.kind(schema::BuiltinOperator::QUANTIZE, w.type(0), kQuantizeVersions));
  }
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result(), schema::CreateQuantizeOptions(w.builder()));
  return {};
}

constexpr OpReading kQuantizeReads[] = {{code_of(schema::BuiltinOperator::QUANTIZE), 1, 1, 1, read_quantize}};

}  // namespace

constinit const OpSupport quantize{.op = &op::quantize, .reads = kQuantizeReads, .write = write_quantize};

}  // namespace paw::tflite::ops
