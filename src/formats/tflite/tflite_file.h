// TensorFlow Lite files (.tflite, LiteRT), read and written. Which forms: README.md of this folder; what is refused
// when read: load.h.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "ir/model.h"

namespace paw {

bool is_tflite(std::span<const std::byte> file);

// Any bytes give a model or an error kUnsupported. Constants view `file`.
Result<ReadModel> read_tflite(const Bytes& file, std::string_view where);

}  // namespace paw
