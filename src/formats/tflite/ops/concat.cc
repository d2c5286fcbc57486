#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_concat(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::ConcatenationOptions>());
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> parts, r.all_inputs());
  return r.result(op::concat, parts, ConcatAttrs{o->axis()}, o->fused_activation());
}

constexpr TypeVersion kConcatVersions[] = {{DType::kF32, 1, "1.5.0"}, {DType::kI8, 2, "1.14.0"},
                                           {DType::kU8, 1, "1.5.0"},  {DType::kI16, 3, "2.3.0"},
                                           {DType::kI32, 1, "1.5.0"}, {DType::kI64, 1, "1.5.0"}};

Status write_concat(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind,
                       w.kind(schema::BuiltinOperator::CONCATENATION, w.type(0), kConcatVersions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result(),
           schema::CreateConcatenationOptions(w.builder(), narrow(w.attrs<ConcatAttrs>().axis)));
  return {};
}

constexpr OpReading kConcatReads[] = {{code_of(schema::BuiltinOperator::CONCATENATION), 1, kAnyNumber, 1, read_concat}};

}  // namespace

constinit const OpSupport concat{.op = &op::concat, .reads = kConcatReads, .write = write_concat};

}  // namespace paw::tflite::ops
