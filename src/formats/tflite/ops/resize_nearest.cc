#include "formats/tflite/op_table.h"
#include "formats/tflite/ops/resizing.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "ops/resize.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_resize_nearest(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::ResizeNearestNeighborOptions>());
  return read_resize(r, op::resize_nearest, o->align_corners(), o->half_pixel_centers());
}

constexpr TypeVersion kResizeNearestVersions[] = {
    {DType::kF32, 1, "1.13.1"}, {DType::kI8, 2, "1.14.0"}, {DType::kU8, 1, "1.13.1"}, {DType::kI16, 4, "2.4.0"}};

Status write_resize_nearest(OpWriter& w) {
  const auto& a = w.attrs<ResizeAttrs>();
  PAW_ASSIGN_OR_RETURN(OperatorKind kind,
                       w.kind(schema::BuiltinOperator::RESIZE_NEAREST_NEIGHBOR, w.type(0), kResizeNearestVersions));
  if (a.coordinates != ResizeCoordinates::kAsymmetric && kind.version < 3) kind = {kind.code, 3, "2.3.0"};
  PAW_ASSIGN_OR_RETURN(const std::int32_t x, w.tensor(0));
  const std::int32_t inputs[] = {x, w.integers(a.size, "size")};
  w.append(kind, inputs, w.result(),
           schema::CreateResizeNearestNeighborOptions(w.builder(), a.coordinates == ResizeCoordinates::kAlignCorners,
                                                      a.coordinates == ResizeCoordinates::kHalfPixel));
  return {};
}

constexpr OpReading kResizeNearestReads[] = {
    {code_of(schema::BuiltinOperator::RESIZE_NEAREST_NEIGHBOR), 2, 2, 2, read_resize_nearest}};

}  // namespace

constinit const OpSupport resize_nearest{
    .op = &op::resize_nearest, .reads = kResizeNearestReads, .write = write_resize_nearest};

}  // namespace paw::tflite::ops
