#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/activation.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_softmax(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::SoftmaxOptions>());
  PAW_ASSIGN_OR_RETURN(ValueId x, r.in(0));
  if (o->beta() != 1) {
    if (r.type(x).quant) return r.error("sharpens quantised scores (beta other than 1), which is not read");
    PAW_ASSIGN_OR_RETURN(const ValueId beta, r.scalar(o->beta(), r.type(x).dtype));
    PAW_ASSIGN_OR_RETURN(x, r.step(op::mul, {x, beta}));
  }
  return r.result(op::softmax, {x}, SoftmaxAttrs{});
}

constexpr TypeVersion kSoftmaxVersions[] = {
    {DType::kF32, 1, "1.5.0"}, {DType::kI8, 2, "1.14.0"}, {DType::kU8, 1, "1.5.0"}, {DType::kI16, 3, "2.3.0"}};

Status write_softmax(OpWriter& w) {
  const int rank = w.type(0).shape.rank();
  const std::int64_t axis = w.attrs<SoftmaxAttrs>().axis;
  if (rank == 0 || (axis != -1 && axis != rank - 1)) return w.refuse("is held along the last axis only");
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, w.kind(schema::BuiltinOperator::SOFTMAX, w.type(0), kSoftmaxVersions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result(), schema::CreateSoftmaxOptions(w.builder(), 1));
  return {};
}

constexpr OpReading kSoftmaxReads[] = {{code_of(schema::BuiltinOperator::SOFTMAX), 1, 1, 1, read_softmax}};

}  // namespace

constinit const OpSupport softmax{.op = &op::softmax, .reads = kSoftmaxReads, .write = write_softmax};

}  // namespace paw::tflite::ops
