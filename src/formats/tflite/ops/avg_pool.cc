#include <array>

#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "ops/ops.h"
#include "ops/pool.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::Pool2DOptions>());
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  const PoolAttrs attrs{.kernel = {o->filter_height(), o->filter_width()},
                        .stride = {o->stride_h(), o->stride_w()},
                        .padding = o->padding() == schema::Padding::SAME ? Padding::kSame : Padding::kValid};
  return r.result(op::avg_pool, std::array{x}, attrs, o->fused_activation());
}

constexpr OpReading kReads[] = {{code_of(schema::BuiltinOperator::AVERAGE_POOL_2D), 1, 1, 1, read}};

}  // namespace

constinit const OpSupport avg_pool{.op = &op::avg_pool, .reads = kReads};

}  // namespace paw::tflite::ops
