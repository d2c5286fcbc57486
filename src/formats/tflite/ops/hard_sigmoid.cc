// No operator of its own: relu6(x + 3) / 6, which the pass name_activations knows again.
#include "formats/tflite/op_table.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status write_hard_sigmoid(OpWriter& w) {
  const TensorType& type = w.type(0);
  if (type.dtype != DType::kF32) return w.refuse("is held in f32 only, got " + type.text());
  PAW_ASSIGN_OR_RETURN(const std::int32_t x, w.tensor(0));
  const std::int32_t sum = w.temporary(type, "relu6");
  const std::int32_t shifted[] = {x, w.scalar(3, type, "three")};
  w.append({code_of(schema::BuiltinOperator::ADD), 1, "1.5.0"}, shifted, sum,
           schema::CreateAddOptions(w.builder(), schema::Activation::RELU6));
  const std::int32_t scaled[] = {sum, w.scalar(1.0 / 6, type, "sixth")};
  w.append({code_of(schema::BuiltinOperator::MUL), 1, "1.5.0"}, scaled, w.result(),
           schema::CreateMulOptions(w.builder()));
  return {};
}

}  // namespace

constinit const OpSupport hard_sigmoid{.op = &op::hard_sigmoid, .write = write_hard_sigmoid};

}  // namespace paw::tflite::ops
