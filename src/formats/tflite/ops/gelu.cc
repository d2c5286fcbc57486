#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/activation.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_gelu(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::GeluOptions>());
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  return r.result(op::gelu, {x}, GeluAttrs{o->approximate()});
}

constexpr TypeVersion kGeluVersions[] = {{DType::kF32, 1, "2.9.0"}, {DType::kI8, 2, "2.9.0"}, {DType::kU8, 2, "2.9.0"}};

Status write_gelu(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, w.kind(schema::BuiltinOperator::GELU, w.type(0), kGeluVersions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result(), schema::CreateGeluOptions(w.builder(), w.attrs<GeluAttrs>().approximate));
  return {};
}

constexpr OpReading kGeluReads[] = {{code_of(schema::BuiltinOperator::GELU), 1, 1, 1, read_gelu}};

}  // namespace

constinit const OpSupport gelu{.op = &op::gelu, .reads = kGeluReads, .write = write_gelu};

}  // namespace paw::tflite::ops
