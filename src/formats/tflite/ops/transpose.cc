#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  PAW_ASSIGN_OR_RETURN(std::vector<std::int64_t> perm, r.integers(1, "order of axes"));
  return r.result(op::transpose, {x}, TransposeAttrs{std::move(perm)});
}

constexpr OpReading kReads[] = {{code_of(schema::BuiltinOperator::TRANSPOSE), 2, 2, 2, read}};

}  // namespace

constinit const OpSupport transpose{.op = &op::transpose, .reads = kReads};

}  // namespace paw::tflite::ops
