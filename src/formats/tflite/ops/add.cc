#include "formats/tflite/op_table.h"
#include "formats/tflite/ops/elementwise.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_add(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::AddOptions>());
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> operands, r.all_inputs());
  return r.result(op::add, operands, {}, o->fused_activation());
}

constexpr TypeVersion kAddVersions[] = {{DType::kF32, 1, "1.5.0"}, {DType::kI8, 2, "1.14.0"},
                                        {DType::kU8, 1, "1.5.0"},  {DType::kI16, 3, "2.4.0"},
                                        {DType::kI32, 1, "1.5.0"}, {DType::kI64, 4, "2.6.0"}};

Status write_add(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, binary_kind(w, schema::BuiltinOperator::ADD, kAddVersions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result(),
           schema::CreateAddOptions(w.builder(), w.activation(), w.type(0).dtype != DType::kI16));
  return {};
}

constexpr OpReading kAddReads[] = {{code_of(schema::BuiltinOperator::ADD), 2, 2, 2, read_add}};

}  // namespace

constinit const OpSupport add{.op = &op::add, .reads = kAddReads, .write = write_add};

}  // namespace paw::tflite::ops
