#include "formats/tflite/ops/plain.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

constexpr TypeVersion kAbsVersions[] = {{DType::kF32, 1, "1.13.0"}, {DType::kI32, 5, "2.12.0"}};

Status write_abs(OpWriter& w) {
  return write_plain_with<schema::AbsOptions>(w, schema::BuiltinOperator::ABS, kAbsVersions);
}

constexpr OpReading kAbsReads[] = {{code_of(schema::BuiltinOperator::ABS), 1, 1, 1, read_plain<op::abs>}};

}  // namespace

constinit const OpSupport abs{.op = &op::abs, .reads = kAbsReads, .write = write_abs};

}  // namespace paw::tflite::ops
