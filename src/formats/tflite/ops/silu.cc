// No operator of its own: x * sigmoid(x), which the pass name_activations knows again.
#include "formats/tflite/op_table.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status write_silu(OpWriter& w) {
  const TensorType& type = w.type(0);
  if (type.dtype != DType::kF32) return w.refuse("is held in f32 only, got " + type.text());
  PAW_ASSIGN_OR_RETURN(const std::int32_t x, w.tensor(0));
  const std::int32_t gate = w.temporary(type, "sigmoid");
  const std::int32_t one[] = {x}, both[] = {x, gate};
  w.append({code_of(schema::BuiltinOperator::LOGISTIC), 1, "1.14.0"}, one, gate);
  w.append({code_of(schema::BuiltinOperator::MUL), 1, "1.5.0"}, both, w.result(),
           schema::CreateMulOptions(w.builder()));
  return {};
}

}  // namespace

constinit const OpSupport silu{.op = &op::silu, .write = write_silu};

}  // namespace paw::tflite::ops
