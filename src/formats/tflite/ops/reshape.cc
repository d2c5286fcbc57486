#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

// The new shape is an input or, in old files, among the options.
Result<std::vector<std::int64_t>> new_shape(OpReader& r) {
  if (r.has(1)) return r.integers(1, "new shape");
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::ReshapeOptions>());
  if (o->new_shape() == nullptr) return r.error("lacks its new shape");
  // [0] was once a scalar.
  if (o->new_shape()->size() == 1 && (*o->new_shape())[0] == 0) return std::vector<std::int64_t>();
  return std::vector<std::int64_t>(o->new_shape()->begin(), o->new_shape()->end());
}

Status read_reshape(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  PAW_ASSIGN_OR_RETURN(std::vector<std::int64_t> shape, new_shape(r));
  return r.result(op::reshape, {x}, ShapeAttrs{std::move(shape)});
}

// Bytes are copied, whatever they mean.
constexpr TypeVersion kReshapeVersions[] = {
    {DType::kF32, 1, "1.5.0"},      {DType::kF16, 1, "1.5.0"},       {DType::kI8, 1, "1.5.0"},
    {DType::kU8, 1, "1.5.0"},       {DType::kI16, 1, "1.5.0"},       {DType::kI8, 1, "1.5.0", true},
    {DType::kU8, 1, "1.5.0", true}, {DType::kI16, 1, "1.5.0", true}, {DType::kI32, 1, "1.5.0"},
    {DType::kI64, 1, "1.5.0"},      {DType::kBool, 1, "1.5.0"}};

Status write_reshape(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, w.kind(schema::BuiltinOperator::RESHAPE, w.type(0), kReshapeVersions));
  PAW_ASSIGN_OR_RETURN(const std::int32_t x, w.tensor(0));
  const std::vector<std::int64_t>& shape = w.attrs<ShapeAttrs>().shape;
  const std::vector<std::int32_t> in_options(shape.begin(), shape.end());
  std::vector<std::int32_t> inputs = {x};
  if (!shape.empty()) inputs.push_back(w.integers(shape, "shape"));
  w.append(kind, inputs, w.result(), schema::CreateReshapeOptions(w.builder(), w.builder().CreateVector(in_options)));
  return {};
}

constexpr OpReading kReshapeReads[] = {{code_of(schema::BuiltinOperator::RESHAPE), 1, 2, 1, read_reshape}};

}  // namespace

constinit const OpSupport reshape{.op = &op::reshape, .reads = kReshapeReads, .write = write_reshape};

}  // namespace paw::tflite::ops
