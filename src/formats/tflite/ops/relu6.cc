#include "formats/tflite/ops/plain.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

constexpr TypeVersion kRelu6Versions[] = {
    {DType::kF32, 1, "1.5.0"}, {DType::kI8, 2, "1.14.0"}, {DType::kU8, 2, "1.14.0"}, {DType::kI16, 3, "2.5.0"}};

Status write_relu6(OpWriter& w) { return write_plain(w, schema::BuiltinOperator::RELU6, kRelu6Versions); }

constexpr OpReading kRelu6Reads[] = {{code_of(schema::BuiltinOperator::RELU6), 1, 1, 1, read_plain<op::relu6>}};

}  // namespace

constinit const OpSupport relu6{.op = &op::relu6, .reads = kRelu6Reads, .write = write_relu6};

}  // namespace paw::tflite::ops
