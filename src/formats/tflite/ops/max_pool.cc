#include <array>
#include <limits>

#include "formats/tflite/op_table.h"
#include "formats/tflite/ops/windows.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "ops/pool.h"
#include "ops/pool_common.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_max_pool(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::Pool2DOptions>());
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  const PoolAttrs attrs{.kernel = {o->filter_height(), o->filter_width()},
                        .stride = {o->stride_h(), o->stride_w()},
                        .padding = o->padding() == schema::Padding::SAME ? Padding::kSame : Padding::kValid};
  return r.result(op::max_pool, std::array{x}, attrs, o->fused_activation());
}

// No pixel is smaller.
double lowest_of(const TensorType& type) {
  if (!type.quant) return std::numeric_limits<float>::lowest();
  return (lowest(type.dtype) - type.quant->zero_point[0]) * static_cast<double>(type.quant->scale[0]);
}

constexpr TypeVersion kMaxPoolVersions[] = {
    {DType::kF32, 1, "1.5.0"}, {DType::kI8, 2, "1.14.0"}, {DType::kU8, 1, "1.5.0"}, {DType::kI16, 3, "2.3.0"}};

Status write_max_pool(OpWriter& w) {
  const auto& a = w.attrs<PoolAttrs>();
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind,
                       w.kind(schema::BuiltinOperator::MAX_POOL_2D, w.type(0), kMaxPoolVersions));
  PAW_ASSIGN_OR_RETURN(const Window window, resolve_pool(w.call(), w.type(0).shape, a));
  PAW_ASSIGN_OR_RETURN(const WrittenWindow written, write_window(w, window, a.padding, lowest_of(w.type(0))));
  const std::int32_t inputs[] = {written.x};
  w.append(kind, inputs, w.result(),
           schema::CreatePool2DOptions(w.builder(), written.same ? schema::Padding::SAME : schema::Padding::VALID,
                                       narrow(a.stride[1]), narrow(a.stride[0]), narrow(a.kernel[1]),
                                       narrow(a.kernel[0]), w.activation()));
  return {};
}

constexpr OpReading kMaxPoolReads[] = {{code_of(schema::BuiltinOperator::MAX_POOL_2D), 1, 1, 1, read_max_pool}};

}  // namespace

constinit const OpSupport max_pool{.op = &op::max_pool, .reads = kMaxPoolReads, .write = write_max_pool};

}  // namespace paw::tflite::ops
