// PyTorch files made byte by byte, for tests of the reader (here, in tests/fuzz_pytorch and in pipeline). Not part of
// any program.
#pragma once

#include <cstring>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "tensor/tensor.h"

namespace paw::pytorch_testing {

inline std::string le(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

inline Bytes bytes_of(std::string_view text) { return Bytes::copy_of(std::as_bytes(std::span(text))); }

// --- pickles, as CPython's protocol 2 writes them ---

inline std::string text(std::string_view s) { return "X" + le(s.size(), 4) + std::string(s); }
inline std::string integer(std::int64_t n) {
  if (n >= 0 && n < 256) return "K" + le(static_cast<std::uint64_t>(n), 1);
  if (n >= 0 && n < 65536) return "M" + le(static_cast<std::uint64_t>(n), 2);
  if (n >= INT32_MIN && n <= INT32_MAX) return "J" + le(static_cast<std::uint64_t>(n), 4);
  return std::string("\x8a\x08") + le(static_cast<std::uint64_t>(n), 8);
}
inline std::string global(std::string_view module, std::string_view name) {
  return "c" + std::string(module) + "\n" + std::string(name) + "\n";
}
inline std::string tuple(std::initializer_list<std::string> items) {
  std::string out = "(";
  for (const std::string& item : items) out += item;
  return out + "t";
}
inline std::string integers(std::span<const std::int64_t> values) {
  std::string out = "(";
  for (const std::int64_t value : values) out += integer(value);
  return out + "t";
}
inline const std::string kNone = "N", kTrue = "\x88", kFalse = "\x89";
inline const std::string kOrderedDict = global("collections", "OrderedDict") + ")R";
inline std::string pickle(std::string_view value) { return "\x80\x02" + std::string(value) + "."; }
// {key: value, ...}; both are pickled already.
inline std::string dict(std::span<const std::pair<std::string, std::string>> entries, std::string_view start = "}") {
  std::string out = std::string(start) + "(";
  for (const auto& [key, value] : entries) out += key + value;
  return out + "u";
}

// --- tensors ---

struct View {
  std::string name;
  std::string storage = "0";
  DType dtype = DType::kF32;
  std::int64_t elements = 0;  // of the storage
  std::int64_t offset = 0;
  std::vector<std::int64_t> extents, strides;
};

inline std::string_view storage_class(DType dtype) {
  switch (dtype) {
    case DType::kF64: return "DoubleStorage";
    case DType::kF16: return "HalfStorage";
    case DType::kBF16: return "BFloat16Storage";
    case DType::kI64: return "LongStorage";
    case DType::kI32: return "IntStorage";
    case DType::kI16: return "ShortStorage";
    case DType::kI8: return "CharStorage";
    case DType::kU8: return "ByteStorage";
    case DType::kBool: return "BoolStorage";
    default: return "FloatStorage";
  }
}

enum class Form { kLegacy, kArchive };

inline std::string storage_value(const View& v, Form form) {
  const std::string id =
      text("storage") + global("torch", storage_class(v.dtype)) + text(v.storage) + text("cpu") + integer(v.elements);
  return "(" + id + (form == Form::kLegacy ? kNone : "") + "tQ";
}
inline std::string tensor_value(const View& v, Form form) {
  return global("torch._utils", "_rebuild_tensor_v2") +
         tuple({storage_value(v, form), integer(v.offset), integers(v.extents), integers(v.strides), kFalse,
                kOrderedDict}) +
         "R";
}
// What model.state_dict() pickles to, without PROTO and STOP.
inline std::string state_dict(std::span<const View> views, Form form) {
  std::vector<std::pair<std::string, std::string>> entries;
  for (const View& view : views) entries.emplace_back(text(view.name), tensor_value(view, form));
  return dict(entries, kOrderedDict);
}

struct Data {
  std::string key;
  std::int64_t elements = 0;
  std::string bytes;
};

// --- the legacy stream ---

inline const std::string kMagic("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e", 15);

inline std::string system_info(const std::string& little_endian = kTrue) {
  const std::vector<std::pair<std::string, std::string>> entries = {{text("protocol_version"), integer(1001)},
                                                                    {text("little_endian"), little_endian}};
  return pickle(dict(entries));
}
inline std::string legacy_file(std::string_view object, std::span<const Data> storages) {
  std::string keys = "](", raw;
  for (const Data& data : storages) {
    keys += text(data.key);
    raw += le(static_cast<std::uint64_t>(data.elements), 8) + data.bytes;
  }
  return kMagic + pickle(integer(1001)) + system_info() + pickle(object) + pickle(keys + "e") + raw;
}

// --- the archive, as PyTorch's writer lays it out: sizes behind the data, data at multiples of 64 ---

inline std::uint32_t crc(std::string_view data) {
  std::uint32_t c = ~0u;
  for (const char byte : data) {
    c ^= static_cast<std::uint8_t>(byte);
    for (int i = 0; i < 8; ++i) c = (c >> 1) ^ (0xEDB88320u & (0u - (c & 1u)));
  }
  return ~c;
}

struct Entry {
  std::string name, data;
  std::uint16_t method = 0, flags = 0x0808;
};

inline std::string zip_file(std::span<const Entry> entries) {
  std::string out, directory;
  for (const Entry& e : entries) {
    const std::size_t at = out.size();
    const std::size_t before = at + 30 + e.name.size() + 4;
    const std::size_t padding = (64 - before % 64) % 64;
    const std::string extra = "FB" + le(padding, 2) + std::string(padding, 'Z');
    const std::string times = le(0, 4), sums = le(crc(e.data), 4) + le(e.data.size(), 4) + le(e.data.size(), 4);
    const std::string head = le(e.flags, 2) + le(e.method, 2) + times;
    const bool behind = (e.flags & 8) != 0;
    out += "PK\3\4" + le(20, 2) + head + (behind ? std::string(12, '\0') : sums) + le(e.name.size(), 2) +
           le(extra.size(), 2) + e.name + extra + e.data;
    if (behind) out += "PK\7\10" + sums;
    directory += "PK\1\2" + le(20, 2) + le(20, 2) + head + sums + le(e.name.size(), 2) + le(0, 12) + le(at, 4) + e.name;
  }
  const std::string counts = le(entries.size(), 2) + le(entries.size(), 2);
  return out + directory + "PK\5\6" + le(0, 4) + counts + le(directory.size(), 4) + le(out.size(), 4) + le(0, 2);
}

inline std::vector<Entry> archive_entries(std::string_view object, std::span<const Data> storages) {
  std::vector<Entry> entries = {{"net/data.pkl", pickle(object)}, {"net/byteorder", "little"}};
  for (const Data& data : storages) entries.push_back({"net/data/" + data.key, data.bytes});
  entries.push_back({"net/version", "3\n"});
  return entries;
}
inline std::string archive_file(std::string_view object, std::span<const Data> storages) {
  return zip_file(archive_entries(object, storages));
}

inline std::string file(std::string_view object, std::span<const Data> storages, Form form) {
  return form == Form::kLegacy ? legacy_file(object, storages) : archive_file(object, storages);
}

// --- whole weight files ---

template <class T>
Data data(std::string key, std::span<const T> values) {
  const auto raw = std::as_bytes(values);
  return {std::move(key), static_cast<std::int64_t>(values.size()),
          std::string(reinterpret_cast<const char*>(raw.data()), raw.size())};
}

struct Named {
  std::string name;
  Tensor tensor;
};
// torch.save(dict(tensors), path), each tensor with its own storage.
inline std::string weight_file(std::span<const Named> tensors, Form form) {
  std::vector<View> views;
  std::vector<Data> storages;
  for (const Named& named : tensors) {
    const TensorType& type = named.tensor.type;
    const auto strides = strides_of(type.shape);
    View view{.name = named.name,
              .storage = std::to_string(storages.size()),
              .dtype = type.dtype,
              .elements = type.shape.elements()};
    for (int axis = 0; axis < type.shape.rank(); ++axis) {
      view.extents.push_back(type.shape[axis]);
      view.strides.push_back(strides[static_cast<std::size_t>(axis)]);
    }
    storages.push_back(data(view.storage, named.tensor.data.span()));
    storages.back().elements = view.elements;
    views.push_back(std::move(view));
  }
  return file(state_dict(views, form), storages, form);
}

}  // namespace paw::pytorch_testing
