#include "host/deflated.h"

#include <zlib.h>

#include <algorithm>
#include <array>

namespace paw {

std::uint64_t deflated_size(std::span<const std::byte> data) {
  z_stream stream{};
  if (::deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
  std::array<Bytef, 1 << 16> out{};
  std::uint64_t bytes = 0;
  int state = Z_OK;
  while (state == Z_OK) {
    if (stream.avail_in == 0 && !data.empty()) {
      const std::size_t count = std::min<std::size_t>(data.size(), 1u << 30);
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(data.data()));  // zlib only reads it
      stream.avail_in = static_cast<uInt>(count);
      data = data.subspan(count);
    }
    stream.next_out = out.data();
    stream.avail_out = static_cast<uInt>(out.size());
    state = ::deflate(&stream, data.empty() ? Z_FINISH : Z_NO_FLUSH);
    bytes += out.size() - stream.avail_out;
  }
  ::deflateEnd(&stream);
  return bytes;
}

}  // namespace paw
