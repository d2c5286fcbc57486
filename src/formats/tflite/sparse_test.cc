#include <gtest/gtest.h>

#include "formats/tflite/load.h"
#include "formats/tflite/sparse_write.h"
#include "formats/tflite/tflite_file.h"
#include "formats/tflite/types.h"
#include "schema_generated.h"

namespace paw::tflite::sparse_test {

namespace s = schema;
using paw::Tensor, paw::TensorType;

// A file with one constant: an 8 x 4 matrix in blocks of 2 x 2, of which three are stored. By hand from the definition:
// the rows of blocks are dense, the blocks of a row are listed, and the elements of a block are stored row by row.
Bytes blocked_file() {
  flatbuffers::FlatBufferBuilder b;
  std::vector<flatbuffers::Offset<s::DimensionMetadata>> axes;
  axes.push_back(s::CreateDimensionMetadata(b, s::DimensionType::DENSE, 4));
  const auto segments = s::CreateUint8Vector(b, b.CreateVector(std::vector<std::uint8_t>{0, 1, 1, 3, 3})).Union();
  const auto indices = s::CreateUint16Vector(b, b.CreateVector(std::vector<std::uint16_t>{1, 0, 1})).Union();
  axes.push_back(s::CreateDimensionMetadata(b, s::DimensionType::SPARSE_CSR, 2, s::SparseIndexVector::Uint8Vector,
                                            segments, s::SparseIndexVector::Uint16Vector, indices));
  axes.push_back(s::CreateDimensionMetadata(b, s::DimensionType::DENSE, 2));
  axes.push_back(s::CreateDimensionMetadata(b, s::DimensionType::DENSE, 2));
  const auto order = b.CreateVector(std::vector<std::int32_t>{0, 1, 2, 3});
  const auto map = b.CreateVector(std::vector<std::int32_t>{0, 1});
  const auto sparsity = s::CreateSparsityParameters(b, order, map, b.CreateVector(axes));
  const std::vector<float> values = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  b.ForceVectorAlignment(48, 1, 16);
  const auto data = b.CreateVector(reinterpret_cast<const std::uint8_t*>(values.data()), 48);
  const std::vector<flatbuffers::Offset<s::Buffer>> buffers = {s::CreateBuffer(b), s::CreateBuffer(b, data)};
  const auto shape = b.CreateVector(std::vector<std::int32_t>{8, 4});
  const std::vector<flatbuffers::Offset<s::Tensor>> tensors = {
      s::CreateTensor(b, shape, s::TensorType::FLOAT32, 1, b.CreateString("w"), 0, false, sparsity),
      s::CreateTensor(b, shape, s::TensorType::FLOAT32, 0, b.CreateString("y"))};
  const auto in = b.CreateVector(std::vector<std::int32_t>{0}), out = b.CreateVector(std::vector<std::int32_t>{1});
  const std::vector<flatbuffers::Offset<s::Operator>> operators = {s::CreateOperator(b, 0, in, out)};
  const auto graph = s::CreateSubGraph(b, b.CreateVector(tensors), b.CreateVector(std::vector<std::int32_t>{}), out,
                                       b.CreateVector(operators));
  const auto code = s::CreateOperatorCode(b, 20, 0, 1, s::BuiltinOperator::DENSIFY);
  s::FinishModelBuffer(
      b, s::CreateModel(b, 3, b.CreateVector(&code, 1), b.CreateVector(&graph, 1), 0, b.CreateVector(buffers)));
  return Bytes::copy_of(std::as_bytes(std::span(b.GetBufferPointer(), b.GetSize())));
}

TEST(Sparse, BlocksAreRead) {
  const auto file = load(blocked_file(), "blocks.tflite");
  ASSERT_TRUE(file) << file.error().text();
  std::size_t held = 0;
  const auto tensor = read_tensor(*file, 0, held);
  ASSERT_TRUE(tensor) << tensor.error().text();
  const float expected[] = {0, 0, 1, 2,  0, 0, 3,  4,  0, 0, 0, 0, 0, 0, 0, 0,  // rows of blocks 0 and 1
                            5, 6, 9, 10, 7, 8, 11, 12, 0, 0, 0, 0, 0, 0, 0, 0};
  ASSERT_TRUE(tensor->data);
  EXPECT_TRUE(std::ranges::equal(tensor->data->as<float>(), expected));
  EXPECT_EQ(held, 128u);
  ASSERT_TRUE(tensor->encoding);
  EXPECT_EQ(tensor->encoding->kind, Encoding::Kind::kSparse);
}

Tensor every_fourth(TensorType type) {
  std::vector<double> values(static_cast<std::size_t>(type.shape.elements()));
  for (std::size_t i = 0; i < values.size(); i += 4) values[i] = static_cast<double>(i % 100) + 1;
  return tensor_from_stored(type, values);
}

TEST(Sparse, EncodesOnlyWhatGetsSmaller) {
  EXPECT_TRUE(encode_sparse(every_fourth({DType::kF32, {64, 64}})));
  EXPECT_TRUE(encode_sparse(every_fourth({DType::kI8, {64, 64}})));
  EXPECT_FALSE(encode_sparse(every_fourth({DType::kF32, {4, 4}})));    // the description alone is larger
  EXPECT_FALSE(encode_sparse(every_fourth({DType::kI32, {64, 64}})));  // nothing decodes that
  EXPECT_FALSE(encode_sparse(Tensor::zeros({DType::kF32, {64, 64}})));
  const auto sparse = encode_sparse(every_fourth({DType::kF32, {2, 1024}}));
  ASSERT_TRUE(sparse);
  EXPECT_EQ(sparse->segments, (std::vector<std::uint32_t>{0, 256, 512}));
  EXPECT_EQ(sparse->indices[255], 1020u);
  EXPECT_EQ(sparse->values.size(), 512 * sizeof(float));
}

// Rows of 256 of which a quarter of the blocks is stored.
Tensor every_fourth_block(DType dtype, std::size_t block) {
  std::vector<double> values(32 * 256);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = i / block * 7 % 4 == 0 ? static_cast<double>(i % 100) + 1 : 0;
  }
  return tensor_from_stored({dtype, {32, 256}}, values);
}

