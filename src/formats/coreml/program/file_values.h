// Values of an ML Program as its file states them: types, immediates, records of weight.bin, and what constexpr ops
// make of them. Checks every size before it allocates. Knows no graph.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/coreml/program/constants.h"
#include "formats/coreml/weight_file.h"

namespace paw::coreml {

namespace schema {
class Operation;
class Value;
class ValueType;
}  // namespace schema

// A tensor type with fixed extents.
struct FileType {
  MilType type = MilType::kF32;
  Shape shape;
  std::string text() const;
  bool operator==(const FileType&) const = default;
};
// kUnsupported: no tensor, an unknown element type, extents that are flexible or too large.
Result<FileType> read_type(const schema::ValueType& message, std::string_view where);

// A constant: texts, or numbers decoded as far as the graph holds them.
struct FileValue {
  FileType type;
  std::vector<std::string> texts;  // of type string, or the labels of a list
  bool list = false;
  bool integer_list = false;
  FileConstant numbers;
  bool blob = false;  // lies in weight.bin
  // Of the numbers that a sparse constexpr op makes: the same spread out, where the graph can hold it as it is stored.
  std::shared_ptr<const FileValue> dense;

  bool is_text() const { return type.type == MilType::kString; }
  std::vector<std::int64_t> integers() const;  // the numbers, each rounded towards zero
  std::vector<double> reals() const;
};

// Opens a weight file by the name that the program uses.
using OpenWeights = std::function<Result<WeightFile*>(std::string_view name)>;

// Reads constants within a budget of decoded bytes.
class FileValueReader {
 public:
  explicit FileValueReader(OpenWeights open) : open_(std::move(open)) {}

  Result<FileValue> read(const schema::Value& message, std::string_view where);
  // A constexpr op; `input` gives what another constexpr op made, by name. Several results: mask and numbers.
  using Lookup = std::function<const FileValue*(const std::string& name)>;
  Result<std::vector<FileValue>> constexpr_op(const schema::Operation& op, const Lookup& lookup,
                                              std::string_view where);

 private:
  Result<Tensor> packed_numbers(const FileType& type, const Bytes& data, std::string_view where);
  Status spend(std::uint64_t bytes, std::string_view where);

  OpenWeights open_;
  std::uint64_t spent_ = 0;
};

}  // namespace paw::coreml
