#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_hard_swish(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> operands, r.all_inputs());
  return r.result(op::hard_swish, operands);
}

constexpr TypeVersion kHardSwishVersions[] = {
    {DType::kF32, 1, "1.15.0"}, {DType::kI8, 1, "1.15.0"}, {DType::kU8, 1, "1.15.0"}};

Status write_hard_swish(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind,
                       w.kind(schema::BuiltinOperator::HARD_SWISH, w.type(0), kHardSwishVersions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result(), schema::CreateHardSwishOptions(w.builder()));
  return {};
}

constexpr OpReading kHardSwishReads[] = {{code_of(schema::BuiltinOperator::HARD_SWISH), 1, 1, 1, read_hard_swish}};

}  // namespace

constinit const OpSupport hard_swish{.op = &op::hard_swish, .reads = kHardSwishReads, .write = write_hard_swish};

}  // namespace paw::tflite::ops
