// Any bytes as a .tflite file; a model that is read is written again.
#include <cstdint>
#include <cstdlib>

#include "formats/tflite/tflite_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = paw::read_tflite(paw::Bytes::copy_of(std::as_bytes(std::span(data, size))), "fuzz.tflite");
  if (!read) {
    if (read.error().code != paw::ErrorCode::kUnsupported) std::abort();
    return 0;
  }
  if (!verify(read->model)) std::abort();
  const auto file = write_tflite(read->model);
  if (file && !read_tflite(*file, "again.tflite")) std::abort();
  return 0;
}
