// The WGHT section: constants at 64-byte aligned offsets, equal ones stored once. docs/paw-file.md, section 5.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "formats/paw/container.h"

namespace paw::paw_file {

// Collects constants in the order in which the graph's text names them.
class WeightWriter {
 public:
  // Offset of `data` in the section. Requires data that is not empty.
  std::uint64_t place(const Bytes& data);
  const std::vector<SectionPart>& parts() const { return parts_; }

 private:
  std::vector<SectionPart> parts_;
  std::unordered_multimap<std::uint64_t, std::size_t> by_content_;  // hash -> index of a part
  std::uint64_t end_ = 0;
};

// Hands out views into the section and keeps account of them.
class WeightReader {
 public:
  explicit WeightReader(Bytes section) : section_(std::move(section)) {}
  // The constant of `bytes` bytes at `offset`. Errors without a place: the caller knows the line of the graph.
  Result<Bytes> resolve(std::uint64_t offset, std::uint64_t bytes);
  // After all constants: they do not overlap, and every byte is theirs or zero padding between them. Empty when so.
  std::string unclaimed() const;

 private:
  Bytes section_;
  std::map<std::uint64_t, std::uint64_t> claimed_;  // offset -> bytes
  std::uint64_t handed_out_ = 0;                    // with repeats
};

}  // namespace paw::paw_file
