#include "formats/tflite/ops/pooling.h"

#include <array>

#include "ops/pool.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

constexpr TypeVersion kPoolVersions[] = {
    {DType::kF32, 1, "1.5.0"}, {DType::kI8, 2, "1.14.0"}, {DType::kU8, 1, "1.5.0"}, {DType::kI16, 3, "2.3.0"}};

}  // namespace

Status read_pool(OpReader& r, const OpDef& op) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::Pool2DOptions>());
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  const PoolAttrs attrs{.kernel = {o->filter_height(), o->filter_width()},
                        .stride = {o->stride_h(), o->stride_w()},
                        .padding = o->padding() == schema::Padding::SAME ? Padding::kSame : Padding::kValid};
  return r.result(op, std::array{x}, attrs, o->fused_activation());
}

Status write_pool(OpWriter& w, std::int32_t code, const WrittenWindow& window) {
  const auto& a = w.attrs<PoolAttrs>();
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, w.kind(code, w.type(0), kPoolVersions));
  const std::int32_t inputs[] = {window.x};
  w.append(kind, inputs, w.result(),
           schema::CreatePool2DOptions(w.builder(), window.same ? schema::Padding::SAME : schema::Padding::VALID,
                                       narrow(a.stride[1]), narrow(a.stride[0]), narrow(a.kernel[1]),
                                       narrow(a.kernel[0]), w.activation()));
  return {};
}

}  // namespace paw::tflite::ops
