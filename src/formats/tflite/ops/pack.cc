#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

// Inputs of one shape along a new axis.
Status read_pack(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::PackOptions>());
  PAW_ASSIGN_OR_RETURN(std::vector<ValueId> parts, r.all_inputs());
  const int rank = r.type(parts[0]).shape.rank() + 1;
  const std::int64_t axis = o->axis() < 0 ? o->axis() + std::int64_t{rank} : o->axis();
  for (ValueId& part : parts) {
    PAW_ASSIGN_OR_RETURN(part, r.step(op::expand_dims, {part}, AxesAttrs{{axis}}));
  }
  return r.result(op::concat, parts, ConcatAttrs{axis});
}

constexpr OpReading kPackReads[] = {{code_of(schema::BuiltinOperator::PACK), 1, kAnyNumber, 1, read_pack}};

}  // namespace

constinit const OpSupport pack{.reads = kPackReads};

}  // namespace paw::tflite::ops
