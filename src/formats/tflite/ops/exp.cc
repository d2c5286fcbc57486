#include "formats/tflite/ops/plain.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

constexpr TypeVersion kExpVersions[] = {{DType::kF32, 1, "1.7.0"}};

Status write_exp(OpWriter& w) {
  return write_plain_with<schema::ExpOptions>(w, schema::BuiltinOperator::EXP, kExpVersions);
}

constexpr OpReading kExpReads[] = {{code_of(schema::BuiltinOperator::EXP), 1, 1, 1, read_plain<op::exp>}};

}  // namespace

constinit const OpSupport exp{.op = &op::exp, .reads = kExpReads, .write = write_exp};

}  // namespace paw::tflite::ops
