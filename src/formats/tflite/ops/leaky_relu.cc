#include <charconv>

#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/activation.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

// The shortest decimal number that is this f32: 0.2 instead of 0.20000000298.
double shortest(float value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), value).ptr;
  double out = value;
  std::from_chars(text, end, out);
  return out;
}

Status read_leaky_relu(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::LeakyReluOptions>());
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  return r.result(op::leaky_relu, {x}, LeakyReluAttrs{shortest(o->alpha())});
}

constexpr TypeVersion kLeakyReluVersions[] = {
    {DType::kF32, 1, "1.13.1"}, {DType::kI8, 1, "1.13.1"}, {DType::kU8, 1, "1.13.1"}, {DType::kI16, 2, "2.3.0"}};

Status write_leaky_relu(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind,
                       w.kind(schema::BuiltinOperator::LEAKY_RELU, w.type(0), kLeakyReluVersions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  const auto alpha = static_cast<float>(w.attrs<LeakyReluAttrs>().alpha);
  w.append(kind, inputs, w.result(), schema::CreateLeakyReluOptions(w.builder(), alpha));
  return {};
}

constexpr OpReading kLeakyReluReads[] = {{code_of(schema::BuiltinOperator::LEAKY_RELU), 1, 1, 1, read_leaky_relu}};

}  // namespace

constinit const OpSupport leaky_relu{.op = &op::leaky_relu, .reads = kLeakyReluReads, .write = write_leaky_relu};

}  // namespace paw::tflite::ops
