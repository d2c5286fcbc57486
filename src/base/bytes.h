// Shared, immutable bytes that may own memory or view a mapped file, and the buffer they are built in.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>
#include <utility>

namespace paw {

inline constexpr std::size_t kBufferAlignment = 64;  // a cache line, and the widest vector we load

// Zero-initialised heap memory aligned to kBufferAlignment. Move-only. Untouched pages cost nothing.
class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  explicit AlignedBuffer(std::size_t bytes);  // aborts when memory is exhausted
  AlignedBuffer(AlignedBuffer&& other) noexcept { *this = std::move(other); }
  AlignedBuffer& operator=(AlignedBuffer&& other) noexcept {
    memory_ = std::move(other.memory_);
    aligned_ = std::exchange(other.aligned_, nullptr);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }

  std::byte* data() { return aligned_; }
  const std::byte* data() const { return aligned_; }
  std::size_t size() const { return size_; }
  template <class T>
  std::span<T> as() {
    return {reinterpret_cast<T*>(data()), size_ / sizeof(T)};
  }

 private:
  friend class Bytes;
  struct Free {
    void operator()(void* p) const { std::free(p); }
  };
  std::unique_ptr<void, Free> memory_;
  std::byte* aligned_ = nullptr;  // inside memory_
  std::size_t size_ = 0;
};

// Reference-counted read-only bytes. Copying shares. Thread-safe like shared_ptr.
class Bytes {
 public:
  Bytes() = default;
  // Takes over a finished buffer.
  Bytes(AlignedBuffer&& buffer);  // NOLINT(google-explicit-constructor): the usual way to finish one
  // Views memory that `owner` keeps alive, for example a mapped file.
  Bytes(std::shared_ptr<const void> owner, std::span<const std::byte> view);
  static Bytes copy_of(std::span<const std::byte> data);

  const std::byte* data() const { return view_.data(); }
  std::size_t size() const { return view_.size(); }
  bool empty() const { return view_.empty(); }
  std::span<const std::byte> span() const { return view_; }
  template <class T>
  std::span<const T> as() const {
    return {reinterpret_cast<const T*>(view_.data()), view_.size() / sizeof(T)};
  }
  // A part of these bytes that shares their owner. Requires offset + size <= this->size().
  Bytes slice(std::size_t offset, std::size_t size) const;

  bool operator==(const Bytes& other) const;  // compares contents

 private:
  std::shared_ptr<const void> owner_;
  std::span<const std::byte> view_;
};

}  // namespace paw
