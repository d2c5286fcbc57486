#include "formats/tflite/ops/plain.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

constexpr TypeVersion kReluVersions[] = {
    {DType::kF32, 1, "1.5.0"}, {DType::kI8, 2, "2.1.0"}, {DType::kU8, 2, "2.1.0"}, {DType::kI16, 3, "2.5.0"}};

Status write_relu(OpWriter& w) { return write_plain(w, schema::BuiltinOperator::RELU, kReluVersions); }

constexpr OpReading kReluReads[] = {{code_of(schema::BuiltinOperator::RELU), 1, 1, 1, read_plain<op::relu>}};

}  // namespace

constinit const OpSupport relu{.op = &op::relu, .reads = kReluReads, .write = write_relu};

}  // namespace paw::tflite::ops
