#include "formats/tflite/ops/plain.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

constexpr TypeVersion kNegVersions[] = {
    {DType::kF32, 1, "1.9.0"}, {DType::kI32, 1, "1.9.0"}, {DType::kI64, 1, "1.9.0"}};

Status write_neg(OpWriter& w) {
  return write_plain_with<schema::NegOptions>(w, schema::BuiltinOperator::NEG, kNegVersions);
}

constexpr OpReading kNegReads[] = {{code_of(schema::BuiltinOperator::NEG), 1, 1, 1, read_plain<op::neg>}};

}  // namespace

constinit const OpSupport neg{.op = &op::neg, .reads = kNegReads, .write = write_neg};

}  // namespace paw::tflite::ops
