#include "formats/tflite/ops/plain.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

constexpr TypeVersion kHardSwishVersions[] = {
    {DType::kF32, 1, "1.15.0"}, {DType::kI8, 1, "1.15.0"}, {DType::kU8, 1, "1.15.0"}};

Status write_hard_swish(OpWriter& w) {
  return write_plain_with<schema::HardSwishOptions>(w, schema::BuiltinOperator::HARD_SWISH, kHardSwishVersions);
}

constexpr OpReading kHardSwishReads[] = {
    {code_of(schema::BuiltinOperator::HARD_SWISH), 1, 1, 1, read_plain<op::hard_swish>}};

}  // namespace

constinit const OpSupport hard_swish{.op = &op::hard_swish, .reads = kHardSwishReads, .write = write_hard_swish};

}  // namespace paw::tflite::ops
