#include "ops/cast.h"
#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/types.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_cast(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  PAW_ASSIGN_OR_RETURN(const StatedType to, r.stated_result());
  return r.result(op::cast, {x}, DtypeAttrs{to.dtype});
}

constexpr TypeVersion kCastVersions[] = {{DType::kF32, 1, "1.5.0"},       {DType::kI32, 1, "1.5.0"},
                                         {DType::kI64, 1, "1.5.0"},       {DType::kBool, 1, "1.5.0"},
                                         {DType::kU8, 1, "1.5.0", true},  {DType::kI8, 4, "2.9.0", true},
                                         {DType::kI16, 4, "2.9.0", true}, {DType::kU16, 4, "2.9.0", true},
                                         {DType::kU32, 4, "2.9.0"},       {DType::kF64, 5, "2.12.0"}};

// Weights stored as float16 are DEQUANTIZEd, which every delegate takes up; that is read as a cast again.
Status write_cast(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  if (w.type(0).dtype == DType::kF16 && w.is_constant(0) && w.result_type().dtype == DType::kF32) {
    w.append({code_of(schema::BuiltinOperator::DEQUANTIZE), 3, "1.15.0"}, inputs, w.result(),
             schema::CreateDequantizeOptions(w.builder()));
    return {};
  }
  PAW_ASSIGN_OR_RETURN(const OperatorKind from, w.kind(schema::BuiltinOperator::CAST, w.type(0), kCastVersions));
  PAW_ASSIGN_OR_RETURN(const OperatorKind to, w.kind(schema::BuiltinOperator::CAST, w.result_type(), kCastVersions));
  const auto stored = [](const TensorType& type) {
    return static_cast<schema::TensorType>(*tensor_type_of(type.dtype));
  };
  w.append(from.version < to.version ? to : from, inputs, w.result(),
           schema::CreateCastOptions(w.builder(), stored(w.type(0)), stored(w.result_type())));
  return {};
}

constexpr OpReading kCastReads[] = {{code_of(schema::BuiltinOperator::CAST), 1, 1, 1, read_cast}};

}  // namespace

constinit const OpSupport cast{.op = &op::cast, .reads = kCastReads, .write = write_cast};

}  // namespace paw::tflite::ops
