#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
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

Status read(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  PAW_ASSIGN_OR_RETURN(std::vector<std::int64_t> shape, new_shape(r));
  return r.result(op::reshape, {x}, ShapeAttrs{std::move(shape)});
}

constexpr OpReading kReads[] = {{code_of(schema::BuiltinOperator::RESHAPE), 1, 2, 1, read}};

}  // namespace

constinit const OpSupport reshape{.op = &op::reshape, .reads = kReads};

}  // namespace paw::tflite::ops
