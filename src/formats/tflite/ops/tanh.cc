#include "formats/tflite/ops/plain.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

constexpr TypeVersion kTanhVersions[] = {
    {DType::kF32, 1, "1.14.0"}, {DType::kI8, 2, "1.14.0"}, {DType::kU8, 1, "1.14.0"}, {DType::kI16, 3, "2.3.0"}};

Status write_tanh(OpWriter& w) { return write_plain(w, schema::BuiltinOperator::TANH, kTanhVersions); }

constexpr OpReading kTanhReads[] = {{code_of(schema::BuiltinOperator::TANH), 1, 1, 1, read_plain<op::tanh>}};

}  // namespace

constinit const OpSupport tanh{.op = &op::tanh, .reads = kTanhReads, .write = write_tanh};

}  // namespace paw::tflite::ops
