#include "mutate.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace paw {

namespace {

std::size_t below(Random& random, std::size_t n) { return n == 0 ? 0 : static_cast<std::size_t>(random.below(n)); }

bool take_varint(std::string_view bytes, std::size_t& at, std::uint64_t& value) {
  value = 0;
  for (int shift = 0; shift < 70 && at < bytes.size(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(bytes[at++]);
    if (shift < 64) value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

// Empty: the bytes are no message.
std::vector<WireField> try_parse(std::string_view bytes, int depth) {
  std::vector<WireField> fields;
  for (std::size_t at = 0; at < bytes.size();) {
    std::uint64_t tag = 0, value = 0;
    if (!take_varint(bytes, at, tag)) return {};
    WireField field{.number = tag >> 3, .type = static_cast<int>(tag & 7)};
    if (field.number == 0 || field.number > 5000) return {};
    if (field.type == 0) {
      if (!take_varint(bytes, at, field.value)) return {};
    } else if (field.type == 2) {
      if (!take_varint(bytes, at, value) || value > bytes.size() - at) return {};
      field.payload = bytes.substr(at, static_cast<std::size_t>(value));
      at += static_cast<std::size_t>(value);
      if (depth < 40 && field.payload.size() > 1) field.fields = try_parse(field.payload, depth + 1);
    } else if (field.type == 1 || field.type == 5) {
      const std::size_t width = field.type == 1 ? 8 : 4;
      if (width > bytes.size() - at) return {};
      field.payload = bytes.substr(at, width);
      at += width;
    } else {
      return {};
    }
    fields.push_back(std::move(field));
  }
  return fields;
}

std::uint64_t interesting(Random& random, std::uint64_t now) {
  const std::array<std::uint64_t, 20> choices = {
      0,         1,         2,  now + 1, now - 1, now * 2,    now / 2,    10,         21,
      23,        31,        64, 0x7F,    0xFFFF,  0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, std::uint64_t{1} << 40,
      INT64_MAX, UINT64_MAX};
  return choices[below(random, choices.size())];
}

// A message somewhere in the tree: deep ones are as likely as the way down makes them.
std::vector<WireField>& pick_message(std::vector<WireField>& root, Random& random) {
  std::vector<WireField>* at = &root;
  for (;;) {
    std::vector<WireField*> inner;
    for (WireField& field : *at) {
      if (!field.fields.empty()) inner.push_back(&field);
    }
    if (inner.empty() || random.below(6) == 0) return *at;
    at = &inner[below(random, inner.size())]->fields;
  }
}

std::string change_payload(std::string& bytes, Random& random) {
  static constexpr std::string_view kTexts[] = {"",     "x",     "conv", "const", "relu",    "../../x", "same",
                                                "fp16", "image", "main", "Core",  "CoreML8", "\xff\xfe"};
  switch (random.below(6)) {
    case 0:
      if (bytes.empty()) bytes = "x";
      bytes[below(random, bytes.size())] = static_cast<char>(random.below(256));
      return "a byte changed";
    case 1: bytes = bytes.substr(0, below(random, bytes.size())); return "cut to " + std::to_string(bytes.size());
    case 2: bytes += bytes.substr(0, 1 + below(random, 16)); return "made longer";
    case 3: bytes = kTexts[below(random, std::size(kTexts))]; return "set to '" + bytes + "'";
    case 4: {  // as a list of integers
      std::string number;
      put_varint(number, interesting(random, 3));
      bytes.replace(below(random, bytes.size()), 1, number);
      return "a number in it changed";
    }
    default: bytes.erase(below(random, bytes.size()), 1 + below(random, 4)); return "made shorter";
  }
}

std::string change_field(WireField& field, Random& random) {
  const std::string name = "field " + std::to_string(field.number) + " ";
  if (random.below(8) == 0) {
    field.number = random.below(2) == 0 ? 1 + random.below(12) : 100 + random.below(1400);
    return name + "numbered " + std::to_string(field.number);
  }
  if (field.type == 0) {
    field.value = interesting(random, field.value);
    return name + "= " + std::to_string(field.value);
  }
  if (field.type != 2) {
    for (char& c : field.payload) c = static_cast<char>(random.below(2) == 0 ? 0xFF : random.below(256));
    return name + "is another number";
  }
  if (field.fields.empty()) return name + change_payload(field.payload, random);
  field.fields.erase(field.fields.begin() + static_cast<std::ptrdiff_t>(below(random, field.fields.size())));
  if (field.fields.empty()) field.payload.clear();
  return name + "lost a field";
}

std::string change_message(std::vector<WireField>& message, Random& random) {
  if (message.empty()) return "nothing to change";
  const std::size_t a = below(random, message.size()), b = below(random, message.size());
  switch (random.below(8)) {
    case 0:
      message.erase(message.begin() + static_cast<std::ptrdiff_t>(a));
      return "field " + std::to_string(a) + " left out";
    case 1: {
      const WireField copy = message[a];
      message.insert(message.begin() + static_cast<std::ptrdiff_t>(b), copy);
      return "field " + std::to_string(a) + " there twice";
    }
    case 2:
      std::swap(message[a], message[b]);
      return "fields " + std::to_string(a) + " and " + std::to_string(b) + " swapped";
    default: return change_field(message[a], random);
  }
}

Bytes bytes_of(std::string_view text) { return Bytes::copy_of(std::as_bytes(std::span(text))); }
std::string text_of(const Bytes& bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

std::string change_raw(std::string& text, Random& random) {
  if (text.empty()) return "nothing to change";
  switch (random.below(3)) {
    case 0: text.resize(below(random, text.size())); return "cut to " + std::to_string(text.size()) + " bytes";
    case 1: {
      const std::size_t at = below(random, text.size());
      text[at] = static_cast<char>(text[at] ^ (1 << random.below(8)));
      return "bit flipped at " + std::to_string(at);
    }
    default:
      text += std::string(1 + below(random, 8), static_cast<char>(random.below(256)));
      return "bytes behind its end";
  }
}

// Fields of weight.bin: of the header, or of a record found by its mark.
std::string change_weights(std::string& file, Random& random) {
  if (file.size() < 128) return change_raw(file, random);
  std::vector<std::size_t> records;
  for (std::size_t at = 64; at + 64 <= file.size(); at += 64) {
    std::uint32_t mark = 0;
    std::memcpy(&mark, &file[at], sizeof mark);
    if (mark == 0xDEADBEEF) records.push_back(at);
  }
  if (records.empty() || random.below(6) == 0) return "weights: " + change_raw(file, random);
  const bool header = random.below(8) == 0;
  static constexpr std::array<std::size_t, 5> kFields = {0, 4, 8, 16, 24};
  const std::size_t at =
      header ? 4 * below(random, 2) : records[below(random, records.size())] + kFields[below(random, kFields.size())];
  std::uint64_t now = 0;
  const std::size_t width = header || at % 64 < 8 ? 4 : 8;
  std::memcpy(&now, &file[at], width);
  const std::uint64_t value =
      random.below(3) == 0 && !records.empty() ? records[below(random, records.size())] : interesting(random, now);
  std::memcpy(&file[at], &value, width);
  return "weights: number at " + std::to_string(at) + " = " + std::to_string(value);
}

}  // namespace

std::vector<WireField> parse_wire(std::string_view bytes) { return try_parse(bytes, 0); }

std::string write_wire(const std::vector<WireField>& fields) {
  std::string out;
  for (const WireField& field : fields) {
    put_varint(out, field.number << 3 | static_cast<std::uint64_t>(field.type));
    if (field.type == 0) {
      put_varint(out, field.value);
    } else {
      const std::string payload = field.fields.empty() ? field.payload : write_wire(field.fields);
      if (field.type == 2) put_varint(out, payload.size());
      out += payload;
    }
  }
  return out;
}

CoreMlMutator::CoreMlMutator(MlPackage good) : good_(std::move(good)), fields_(parse_wire(text_of(good_.model))) {}

Mutation CoreMlMutator::next(Random& random) const {
  Mutation mutation{good_, {}};
  if (!good_.weights.empty() && random.below(5) == 0) {
    std::string weights = text_of(good_.weights);
    mutation.what = change_weights(weights, random);
    mutation.package.weights = bytes_of(weights);
    return mutation;
  }
  if (random.below(10) == 0) {
    std::string model = text_of(good_.model);
    mutation.what = change_raw(model, random);
    mutation.package.model = bytes_of(model);
    return mutation;
  }
  std::vector<WireField> fields = fields_;
  for (std::uint64_t i = 1 + random.below(2); i > 0; --i) {
    mutation.what += (mutation.what.empty() ? "" : ", ") + change_message(pick_message(fields, random), random);
  }
  mutation.package.model = bytes_of(write_wire(fields));
  return mutation;
}

std::string mutated_manifest(std::string text, Random& random, std::string& what) {
  static constexpr std::string_view kValues[] = {"\"../x\"",
                                                 "\"/etc/passwd\"",
                                                 "\"com.apple.CoreML/../../x\"",
                                                 "\"\"",
                                                 "1",
                                                 "null",
                                                 "{}",
                                                 "[]",
                                                 "\"2.0.0\"",
                                                 "\"1\"",
                                                 "\"com.apple.CoreML/model.mlmodel\"",
                                                 "\"com.apple.CoreML/weights\"",
                                                 "\"com.apple.CoreML\\\\weights\"",
                                                 "\"\\u0000\""};
  if (random.below(5) == 0) {
    what = change_raw(text, random);
    return text;
  }
  std::vector<std::size_t> quotes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quotes.push_back(i);
  }
  const std::size_t pair = below(random, quotes.size() / 2);
  const std::size_t from = quotes[2 * pair], to = quotes[2 * pair + 1];
  const std::string_view value = kValues[below(random, std::size(kValues))];
  what = "manifest: " + text.substr(from, to - from + 1) + " = " + std::string(value);
  return text.replace(from, to - from + 1, value);
}

}  // namespace paw
