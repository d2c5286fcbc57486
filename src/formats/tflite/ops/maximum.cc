#include "formats/tflite/op_table.h"
#include "formats/tflite/ops/elementwise.h"
#include "formats/tflite/ops/plain.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

constexpr TypeVersion kMaximumVersions[] = {{DType::kF32, 1, "1.14.0"}, {DType::kI8, 2, "1.14.0"},
                                            {DType::kU8, 1, "1.14.0"},  {DType::kI16, 4, "2.3.0"},
                                            {DType::kI32, 1, "1.14.0"}, {DType::kI64, 1, "1.14.0"}};

Status write_maximum(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, binary_kind(w, schema::BuiltinOperator::MAXIMUM, kMaximumVersions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result(), schema::CreateMaximumMinimumOptions(w.builder()));
  return {};
}

constexpr OpReading kMaximumReads[] = {{code_of(schema::BuiltinOperator::MAXIMUM), 2, 2, 2, read_plain<op::maximum>}};

}  // namespace

constinit const OpSupport maximum{.op = &op::maximum, .reads = kMaximumReads, .write = write_maximum};

}  // namespace paw::tflite::ops
