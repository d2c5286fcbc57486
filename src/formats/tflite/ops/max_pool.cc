#include <limits>

#include "formats/tflite/ops/pooling.h"
#include "ops/ops.h"
#include "ops/pool.h"
#include "ops/pool_common.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

constexpr std::int32_t kMaxPoolCode = code_of(schema::BuiltinOperator::MAX_POOL_2D);

Status read_max_pool(OpReader& r) { return read_pool(r, op::max_pool); }

// No pixel is smaller.
double lowest_of(const TensorType& type) {
  if (!type.quant) return std::numeric_limits<float>::lowest();
  return (lowest(type.dtype) - type.quant->zero_point[0]) * static_cast<double>(type.quant->scale[0]);
}

Status write_max_pool(OpWriter& w) {
  const auto& a = w.attrs<PoolAttrs>();
  PAW_ASSIGN_OR_RETURN(const Window window, resolve_pool(w.call(), w.type(0).shape, a));
  PAW_ASSIGN_OR_RETURN(const WrittenWindow written, write_window(w, window, a.padding, lowest_of(w.type(0))));
  return write_pool(w, kMaxPoolCode, written);
}

constexpr OpReading kMaxPoolReads[] = {{kMaxPoolCode, 1, 1, 1, read_max_pool}};

}  // namespace

constinit const OpSupport max_pool{.op = &op::max_pool, .reads = kMaxPoolReads, .write = write_max_pool};

}  // namespace paw::tflite::ops
