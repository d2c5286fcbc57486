#include "vision/resize_memory.h"

namespace paw {

void ResizeMemory::prepare(const ImageResize& resize, std::size_t scratch_bytes) {
  const std::size_t table_bytes =
      (image_table_bytes(resize) + kBufferAlignment - 1) / kBufferAlignment * kBufferAlignment;
  if (memory_.size() < table_bytes + scratch_bytes) memory_ = AlignedBuffer(table_bytes + scratch_bytes);
  tables_ = image_tables(resize, memory_.data());
  scratch_ = memory_.data() + table_bytes;
}

}  // namespace paw
