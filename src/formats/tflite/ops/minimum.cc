#include "formats/tflite/op_table.h"
#include "formats/tflite/ops/elementwise.h"
#include "formats/tflite/ops/plain.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

constexpr TypeVersion kMinimumVersions[] = {{DType::kF32, 1, "1.14.0"}, {DType::kI8, 2, "1.14.0"},
                                            {DType::kU8, 1, "1.14.0"},  {DType::kI16, 4, "2.3.0"},
                                            {DType::kI32, 1, "1.14.0"}, {DType::kI64, 1, "1.14.0"}};

Status write_minimum(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, binary_kind(w, schema::BuiltinOperator::MINIMUM, kMinimumVersions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result(), schema::CreateMaximumMinimumOptions(w.builder()));
  return {};
}

constexpr OpReading kMinimumReads[] = {{code_of(schema::BuiltinOperator::MINIMUM), 2, 2, 2, read_plain<op::minimum>}};

}  // namespace

constinit const OpSupport minimum{.op = &op::minimum, .reads = kMinimumReads, .write = write_minimum};

}  // namespace paw::tflite::ops
