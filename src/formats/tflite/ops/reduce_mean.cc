#include "formats/tflite/op_table.h"
#include "formats/tflite/ops/reduction.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "ops/reduce.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_reduce_mean(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::ReducerOptions>());
  return read_reduction(r, op::reduce_mean, o->keep_dims());
}

constexpr TypeVersion kReduceMeanVersions[] = {
    {DType::kF32, 1, "1.6.0"}, {DType::kI8, 2, "1.14.0"}, {DType::kU8, 1, "1.6.0"}, {DType::kI16, 3, "2.4.0"}};

Status write_reduce_mean(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, w.kind(schema::BuiltinOperator::MEAN, w.type(0), kReduceMeanVersions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, write_reduction(w));
  w.append(kind, inputs, w.result(), schema::CreateReducerOptions(w.builder(), w.attrs<ReduceAttrs>().keep_dims));
  return {};
}

constexpr OpReading kReduceMeanReads[] = {{code_of(schema::BuiltinOperator::MEAN), 2, 2, 2, read_reduce_mean}};

}  // namespace

constinit const OpSupport reduce_mean{.op = &op::reduce_mean, .reads = kReduceMeanReads, .write = write_reduce_mean};

}  // namespace paw::tflite::ops
