// Bytes as a Core ML file: a model alone, or a package of a model and its weights.
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "formats/coreml/coreml_file.h"

namespace {

constexpr std::size_t kHeader = 4;  // size of the model, little-endian; what follows are the weights

paw::Bytes copy(const std::uint8_t* data, std::size_t size) {
  return paw::Bytes::copy_of({reinterpret_cast<const std::byte*>(data), size});
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the fuzzer calls it
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < kHeader) return 0;
  std::uint32_t model = 0;
  std::memcpy(&model, data, sizeof model);
  data += kHeader;
  size -= kHeader;
  const std::size_t first = model < size ? model : size;
  const auto read =
      first == size
          ? paw::read_mlmodel(copy(data, size), "fuzz")
          : paw::read_mlpackage(
                {.model = copy(data, first), .weights = copy(data + first, size - first), .manifest = {}}, "fuzz");
  if (!read) {
    if (read.error().code != paw::ErrorCode::kUnsupported) std::abort();
    return 0;
  }
  if (!verify(read->model)) std::abort();
  // What is read is written again, or refused.
  const auto package =
      write_ml_program(read->model, {.precision = paw::DType::kF32, .at_least = paw::IosVersion::kIos18});
  if (package && !read_mlpackage(*package, "again")) std::abort();
  const auto network = write_neural_network(read->model);
  if (network && !read_mlmodel(*network, "again")) std::abort();
  return 0;
}
