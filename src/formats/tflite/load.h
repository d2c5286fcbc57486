// A TensorFlow Lite file opened and checked: behind load(), indices, shapes and stored sizes can be trusted; what
// operators mean is still to be read. Refused by name: custom operators, control flow and several subgraphs, variables,
// strings and other types without numbers, blockwise and custom quantisation.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "ir/graph.h"

namespace paw::tflite {

namespace schema {
struct Model;
struct Operator;
}  // namespace schema

// Limits on what a file may hold, so that no file makes us hold much more than itself.
inline constexpr std::size_t kMaxTensors = 100'000;
inline constexpr std::size_t kMaxOperators = 100'000;
inline constexpr std::size_t kMaxArguments = 4096;                // inputs or outputs of one operator
inline constexpr std::size_t kMaxCopied = std::size_t{16} << 20;  // bytes of names, scales and lists together
inline constexpr std::size_t kMaxHeld = std::size_t{256} << 20;   // bytes of the graph that do not view the file
inline constexpr std::size_t kMaxNameLengthInFile = 1000;         // columns; longer names are cut
inline constexpr std::int32_t kAbsent = -1;                       // an input that is left out

struct FileTensor {
  std::string name;  // safe to print
  std::vector<std::int32_t> shape;
  std::int32_t dtype = 0;     // schema::TensorType
  std::optional<Bytes> data;  // a constant's elements as stored; those of sparse tensors are not zero
  bool sparse = false, variable = false;
  bool open_shape = false;  // some extents are not known before the graph is run; `shape` has 1 there
};

struct FileOperator {
  std::int32_t code = 0;  // schema::BuiltinOperator, one that ops.inc reads
  std::string name;       // "CONV_2D 'tensor that it makes'", safe to print
  std::vector<std::int32_t> inputs, outputs;
  const schema::Operator* table = nullptr;
};

struct File {
  Bytes bytes;  // keeps `model` alive
  std::string where;
  const schema::Model* model = nullptr;
  std::vector<FileTensor> tensors;
  std::vector<FileOperator> operators;
  std::vector<std::int32_t> inputs, outputs;

  // "model.tflite: CONV_2D 'logits'" and what is wrong.
  std::unexpected<Error> error(std::string_view place, std::string_view message, std::string_view hint = {}) const;
  std::string label(std::int32_t tensor) const;  // "tensor 'input'" or "tensor 12"
  // Counts bytes that a tensor or operator makes us hold. Error, about `place`: more than kMaxHeld in all.
  Status hold(std::size_t more, std::size_t& held, std::string_view place) const;
  // What a buffer holds, inside the flatbuffer or behind it; nothing for empty ones. Error, about `place`: no such
  // buffer, or one that reaches out of the file.
  Result<Bytes> buffer(std::uint32_t number, const std::string& place) const;
};

Result<File> load(const Bytes& bytes, std::string_view where);

// The type and elements of one tensor, as the graph holds them: sparse ones decoded, misaligned ones copied. `held`
// counts the bytes of those.
struct ReadTensor {
  TensorType type;
  std::optional<Bytes> data;
  std::optional<Encoding> encoding;
};
Result<ReadTensor> read_tensor(const File& file, std::int32_t index, std::size_t& held);

}  // namespace paw::tflite
