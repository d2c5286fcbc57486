// Memory for resizing picture after picture: the tables of weights, and scratch.
#pragma once

#include "base/bytes.h"
#include "kernels/image/image.h"

namespace paw {

class ResizeMemory {
 public:
  // Fills the tables and makes room for scratch. Both are good until the next call.
  void prepare(const ImageResize& resize, std::size_t scratch_bytes);
  const ImageTables& tables() const { return tables_; }
  std::byte* scratch() { return scratch_; }

 private:
  AlignedBuffer memory_;
  ImageTables tables_;
  std::byte* scratch_ = nullptr;
};

}  // namespace paw
