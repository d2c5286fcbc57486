#include "formats/tflite/ops/windows.h"

#include <algorithm>

#include "formats/tflite/ops/padding.h"

namespace paw::tflite::ops {

namespace {

Result<std::int32_t> padded(OpWriter& w, const Window& window, double value) {
  TensorType type = w.type(0);
  for (std::size_t d = 0; d < 2; ++d) {
    type.shape[static_cast<int>(d) + 1] += window.pad_before[d] + window.pad_after[d];
  }
  const std::int32_t x = w.temporary(type, "pad");
  const auto &before = window.pad_before, &after = window.pad_after;
  const std::int64_t amounts[] = {0, 0, before[0], after[0], before[1], after[1], 0, 0};
  PAW_RETURN_IF_ERROR(write_padding(w, amounts, value, x));
  return x;
}

}  // namespace

bool is_same(const Window& w) {
  for (std::size_t d = 0; d < 2; ++d) {
    const std::int64_t reach = (w.kernel[d] - 1) * w.dilation[d] + 1;
    const std::int64_t out = (w.in[d] + w.stride[d] - 1) / w.stride[d];
    const std::int64_t total = std::max<std::int64_t>((out - 1) * w.stride[d] + reach - w.in[d], 0);
    if (w.pad_before[d] != total / 2 || w.pad_after[d] != total - total / 2) return false;
  }
  return true;
}

bool is_valid(const Window& w) { return std::ranges::max(w.pad_before) == 0 && std::ranges::max(w.pad_after) == 0; }

Result<WrittenWindow> write_window(OpWriter& w, const Window& window, Padding padding, double value) {
  const bool same = padding == Padding::kSame || (!is_valid(window) && is_same(window));
  if (!same && !is_valid(window)) {
    PAW_ASSIGN_OR_RETURN(const std::int32_t x, padded(w, window, value));
    return WrittenWindow{false, x};
  }
  PAW_ASSIGN_OR_RETURN(const std::int32_t x, w.tensor(0));
  return WrittenWindow{same, x};
}

Result<WrittenWindow> write_counted_window(OpWriter& w, const Window& window) {
  if (is_valid(window)) {
    PAW_ASSIGN_OR_RETURN(const std::int32_t x, w.tensor(0));
    return WrittenWindow{false, x};
  }
  PAW_ASSIGN_OR_RETURN(const std::int32_t x, padded(w, window, 0));
  return WrittenWindow{false, x};
}

}  // namespace paw::tflite::ops
