// The protobuf of a Core ML file, parsed within limits. Only .cc files of this folder see what is generated.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace paw::coreml {

namespace schema {
class Model;
}

// Messages and texts in one file; bounds the memory of parsing at about 200 MB beside three times the file's size.
inline constexpr std::size_t kMaxParts = 1'000'000;
inline constexpr int kMaxDepth = 64;

// Walks the file as protobuf wire format without knowing its schema: how many length-delimited fields there are,
// counting inside everything that may be a message. Stops counting at `limit`. Depth beyond kMaxDepth counts as limit.
std::size_t count_parts(std::span<const std::byte> file, std::size_t limit = kMaxParts + 1);

// kUnsupported: not protobuf, too many parts, not UTF-8 where text must be. The message owns its memory.
Result<std::shared_ptr<const schema::Model>> parse_model(std::span<const std::byte> file, std::string_view where);

// The message as bytes, maps in the order of their keys: equal messages give equal bytes.
Bytes serialize_model(const schema::Model& model);

}  // namespace paw::coreml
