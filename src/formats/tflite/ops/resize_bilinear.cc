#include "formats/tflite/op_table.h"
#include "formats/tflite/ops/resizing.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "ops/resize.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_resize_bilinear(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::ResizeBilinearOptions>());
  return read_resize(r, op::resize_bilinear, o->align_corners(), o->half_pixel_centers());
}

constexpr TypeVersion kResizeBilinearVersions[] = {
    {DType::kF32, 1, "1.7.0"}, {DType::kI8, 2, "1.14.0"}, {DType::kU8, 1, "1.7.0"}, {DType::kI16, 4, "2.5.0"}};

Status write_resize_bilinear(OpWriter& w) {
  const auto& a = w.attrs<ResizeAttrs>();
  PAW_ASSIGN_OR_RETURN(OperatorKind kind,
                       w.kind(schema::BuiltinOperator::RESIZE_BILINEAR, w.type(0), kResizeBilinearVersions));
  if (a.coordinates == ResizeCoordinates::kHalfPixel && kind.version < 3) kind = {kind.code, 3, "2.2.0"};
  PAW_ASSIGN_OR_RETURN(const std::int32_t x, w.tensor(0));
  const std::int32_t inputs[] = {x, w.integers(a.size, "size")};
  w.append(kind, inputs, w.result(),
           schema::CreateResizeBilinearOptions(w.builder(), a.coordinates == ResizeCoordinates::kAlignCorners,
                                               a.coordinates == ResizeCoordinates::kHalfPixel));
  return {};
}

constexpr OpReading kResizeBilinearReads[] = {
    {code_of(schema::BuiltinOperator::RESIZE_BILINEAR), 2, 2, 2, read_resize_bilinear}};

}  // namespace

constinit const OpSupport resize_bilinear{
    .op = &op::resize_bilinear, .reads = kResizeBilinearReads, .write = write_resize_bilinear};

}  // namespace paw::tflite::ops
