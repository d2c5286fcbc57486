#include "formats/tflite/op_table.h"
#include "formats/tflite/ops/elementwise.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_sub(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::SubOptions>());
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> operands, r.all_inputs());
  return r.result(op::sub, operands, {}, o->fused_activation());
}

constexpr TypeVersion kSubVersions[] = {{DType::kF32, 1, "1.6.0"}, {DType::kI8, 2, "1.14.0"},
                                        {DType::kU8, 1, "1.6.0"},  {DType::kI16, 5, "2.4.0"},
                                        {DType::kI32, 1, "1.6.0"}, {DType::kI64, 4, "2.4.0"}};

Status write_sub(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, binary_kind(w, schema::BuiltinOperator::SUB, kSubVersions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result(),
           schema::CreateSubOptions(w.builder(), w.activation(), w.type(0).dtype != DType::kI16));
  return {};
}

constexpr OpReading kSubReads[] = {{code_of(schema::BuiltinOperator::SUB), 2, 2, 2, read_sub}};

}  // namespace

constinit const OpSupport sub{.op = &op::sub, .reads = kSubReads, .write = write_sub};

}  // namespace paw::tflite::ops
