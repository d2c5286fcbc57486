#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_transpose(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  PAW_ASSIGN_OR_RETURN(std::vector<std::int64_t> perm, r.integers(1, "order of axes"));
  return r.result(op::transpose, {x}, TransposeAttrs{std::move(perm)});
}

constexpr TypeVersion kTransposeVersions[] = {
    {DType::kF32, 1, "1.6.0"}, {DType::kI8, 2, "1.14.0"}, {DType::kU8, 1, "1.6.0"},   {DType::kI16, 5, "2.4.0"},
    {DType::kI32, 1, "1.6.0"}, {DType::kI64, 1, "1.6.0"}, {DType::kBool, 3, "1.15.0"}};

Status write_transpose(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(OperatorKind kind, w.kind(schema::BuiltinOperator::TRANSPOSE, w.type(0), kTransposeVersions));
  const int rank = w.type(0).shape.rank();
  if (rank == 0) return w.refuse("has nothing to transpose", "leave it out");
  if (rank > 5) kind = {kind.code, 6, "2.12.0"};
  if (rank == 5 && kind.version < 5) kind = {kind.code, 4, "2.3.0"};
  PAW_ASSIGN_OR_RETURN(const std::int32_t x, w.tensor(0));
  const std::int32_t inputs[] = {x, w.integers(w.attrs<TransposeAttrs>().perm, "perm")};
  w.append(kind, inputs, w.result(), schema::CreateTransposeOptions(w.builder()));
  return {};
}

constexpr OpReading kTransposeReads[] = {{code_of(schema::BuiltinOperator::TRANSPOSE), 2, 2, 2, read_transpose}};

}  // namespace

constinit const OpSupport transpose{.op = &op::transpose, .reads = kTransposeReads, .write = write_transpose};

}  // namespace paw::tflite::ops
