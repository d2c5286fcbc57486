// Small files that say much: what they make us hold stays within the limit.
#include <gtest/gtest.h>

#include "file_objects.h"
#include "formats/tflite/tflite_file.h"
#include "memory_watch.h"

namespace paw::tflite_bombs_test {

namespace file = tflite_objects;
using Builder = flatbuffers::FlatBufferBuilder;
using Operators = std::vector<flatbuffers::Offset<file::Operator>>;
using Tensors = std::vector<flatbuffers::Offset<file::Tensor>>;

constexpr std::size_t kMostMemory = std::size_t{512} << 20;

// One tensor "x" of type `x` and one constant; then `count` operators of one kind, each of which makes a tensor.
struct Parts {
  file::BuiltinOperator code;
  file::TensorType type = file::TensorType::FLOAT32;
  std::vector<std::int32_t> shape = {1};   // of x and of what is made
  std::vector<std::int32_t> inputs = {0};  // of every operator: 0 is x, 1 the constant
  std::size_t constant_bytes = 4;
  std::string name;  // of what is made
  int count = 1;
};

Bytes bomb(const Parts& p,
           const std::function<std::pair<file::BuiltinOptions, flatbuffers::Offset<void>>(Builder&)>& options) {
  Builder b;
  const std::vector<std::uint8_t> bytes(p.constant_bytes, 1);
  b.ForceVectorAlignment(bytes.size(), 1, 16);
  const std::vector<flatbuffers::Offset<file::Buffer>> buffers = {file::CreateBuffer(b),
                                                                  file::CreateBuffer(b, b.CreateVector(bytes))};
  const auto shape = b.CreateVector(p.shape);
  const auto name = b.CreateString(p.name);
  Tensors tensors = {file::CreateTensor(b, shape, p.type, 0, b.CreateString("x")),
                     file::CreateTensor(b, shape, p.type, 1, b.CreateString("constant"))};
  const auto inputs = b.CreateVector(p.inputs);
  const auto [kind, table] = options(b);
  Operators operators;
  for (int i = 0; i < p.count; ++i) {
    tensors.push_back(file::CreateTensor(b, shape, p.type, 0, name));
    const auto made = static_cast<std::int32_t>(tensors.size() - 1);
    operators.push_back(file::CreateOperator(b, 0, inputs, b.CreateVector(&made, 1), kind, table));
  }
  const auto in = b.CreateVector(std::vector<std::int32_t>{0});
  const auto out = b.CreateVector(std::vector<std::int32_t>{static_cast<std::int32_t>(tensors.size() - 1)});
  const auto graph = file::CreateSubGraph(b, b.CreateVector(tensors), in, out, b.CreateVector(operators));
  const auto code = file::CreateOperatorCode(b, static_cast<std::int8_t>(p.code), 0, 1, p.code);
  file::FinishModelBuffer(
      b, file::CreateModel(b, 3, b.CreateVector(&code, 1), b.CreateVector(&graph, 1), 0, b.CreateVector(buffers)));
  return Bytes::copy_of(std::as_bytes(std::span(b.GetBufferPointer(), b.GetSize())));
}

// What the file is refused with, in bounded memory; empty when it is read.
std::string refusal(const Bytes& bytes) {
  const MemoryWatch watch;
  const auto read = read_tflite(bytes, "bomb.tflite");
  EXPECT_LT(watch.peak(), kMostMemory);
  return read ? "" : read.error().text();
}

auto no_options(Builder&) { return std::pair(file::BuiltinOptions::NONE, flatbuffers::Offset<void>()); }

// 900 operators that share one list of 4,000 inputs would become 4 million nodes.
TEST(TfliteBombs, ManyNodesOutOfOneList) {
  const Bytes bytes =
      bomb({.code = file::BuiltinOperator::PACK, .inputs = std::vector<std::int32_t>(4000, 0), .count = 900},
           [](Builder& b) {
             return std::pair(file::BuiltinOptions::PackOptions, file::CreatePackOptions(b, 4000, 0).Union());
           });
  EXPECT_LT(bytes.size(), 500'000u);
  EXPECT_NE(refusal(bytes).find("take more than 256 MB"), std::string::npos) << refusal(bytes);
}

// Shapes that are computed now: 60,000 lists of 4,096 integers.
TEST(TfliteBombs, ManyConstantsOutOfOne) {
  const Bytes bytes = bomb({.code = file::BuiltinOperator::NEG,
                            .type = file::TensorType::INT32,
                            .shape = {4096},
                            .inputs = {1},
                            .constant_bytes = 16384,
                            .count = 60'000},
                           no_options);
  EXPECT_NE(refusal(bytes).find("take more than 256 MB"), std::string::npos) << refusal(bytes);
}

// A name of 1,000 letters for each of 100,000 operators, stored once.
TEST(TfliteBombs, OneLongNameForMany) {
  const Bytes bytes =
      bomb({.code = file::BuiltinOperator::RELU, .name = std::string(1000, 'n'), .count = 90'000}, no_options);
  EXPECT_NE(refusal(bytes).find("beyond reason"), std::string::npos) << refusal(bytes);
}

// Long, but as long as it looks.
TEST(TfliteBombs, ManyOperatorsAreRead) {
  EXPECT_EQ(refusal(bomb({.code = file::BuiltinOperator::RELU, .count = 20'000}, no_options)), "");
}

}  // namespace paw::tflite_bombs_test
