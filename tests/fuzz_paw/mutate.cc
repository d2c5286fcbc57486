#include "mutate.h"

#include <algorithm>
#include <array>

#include "formats/paw/container.h"
#include "formats/paw/paw_testing.h"

namespace paw {

namespace {

using namespace paw_testing;
using paw_file::NewSection;

std::size_t below(Random& random, std::size_t n) { return n == 0 ? 0 : static_cast<std::size_t>(random.below(n)); }

// A number that lengths, counts and offsets tend to be wrong by.
std::uint64_t interesting(Random& random, std::uint64_t now, std::uint64_t file_bytes) {
  const std::array<std::uint64_t, 20> choices = {0,
                                                 1,
                                                 now + 1,
                                                 now - 1,
                                                 now + 64,
                                                 now - 64,
                                                 now * 2,
                                                 now / 2,
                                                 file_bytes,
                                                 file_bytes - 1,
                                                 file_bytes + 1,
                                                 0x7F,
                                                 0xFFFF,
                                                 0x7FFFFFFF,
                                                 0x80000000,
                                                 0xFFFFFFFF,
                                                 std::uint64_t{1} << 40,
                                                 INT64_MAX,
                                                 UINT64_MAX,
                                                 UINT64_MAX - 63};
  return choices[below(random, choices.size())];
}

// --- the outer form: header and table ---

std::string header_field(Raw& raw, Random& random) {
  constexpr std::size_t kFields[] = {kVersionAt, kCountAt, kReservedAt, kSizeAt, kSizeAt + 4, 0, 4};
  const std::size_t at = kFields[below(random, std::size(kFields))];
  const auto value = static_cast<std::uint32_t>(interesting(random, raw.get<std::uint32_t>(at), raw.data().size()));
  raw.set(at, value);
  return "header +" + std::to_string(at) + " = " + std::to_string(value);
}

std::string table_field(Raw& raw, Random& random) {
  const std::size_t section = below(random, raw.count());
  const std::size_t at = Raw::entry(section) + (random.below(2) == 0 ? kEntryOffsetAt : kEntryLengthAt);
  const std::uint64_t value = interesting(random, raw.get<std::uint64_t>(at), raw.data().size());
  raw.set(at, value);
  return "table +" + std::to_string(at) + " = " + std::to_string(value);
}

std::string tag(Raw& raw, Random& random) {
  const std::size_t at = Raw::entry(below(random, raw.count())) + below(random, 4);
  const auto value = static_cast<char>(random.below(256));
  raw.set(at, value);
  return "tag +" + std::to_string(at) + " = " + std::to_string(static_cast<int>(value));
}

std::string swap_entries(Raw& raw, Random& random) {
  const std::size_t a = below(random, raw.count()), b = below(random, raw.count());
  for (std::size_t i = 0; i < kEntryBytes; ++i) std::swap(raw.data()[Raw::entry(a) + i], raw.data()[Raw::entry(b) + i]);
  return "table entries " + std::to_string(a) + " and " + std::to_string(b) + " swapped";
}

std::string truncate(Raw& raw, Random& random) {
  raw.data().resize(below(random, raw.data().size()));
  return "cut to " + std::to_string(raw.data().size()) + " bytes";
}

Mutation outer(const Bytes& file, Random& random) {
  static constexpr std::string (*kKinds[])(Raw&, Random&) = {header_field, table_field,  table_field,
                                                             tag,          swap_entries, truncate};
  Raw raw(file);
  std::string what = kKinds[below(random, std::size(kKinds))](raw, random);
  const bool repair = random.below(4) != 0;
  if (repair) raw.repair();
  return {raw.bytes(), what + (repair ? ", CRCs true" : "")};
}

// --- the sections: taken apart and packed again with true CRCs ---

using Sections = std::vector<std::pair<std::string, std::string>>;  // tag, contents

std::string flip_bits(std::string& text, Random& random) {
  const std::size_t flips = 1 + below(random, 3);
  std::string what = "bits flipped at";
  for (std::size_t i = 0; i < flips; ++i) {
    const std::size_t at = below(random, text.size());
    text[at] = static_cast<char>(text[at] ^ (1 << random.below(8)));
    what += " " + std::to_string(at);
  }
  return what;
}

std::string overwrite_number(std::string& text, Random& random) {
  const std::size_t width = random.below(2) == 0 ? 4 : 8;
  if (text.size() < width) return "too short to change";
  const std::size_t at = below(random, text.size() - width + 1);
  std::uint64_t now = 0;
  std::memcpy(&now, &text[at], width);
  const std::uint64_t value = interesting(random, now, text.size());
  std::memcpy(&text[at], &value, width);
  return "number at " + std::to_string(at) + " = " + std::to_string(value);
}

std::string insert_or_remove(std::string& text, Random& random) {
  const std::size_t from = below(random, text.size()), n = 1 + below(random, 40), to = below(random, text.size());
  const std::string part = text.substr(from, n);
  if (random.below(2) == 0) {
    text.erase(from, n);
    return std::to_string(n) + " bytes removed at " + std::to_string(from);
  }
  text.insert(to, part);
  return std::to_string(n) + " bytes of " + std::to_string(from) + " repeated at " + std::to_string(to);
}

// Replaces a decimal number of a text section: extents, offsets, attributes.
std::string replace_decimal(std::string& text, Random& random) {
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digit = [&](std::size_t k) { return text[k] >= '0' && text[k] <= '9'; };
    if (digit(i) && (i == 0 || !digit(i - 1))) starts.push_back(i);
  }
  if (starts.empty()) return flip_bits(text, random);
  static constexpr std::string_view kValues[] = {"0",
                                                 "-1",
                                                 "1",
                                                 "2",
                                                 "7",
                                                 "64",
                                                 "65536",
                                                 "2147483647",
                                                 "2147483648",
                                                 "4294967296",
                                                 "1099511627776",
                                                 "9223372036854775807",
                                                 "9223372036854775808",
                                                 "18446744073709551615",
                                                 "1e308",
                                                 "1e999",
                                                 "nan",
                                                 "inf",
                                                 "-inf",
                                                 "0.5"};
  const std::size_t at = starts[below(random, starts.size())];
  const std::size_t end = std::min(text.find_first_not_of("0123456789", at), text.size());
  const std::string_view value = kValues[below(random, std::size(kValues))];
  text.replace(at, end - at, value);
  return "number at " + std::to_string(at) + " = " + std::string(value);
}

// Swaps, removes or repeats whole lines: nodes and constants of the graph.
std::string rearrange_lines(std::string& text, Random& random) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    lines.push_back(text.substr(at, end - at));
    at = end;
  }
  const std::size_t a = below(random, lines.size()), b = below(random, lines.size());
  const std::uint64_t kind = random.below(3);
  if (kind == 0) std::swap(lines[a], lines[b]);
  if (kind == 1) lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(a));
  if (kind == 2) lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(b), lines[a]);
  text.clear();
  for (const std::string& line : lines) text += line;
  return "lines " + std::to_string(a) + " and " + std::to_string(b) + ", change " + std::to_string(kind);
}

