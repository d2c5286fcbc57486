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
#include "record/model_text.h"

namespace paw {

bool is_tflite(std::span<const std::byte> file);

struct TfliteOptions {
  ModelText text;
  std::string min_runtime;  // "2.4.0": it is an error, which names the op, when one needs a later runtime; empty: any
  bool metadata = true;     // how photos are normalised, labels, and our own record
};

// `model` must be in export form: inference only, batch norm folded, temperature folded. The same model gives the same
// bytes. Errors name the op and the layer that the format, or what runs it, cannot hold. What is written holds the same
// numbers; explicit padding, hard_sigmoid, silu and clamp become several operators.
Result<Bytes> write_tflite(const Model& model, const TfliteOptions& options = {});

// Any bytes give a model or an error kUnsupported. Constants view `file`.
Result<ReadModel> read_tflite(const Bytes& file, std::string_view where);

}  // namespace paw
