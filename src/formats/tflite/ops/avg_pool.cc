#include "formats/tflite/ops/pooling.h"
#include "ops/ops.h"
#include "ops/pool.h"
#include "ops/pool_common.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

constexpr std::int32_t kAvgPoolCode = code_of(schema::BuiltinOperator::AVERAGE_POOL_2D);

Status read_avg_pool(OpReader& r) { return read_pool(r, op::avg_pool); }

// The format's averages never count padding: where the graph's do, the zeros become pixels.
Result<WrittenWindow> written_window(OpWriter& w, const Window& window, const PoolAttrs& a) {
  if (a.count_padding) return write_counted_window(w, window);
  if (a.padding == Padding::kExplicit && !is_same(window) && !is_valid(window)) {
    return w.refuse("averages without the padding around explicit pads, which is not held");
  }
  return write_window(w, window, a.padding, 0);
}

Status write_avg_pool(OpWriter& w) {
  const auto& a = w.attrs<PoolAttrs>();
  PAW_ASSIGN_OR_RETURN(const Window window, resolve_pool(w.call(), w.type(0).shape, a));
  PAW_ASSIGN_OR_RETURN(const WrittenWindow written, written_window(w, window, a));
  return write_pool(w, kAvgPoolCode, written);
}

constexpr OpReading kAvgPoolReads[] = {{kAvgPoolCode, 1, 1, 1, read_avg_pool}};

}  // namespace

constinit const OpSupport avg_pool{.op = &op::avg_pool, .reads = kAvgPoolReads, .write = write_avg_pool};

}  // namespace paw::tflite::ops
