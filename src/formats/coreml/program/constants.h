// How constants of the graph are stored in a program: plain, or by a constexpr op that keeps them small.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "formats/coreml/coreml_file.h"
#include "formats/coreml/layout.h"
#include "formats/coreml/program/block.h"

namespace paw::coreml {

// Index of the block, of `blocks` which divides `shape`, that element `i` lies in.
class BlockIndex {
 public:
  BlockIndex(const Shape& shape, const Shape& blocks) : shape_(shape), blocks_(blocks), strides_(strides_of(blocks)) {}
  std::size_t operator()(std::int64_t i) const {
    std::int64_t index = 0;
    for (int axis = shape_.rank() - 1; axis >= 0; --axis) {
      const std::int64_t at = i % shape_[axis];
      i /= shape_[axis];
      index += at / (shape_[axis] / blocks_[axis]) * strides_[static_cast<std::size_t>(axis)];
    }
    return static_cast<std::size_t>(index);
  }

 private:
  Shape shape_, blocks_;
  std::array<std::int64_t, kMaxRank> strides_;
};

// A constant of the graph, its axes already in the file's order.
struct FileConstant {
  Tensor tensor;  // not blockwise: see below
  std::optional<Encoding> encoding;
  bool windows = false;  // weights of a convolution, [O,I,KH,KW]
  // Of a blockwise tensor: scales and zero points per block, of `blocks`, which divides the tensor's shape.
  Shape blocks;
  std::vector<float> scale;
  std::vector<std::int32_t> zero_point;
};
// Its numbers, dequantised.
std::vector<double> reals(const FileConstant& constant);

// The tensor with its axes permuted; quantisation and encoding follow.
FileConstant file_constant(const Tensor& tensor, const std::optional<Encoding>& encoding, std::span<const int> axes);

// What the writer may use, and where it says what it used.
struct ConstantStore {
  BlockWriter& block;
  bool forms_of_18 = false;  // constexpr ops as from iOS 18 on
  std::function<bool(IosVersion)> may_use;
  std::function<Status(IosVersion, std::string_view what)> needs;
  std::function<void(std::string)> note;
};

// Emits the constant with results of type `real` (fp16 or fp32; other types of plain constants stay).
Result<Var> store_constant(ConstantStore& store, const FileConstant& constant, MilType real, std::string_view name);

}  // namespace paw::coreml
