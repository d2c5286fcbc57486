// weight.bin of an .mlpackage: numbers in records, each behind a header that says what they are.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "formats/coreml/mil_types.h"

namespace paw::coreml {

class WeightFileWriter {
 public:
  // The offset by which a program refers to the record. Equal numbers of one type share one.
  std::uint64_t add(MilType type, Bytes data, std::size_t elements);
  bool empty() const { return parts_.empty(); }
  Bytes finish() const;

 private:
  struct Part {
    std::uint64_t offset;
    MilType type;
    Bytes data;
    std::uint64_t padding_bits;
  };
  std::vector<Part> parts_;
  std::multimap<std::size_t, std::size_t> by_hash_;  // of the data, to the part
  std::uint64_t end_ = 64;
};

class WeightFile {
 public:
  // Checks the header. An empty file has no records.
  static Result<WeightFile> open(Bytes file, std::string_view where);
  // The `elements` numbers of the record at `offset`, sharing the file's memory. kUnsupported: no record, outside the
  // file, of another type or size, overlapping another record that was read.
  Result<Bytes> blob(std::uint64_t offset, MilType type, std::size_t elements);
  std::uint64_t size() const { return file_.size(); }

 private:
  Bytes file_;
  std::string where_;
  std::map<std::uint64_t, std::uint64_t> taken_;  // records read: begin, end
};

}  // namespace paw::coreml
