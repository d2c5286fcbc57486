#include "formats/tflite/op_table.h"
#include "formats/tflite/ops/reduction.h"
#include "formats/tflite/reader.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::ReducerOptions>());
  return read_reduction(r, op::reduce_sum, o->keep_dims());
}

constexpr OpReading kReads[] = {{code_of(schema::BuiltinOperator::SUM), 2, 2, 2, read}};

}  // namespace

constinit const OpSupport reduce_sum{.op = &op::reduce_sum, .reads = kReads};

}  // namespace paw::tflite::ops
