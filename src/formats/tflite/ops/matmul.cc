#include "ops/matmul.h"
#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_matmul(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::BatchMatMulOptions>());
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> operands, r.all_inputs());
  return r.result(op::matmul, operands, MatmulAttrs{o->adj_x(), o->adj_y()});
}

constexpr TypeVersion kMatmulVersions[] = {{DType::kF32, 1, "2.3.0"}};

Status write_matmul(OpWriter& w) {
  const auto& a = w.attrs<MatmulAttrs>();
  for (std::size_t i = 0; i < 2; ++i) {
    if (w.type(i).shape.rank() > 5) return w.refuse("multiplies " + w.type(i).text() + "; up to 5 axes are held");
  }
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind,
                       w.kind(schema::BuiltinOperator::BATCH_MATMUL, w.type(0), kMatmulVersions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result(), schema::CreateBatchMatMulOptions(w.builder(), a.transpose_a, a.transpose_b));
  return {};
}

constexpr OpReading kMatmulReads[] = {{code_of(schema::BuiltinOperator::BATCH_MATMUL), 2, 2, 2, read_matmul}};

}  // namespace

constinit const OpSupport matmul{.op = &op::matmul, .reads = kMatmulReads, .write = write_matmul};

}  // namespace paw::tflite::ops
