#include "formats/tflite/ops/plain.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

constexpr TypeVersion kSquareVersions[] = {{DType::kF32, 1, "1.12.0"}};

Status write_square(OpWriter& w) {
  return write_plain_with<schema::SquareOptions>(w, schema::BuiltinOperator::SQUARE, kSquareVersions);
}

constexpr OpReading kSquareReads[] = {{code_of(schema::BuiltinOperator::SQUARE), 1, 1, 1, read_plain<op::square>}};

}  // namespace

constinit const OpSupport square{.op = &op::square, .reads = kSquareReads, .write = write_square};

}  // namespace paw::tflite::ops
