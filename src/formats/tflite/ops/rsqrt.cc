#include "formats/tflite/ops/plain.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

constexpr TypeVersion kRsqrtVersions[] = {{DType::kF32, 1, "1.10.0"}};

Status write_rsqrt(OpWriter& w) { return write_plain(w, schema::BuiltinOperator::RSQRT, kRsqrtVersions); }

constexpr OpReading kRsqrtReads[] = {{code_of(schema::BuiltinOperator::RSQRT), 1, 1, 1, read_plain<op::rsqrt>}};

}  // namespace

constinit const OpSupport rsqrt{.op = &op::rsqrt, .reads = kRsqrtReads, .write = write_rsqrt};

}  // namespace paw::tflite::ops
