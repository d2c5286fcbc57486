#include <array>

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

Status read_avg_pool(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::Pool2DOptions>());
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  const PoolAttrs attrs{.kernel = {o->filter_height(), o->filter_width()},
                        .stride = {o->stride_h(), o->stride_w()},
                        .padding = o->padding() == schema::Padding::SAME ? Padding::kSame : Padding::kValid};
  return r.result(op::avg_pool, std::array{x}, attrs, o->fused_activation());
}

// The format's averages never count padding: where the graph's do, the zeros become pixels.
Result<WrittenWindow> written_window(OpWriter& w, const Window& window, const PoolAttrs& a) {
  if (a.count_padding) return write_counted_window(w, window);
  if (a.padding == Padding::kExplicit && !is_same(window) && !is_valid(window)) {
    return w.refuse("averages without the padding around explicit pads, which is not held");
  }
  return write_window(w, window, a.padding, 0);
}

constexpr TypeVersion kAvgPoolVersions[] = {
    {DType::kF32, 1, "1.5.0"}, {DType::kI8, 2, "1.14.0"}, {DType::kU8, 1, "1.5.0"}, {DType::kI16, 3, "2.3.0"}};

Status write_avg_pool(OpWriter& w) {
  const auto& a = w.attrs<PoolAttrs>();
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind,
                       w.kind(schema::BuiltinOperator::AVERAGE_POOL_2D, w.type(0), kAvgPoolVersions));
  PAW_ASSIGN_OR_RETURN(const Window window, resolve_pool(w.call(), w.type(0).shape, a));
  PAW_ASSIGN_OR_RETURN(const WrittenWindow written, written_window(w, window, a));
  const std::int32_t inputs[] = {written.x};
  w.append(kind, inputs, w.result(),
           schema::CreatePool2DOptions(w.builder(), written.same ? schema::Padding::SAME : schema::Padding::VALID,
                                       narrow(a.stride[1]), narrow(a.stride[0]), narrow(a.kernel[1]),
                                       narrow(a.kernel[0]), w.activation()));
  return {};
}

constexpr OpReading kAvgPoolReads[] = {{code_of(schema::BuiltinOperator::AVERAGE_POOL_2D), 1, 1, 1, read_avg_pool}};

}  // namespace

constinit const OpSupport avg_pool{.op = &op::avg_pool, .reads = kAvgPoolReads, .write = write_avg_pool};

}  // namespace paw::tflite::ops
