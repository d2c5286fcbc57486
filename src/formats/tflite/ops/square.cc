#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_square(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> operands, r.all_inputs());
  return r.result(op::square, operands);
}

constexpr TypeVersion kSquareVersions[] = {{DType::kF32, 1, "1.12.0"}};

Status write_square(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, w.kind(schema::BuiltinOperator::SQUARE, w.type(0), kSquareVersions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result(), schema::CreateSquareOptions(w.builder()));
  return {};
}

constexpr OpReading kSquareReads[] = {{code_of(schema::BuiltinOperator::SQUARE), 1, 1, 1, read_square}};

}  // namespace

constinit const OpSupport square{.op = &op::square, .reads = kSquareReads, .write = write_square};

}  // namespace paw::tflite::ops