TEST(Sparse, TakesTheBlocksThatNeedTheFewestBytes) {
  for (const DType dtype : {DType::kF32, DType::kF16, DType::kI8}) {
    for (const std::size_t block : {1u, 2u, 4u, 8u, 16u}) {
      const Tensor tensor = every_fourth_block(dtype, block);
      const auto sparse = encode_sparse(tensor);
      ASSERT_TRUE(sparse);
      EXPECT_EQ(sparse->block, block);
      EXPECT_EQ(sparse->segments.size(), 33u);
      EXPECT_EQ(sparse->segments.back(), 32 * 256 / block / 4);
      EXPECT_EQ(sparse->values.size(), tensor.data.size() / 4);
    }
  }
  // 30 is no multiple of four.
  std::vector<double> values(256 * 30);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = i / 2 % 4 == 0 ? 1 : 0;
  EXPECT_EQ(encode_sparse(tensor_from_stored({DType::kI8, {256, 30}}, values))->block, 2u);
}

// Three of four integers go: alone each of the others has an index, in blocks of 16 all 16 have one.
TEST(Sparse, BlocksMakeIntegersSmaller) {
  const auto bytes = [](const SparseTensor& s) { return s.values.size() + s.indices.size() + s.segments.size(); };
  const auto alone = encode_sparse(every_fourth_block(DType::kI8, 1));
  const auto blocks = encode_sparse(every_fourth_block(DType::kI8, 16));
  EXPECT_LT(bytes(*blocks), 0.6 * static_cast<double>(bytes(*alone)));
}

// -0 is no zero: it would come back as +0.
TEST(Sparse, KeepsTheSignOfZero) {
  Tensor tensor = every_fourth({DType::kF32, {2, 1024}});
  std::vector<float> values(tensor.as<float>().begin(), tensor.as<float>().end());
  values[1] = -0.0F;
  const auto sparse = encode_sparse(Tensor::f32({2, 1024}, values));
  ASSERT_TRUE(sparse);
  EXPECT_EQ(sparse->indices[1], 1u);
}

}  // namespace paw::tflite::sparse_test
