// Explicit padding, which the format does not have: an operator before the one with the window.
#pragma once

#include "formats/tflite/writer.h"
#include "ops/window.h"

namespace paw::tflite::ops {

// How a window of that kind is written.
struct WrittenWindow {
  bool same = false;  // else VALID
  std::int32_t x = 0;
};
// SAME or VALID where they say the same as the explicit pads; else x padded with `value` first.
Result<WrittenWindow> write_window(OpWriter& w, const Window& window, Padding padding, double value);

// The same for averages that count their padding: it is made of pixels then.
Result<WrittenWindow> write_counted_window(OpWriter& w, const Window& window);

// Is that what SAME, or VALID, pads?
bool is_same(const Window& window);
bool is_valid(const Window& window);

}  // namespace paw::tflite::ops