std::string inside(Sections& sections, Random& random) {
  static constexpr std::string (*kKinds[])(std::string&, Random&) = {
      flip_bits, flip_bits, overwrite_number, insert_or_remove, replace_decimal, replace_decimal, rearrange_lines};
  auto& [tag, text] = sections[below(random, sections.size())];
  if (text.empty()) text = "x";
  return tag + ": " + kKinds[below(random, std::size(kKinds))](text, random);
}

std::string between(Sections& sections, Random& random) {
  const std::size_t a = below(random, sections.size()), b = below(random, sections.size());
  const std::string names = sections[a].first + " and " + sections[b].first;
  switch (random.below(4)) {
    case 0: std::swap(sections[a], sections[b]); return "order of " + names + " swapped";
    case 1: std::swap(sections[a].second, sections[b].second); return "contents of " + names + " swapped";
    case 2: sections[a].second = sections[b].second; return "contents of " + names + " made equal";
    default: sections.erase(sections.begin() + static_cast<std::ptrdiff_t>(a)); return "first of " + names + " removed";
  }
}

Mutation inner(const Bytes& file, Random& random) {
  Sections sections;
  for (const paw_file::Section& section : sections_of(file)) {
    sections.emplace_back(section.tag,
                          std::string(reinterpret_cast<const char*>(section.data.data()), section.data.size()));
  }
  std::string what = random.below(6) == 0 ? between(sections, random) : inside(sections, random);
  std::vector<NewSection> changed;
  for (const auto& [tag, text] : sections) {
    changed.push_back({tag, {{0, Bytes::copy_of(std::as_bytes(std::span(text)))}}});
  }
  return {paw_file::pack(changed), std::move(what)};
}

}  // namespace

Mutation mutate(const Bytes& file, Random& random) {
  return random.below(3) == 0 ? outer(file, random) : inner(file, random);
}

}  // namespace paw
