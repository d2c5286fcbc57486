#include "formats/tflite/ops/plain.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

constexpr TypeVersion kSqrtVersions[] = {{DType::kF32, 1, "1.10.0"}};

Status write_sqrt(OpWriter& w) { return write_plain(w, schema::BuiltinOperator::SQRT, kSqrtVersions); }

constexpr OpReading kSqrtReads[] = {{code_of(schema::BuiltinOperator::SQRT), 1, 1, 1, read_plain<op::sqrt>}};

}  // namespace

constinit const OpSupport sqrt{.op = &op::sqrt, .reads = kSqrtReads, .write = write_sqrt};

}  // namespace paw::tflite::ops
