#include "ops/matmul.h"
#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::BatchMatMulOptions>());
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> operands, r.all_inputs());
  return r.result(op::matmul, operands, MatmulAttrs{o->adj_x(), o->adj_y()});
}

constexpr OpReading kReads[] = {{code_of(schema::BuiltinOperator::BATCH_MATMUL), 2, 2, 2, read}};

}  // namespace

constinit const OpSupport matmul{.op = &op::matmul, .reads = kReads};

}  // namespace paw::tflite::ops
