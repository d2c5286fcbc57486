#include "formats/tflite/ops/plain.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

constexpr TypeVersion kLogVersions[] = {{DType::kF32, 1, "1.14.0"}};

Status write_log(OpWriter& w) { return write_plain(w, schema::BuiltinOperator::LOG, kLogVersions); }

constexpr OpReading kLogReads[] = {{code_of(schema::BuiltinOperator::LOG), 1, 1, 1, read_plain<op::log>}};

}  // namespace

constinit const OpSupport log{.op = &op::log, .reads = kLogReads, .write = write_log};

}  // namespace paw::tflite::ops
