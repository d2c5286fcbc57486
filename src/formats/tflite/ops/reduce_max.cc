#include "formats/tflite/op_table.h"
#include "formats/tflite/ops/reduction.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "ops/reduce.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_reduce_max(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::ReducerOptions>());
  return read_reduction(r, op::reduce_max, o->keep_dims());
}

constexpr TypeVersion kReduceMaxVersions[] = {{DType::kF32, 1, "1.11.0"}, {DType::kI8, 2, "1.14.0"},
                                              {DType::kU8, 1, "1.11.0"},  {DType::kI16, 3, "2.5.0"},
                                              {DType::kI32, 1, "1.11.0"}, {DType::kI64, 1, "1.11.0"}};

Status write_reduce_max(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind,
                       w.kind(schema::BuiltinOperator::REDUCE_MAX, w.type(0), kReduceMaxVersions));
  // The integers are compared and not rescaled.
  if (w.type(0).quant && *w.type(0).quant != *w.result_type().quant) {
    return w.refuse("wants one scale for x and the result, got " + w.type(0).text() + " and " + w.result_type().text());
  }
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, write_reduction(w));
  w.append(kind, inputs, w.result(), schema::CreateReducerOptions(w.builder(), w.attrs<ReduceAttrs>().keep_dims));
  return {};
}

constexpr OpReading kReduceMaxReads[] = {{code_of(schema::BuiltinOperator::REDUCE_MAX), 2, 2, 2, read_reduce_max}};

}  // namespace

constinit const OpSupport reduce_max{.op = &op::reduce_max, .reads = kReduceMaxReads, .write = write_reduce_max};

}  // namespace paw::tflite::ops
