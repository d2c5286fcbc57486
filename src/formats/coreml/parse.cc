#include "formats/coreml/parse.h"

#include <google/protobuf/arena.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>

#include <cstring>
#include <vector>

#include "coreml/model.pb.h"
#include "formats/coreml/lists.h"

namespace paw::coreml {

namespace {

using Span = std::span<const std::byte>;

// One field of the wire format.
struct Field {
  std::uint64_t number = 0;
  int type = 0;
  Span payload;  // of a length-delimited one
};

// Moves `at` behind the field that begins there. False: this is no wire format.
bool next_field(Span bytes, std::size_t& at, Field& field) {
  std::uint64_t tag = 0, value = 0;
  if (!read_varint(bytes, at, tag)) return false;
  field = {tag >> 3, static_cast<int>(tag & 7), {}};
  if (field.number == 0 || field.number >= (1u << 29)) return false;
  const auto skip = [&](std::uint64_t n) {
    if (n > bytes.size() - at) return false;
    at += static_cast<std::size_t>(n);
    return true;
  };
  switch (field.type) {
    case 0: return read_varint(bytes, at, value);
    case 1: return skip(8);
    case 5: return skip(4);
    case 2:
      if (!read_varint(bytes, at, value) || value > bytes.size() - at) return false;
      field.payload = bytes.subspan(at, static_cast<std::size_t>(value));
      return skip(value);
    default: return false;  // groups: the format has none
  }
}

}  // namespace

std::size_t count_parts(Span file, std::size_t limit) {
  struct Open {
    Span bytes;
    std::size_t at = 0;
  };
  std::vector<Open> stack = {{file}};
  std::size_t parts = 0;
  Field field;
  while (!stack.empty()) {
    Open& top = stack.back();
    // What stops being wire format is a leaf: text or numbers. What was counted in it stays counted.
    if (top.at >= top.bytes.size() || !next_field(top.bytes, top.at, field)) {
      stack.pop_back();
      continue;
    }
    if (field.type != 2) continue;
    if (++parts >= limit) return limit;
    if (stack.size() >= static_cast<std::size_t>(kMaxDepth)) return limit;
    if (field.payload.size() > 1) stack.push_back({field.payload});
  }
  return parts;
}

Result<std::shared_ptr<const schema::Model>> parse_model(Span file, std::string_view where) {
  const auto refuse = [&](std::string_view message) { return fail(ErrorCode::kUnsupported, where, message); };
  if (file.size() > INT32_MAX) return refuse("is larger than 2 GB, which no Core ML file is");
  if (count_parts(file) > kMaxParts) {
    return refuse("holds more than " + std::to_string(kMaxParts) + " parts, or parts nested too deep");
  }
  auto arena = std::make_shared<google::protobuf::Arena>();
  auto* model = google::protobuf::Arena::CreateMessage<schema::Model>(arena.get());
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const std::uint8_t*>(file.data()),
                                            static_cast<int>(file.size()));
  in.SetRecursionLimit(kMaxDepth);
  const google::protobuf::LogSilencer quiet;  // what is wrong is said by the error
  if (!model->ParseFromCodedStream(&in) || !in.ConsumedEntireMessage()) {
    return refuse("is damaged: its protobuf cannot be read");
  }
  return std::shared_ptr<const schema::Model>(std::move(arena), model);
}

Bytes serialize_model(const schema::Model& model) {
  AlignedBuffer buffer(model.ByteSizeLong());
  google::protobuf::io::ArrayOutputStream stream(buffer.data(), static_cast<int>(buffer.size()));
  google::protobuf::io::CodedOutputStream out(&stream);
  out.SetSerializationDeterministic(true);
  model.SerializeWithCachedSizes(&out);
  out.Trim();
  return {std::move(buffer)};
}

}  // namespace paw::coreml
