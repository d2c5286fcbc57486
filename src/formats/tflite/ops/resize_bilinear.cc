#include "formats/tflite/op_table.h"
#include "formats/tflite/ops/resizing.h"
#include "formats/tflite/reader.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::ResizeBilinearOptions>());
  return read_resize(r, op::resize_bilinear, o->align_corners(), o->half_pixel_centers());
}

constexpr OpReading kReads[] = {{code_of(schema::BuiltinOperator::RESIZE_BILINEAR), 2, 2, 2, read}};

}  // namespace

constinit const OpSupport resize_bilinear{.op = &op::resize_bilinear, .reads = kReads};

}  // namespace paw::tflite::ops
