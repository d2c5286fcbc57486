#include "formats/tflite/ops/plain.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

constexpr TypeVersion kSigmoidVersions[] = {
    {DType::kF32, 1, "1.14.0"}, {DType::kI8, 2, "1.14.0"}, {DType::kU8, 1, "1.14.0"}, {DType::kI16, 3, "2.3.0"}};

Status write_sigmoid(OpWriter& w) { return write_plain(w, schema::BuiltinOperator::LOGISTIC, kSigmoidVersions); }

constexpr OpReading kSigmoidReads[] = {{code_of(schema::BuiltinOperator::LOGISTIC), 1, 1, 1, read_plain<op::sigmoid>}};

}  // namespace

constinit const OpSupport sigmoid{.op = &op::sigmoid, .reads = kSigmoidReads, .write = write_sigmoid};

}  // namespace paw::tflite::ops
