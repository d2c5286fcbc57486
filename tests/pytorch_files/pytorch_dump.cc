// paw_pytorch_dump FILE: a line per tensor: name, element type, shape, CRC-32 of its bytes. Exit code 4 and the reason
// on standard error when the file is refused.
#include <zlib.h>

#include <cstdio>

#include "formats/pytorch/pytorch_file.h"
#include "host/file.h"

namespace paw {
namespace {

int complain(const Error& error) {
  std::fprintf(stderr, "%s\n", error.text().c_str());
  return exit_code(error.code);
}

int dump(const char* path) {
  const auto file = map_file(path);
  if (!file) return complain(file.error());
  const auto weights = read_pytorch(*file, path);
  if (!weights) return complain(weights.error());
  for (const auto& [name, tensor] : weights->tensors) {
    const uLong crc = crc32_z(0, reinterpret_cast<const Bytef*>(tensor.data.data()), tensor.data.size());
    std::printf("%s %s %s %08lx\n", name.c_str(), std::string(paw::name(tensor.type.dtype)).c_str(),
                tensor.type.shape.text().c_str(), crc);
  }
  return 0;
}

}  // namespace
}  // namespace paw

int main(int argc, char** argv) { return argc == 2 ? paw::dump(argv[1]) : 2; }
