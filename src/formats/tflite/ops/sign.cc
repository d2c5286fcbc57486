#include "formats/tflite/ops/plain.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

constexpr TypeVersion kSignVersions[] = {{DType::kF32, 1, "2.11.0"}, {DType::kI32, 2, "2.12.0"}};

Status write_sign(OpWriter& w) {
  return write_plain_with<schema::SignOptions>(w, schema::BuiltinOperator::SIGN, kSignVersions);
}

constexpr OpReading kSignReads[] = {{code_of(schema::BuiltinOperator::SIGN), 1, 1, 1, read_plain<op::sign>}};

}  // namespace

constinit const OpSupport sign{.op = &op::sign, .reads = kSignReads, .write = write_sign};

}  // namespace paw::tflite::ops
