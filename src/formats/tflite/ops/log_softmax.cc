#include "formats/tflite/op_table.h"
#include "formats/tflite/ops/plain.h"
#include "formats/tflite/writer.h"
#include "ops/activation.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

constexpr TypeVersion kLogSoftmaxVersions[] = {
    {DType::kF32, 1, "1.14.0"}, {DType::kI8, 2, "1.14.0"}, {DType::kU8, 1, "1.14.0"}};

Status write_log_softmax(OpWriter& w) {
  const int rank = w.type(0).shape.rank();
  const std::int64_t axis = w.attrs<SoftmaxAttrs>().axis;
  if (rank == 0 || (axis != -1 && axis != rank - 1)) return w.refuse("is held along the last axis only");
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind,
                       w.kind(schema::BuiltinOperator::LOG_SOFTMAX, w.type(0), kLogSoftmaxVersions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result(), schema::CreateLogSoftmaxOptions(w.builder()));
  return {};
}

constexpr OpReading kLogSoftmaxReads[] = {
    {code_of(schema::BuiltinOperator::LOG_SOFTMAX), 1, 1, 1, read_plain<op::log_softmax>}};

}  // namespace

constinit const OpSupport log_softmax{.op = &op::log_softmax, .reads = kLogSoftmaxReads, .write = write_log_softmax};

}  // namespace paw::tflite::ops
