// Little-endian numbers and texts one after the other: how the binary sections are written and read.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/bytes.h"

namespace paw::paw_file {

class ByteWriter {
 public:
  template <class T>
  void put(T value) {
    static_assert(std::is_arithmetic_v<T>);
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    out_.append(raw, sizeof value);
  }
  // u32 length, then the bytes. Requires fewer than 2^32 bytes.
  void put_text(std::string_view text) {
    put(static_cast<std::uint32_t>(text.size()));
    out_ += text;
  }
  void put_bytes(std::span<const std::uint8_t> bytes) {
    out_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  Bytes finish() const { return Bytes::copy_of(std::as_bytes(std::span(out_))); }

 private:
  std::string out_;
};

// Every take fails, without reading, once the bytes do not suffice: check ok() before a value is used to allocate.
class ByteReader {
 public:
  explicit ByteReader(const Bytes& bytes) : left_(bytes.span()) {}

  template <class T>
  T take() {
    static_assert(std::is_arithmetic_v<T>);
    T value{};
    if (const auto raw = cut(sizeof value); !raw.empty()) std::memcpy(&value, raw.data(), sizeof value);
    return value;
  }
  // A view into the bytes.
  std::string_view take_text() {
    const auto raw = cut(take<std::uint32_t>());
    return {reinterpret_cast<const char*>(raw.data()), raw.size()};
  }
  void take_bytes(std::span<std::uint8_t> into) {
    if (const auto raw = cut(into.size()); !raw.empty()) std::memcpy(into.data(), raw.data(), raw.size());
  }
  bool ok() const { return ok_; }
  std::size_t left() const { return ok_ ? left_.size() : 0; }
  // Everything was read, and nothing was missing.
  bool complete() const { return ok_ && left_.empty(); }

 private:
  std::span<const std::byte> cut(std::size_t bytes) {
    if (!ok_ || bytes > left_.size()) {
      ok_ = false;
      return {};
    }
    const auto part = left_.first(bytes);
    left_ = left_.subspan(bytes);
    return part;
  }

  std::span<const std::byte> left_;
  bool ok_ = true;
};

}  // namespace paw::paw_file
