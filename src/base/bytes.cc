#include "base/bytes.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace paw {

namespace {

// Behind large buffers calloc hands out zero pages of the system, so that a net whose weights nobody reads
// costs no memory. The pointer is aligned by hand because aligned_alloc does not zero.
struct Allocation {
  void* base;
  std::byte* aligned;
};

Allocation allocate_zeroed(std::size_t bytes) {
  void* base = std::calloc(bytes + kBufferAlignment, 1);
  if (base == nullptr) std::abort();
  auto address = reinterpret_cast<std::uintptr_t>(base);
  auto aligned = (address + kBufferAlignment - 1) / kBufferAlignment * kBufferAlignment;
  return {base, reinterpret_cast<std::byte*>(aligned)};
}

}  // namespace

AlignedBuffer::AlignedBuffer(std::size_t bytes) : size_(bytes) {
  const Allocation a = allocate_zeroed(bytes);
  memory_ = {a.base, Free{}};
  aligned_ = a.aligned;
}

Bytes::Bytes(AlignedBuffer&& buffer) {
  view_ = {buffer.aligned_, buffer.size_};
  owner_ = std::shared_ptr<const void>(std::move(buffer.memory_));
  buffer.aligned_ = nullptr;
  buffer.size_ = 0;
}

Bytes::Bytes(std::shared_ptr<const void> owner, std::span<const std::byte> view)
    : owner_(std::move(owner)), view_(view) {}

Bytes Bytes::copy_of(std::span<const std::byte> data) {
  AlignedBuffer buffer(data.size());
  if (!data.empty()) std::memcpy(buffer.data(), data.data(), data.size());
  return Bytes(std::move(buffer));
}

Bytes Bytes::slice(std::size_t offset, std::size_t size) const { return {owner_, view_.subspan(offset, size)}; }

bool Bytes::operator==(const Bytes& other) const {
  if (size() != other.size()) return false;
  return data() == other.data() || size() == 0 || std::memcmp(data(), other.data(), size()) == 0;
}

}  // namespace paw
