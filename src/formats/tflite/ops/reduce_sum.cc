#include "formats/tflite/op_table.h"
#include "formats/tflite/ops/reduction.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "ops/reduce.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_reduce_sum(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::ReducerOptions>());
  return read_reduction(r, op::reduce_sum, o->keep_dims());
}

// Quantised sums are left out: the reference kernels do not rescale them.
constexpr TypeVersion kReduceSumVersions[] = {
    {DType::kF32, 1, "1.10.0"}, {DType::kI32, 1, "1.10.0"}, {DType::kI64, 1, "1.10.0"}};

Status write_reduce_sum(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, w.kind(schema::BuiltinOperator::SUM, w.type(0), kReduceSumVersions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, write_reduction(w));
  w.append(kind, inputs, w.result(), schema::CreateReducerOptions(w.builder(), w.attrs<ReduceAttrs>().keep_dims));
  return {};
}

constexpr OpReading kReduceSumReads[] = {{code_of(schema::BuiltinOperator::SUM), 2, 2, 2, read_reduce_sum}};

}  // namespace

constinit const OpSupport reduce_sum{.op = &op::reduce_sum, .reads = kReduceSumReads, .write = write_reduce_sum};

}  // namespace paw::tflite::ops
