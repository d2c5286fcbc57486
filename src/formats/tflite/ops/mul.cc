#include "formats/tflite/op_table.h"
#include "formats/tflite/ops/elementwise.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_mul(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::MulOptions>());
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> operands, r.all_inputs());
  return r.result(op::mul, operands, {}, o->fused_activation());
}

constexpr TypeVersion kMulVersions[] = {{DType::kF32, 1, "1.5.0"}, {DType::kI8, 2, "1.14.0"},
                                        {DType::kU8, 1, "1.5.0"},  {DType::kI16, 4, "2.3.0"},
                                        {DType::kI32, 1, "1.5.0"}, {DType::kI64, 5, "2.6.0"}};

Status write_mul(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(OperatorKind kind, binary_kind(w, schema::BuiltinOperator::MUL, kMulVersions));
  // Rescaling by 1 or more came later.
  const auto scale = [](const TensorType& type) { return static_cast<double>(type.quant->scale[0]); };
  if (kind.version <= 2 && w.type(0).quant && scale(w.type(0)) * scale(w.type(1)) / scale(w.result_type()) >= 1) {
    kind.version = 3;
    kind.runtime = "1.15.0";
  }
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result(), schema::CreateMulOptions(w.builder(), w.activation()));
  return {};
}

constexpr OpReading kMulReads[] = {{code_of(schema::BuiltinOperator::MUL), 2, 2, 2, read_mul}};

}  // namespace

constinit const OpSupport mul{.op = &op::mul, .reads = kMulReads, .write = write_mul};

}  // namespace paw::tflite::ops
