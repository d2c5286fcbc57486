// Where axes go. Core ML wants images as [N,C,H,W]; the graph holds them as [N,H,W,C]. Everything that says which axis
// of one is which axis of the other is in this file.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "tensor/tensor.h"

namespace paw::coreml {

// A file's axis i is the graph's axis order[i].
class AxisOrder {
 public:
  AxisOrder() = default;
  // The identity.
  explicit AxisOrder(int rank) : rank_(rank) {
    for (int i = 0; i < rank; ++i) graph_axis_[static_cast<std::size_t>(i)] = i;
  }
  explicit AxisOrder(std::span<const int> order) : rank_(static_cast<int>(order.size())) {
    for (std::size_t i = 0; i < order.size(); ++i) graph_axis_[i] = order[i];
  }
  // How values of that rank stand at the border of a file and between ops: rank 4 as [N,C,H,W], others as they are.
  static AxisOrder home(int rank);

  int rank() const { return rank_; }
  int operator[](int file_axis) const { return graph_axis_[static_cast<std::size_t>(file_axis)]; }
  int file_axis(int graph_axis) const;
  bool identity() const { return *this == AxisOrder(rank_); }
  // Same elements in the same order, although axes of extent 1 may stand elsewhere.
  bool moves_nothing(const Shape& graph_shape) const;
  Shape to_file(const Shape& graph_shape) const;
  Shape to_graph(const Shape& file_shape) const;
  // Entries per graph axis, rearranged per file axis, and back.
  std::vector<std::int64_t> to_file(std::span<const std::int64_t> per_graph_axis) const;
  std::vector<std::int64_t> to_graph(std::span<const std::int64_t> per_file_axis) const;
  std::span<const int> axes() const { return {graph_axis_.data(), static_cast<std::size_t>(rank_)}; }
  bool operator==(const AxisOrder&) const = default;

 private:
  std::array<int, kMaxRank> graph_axis_{};
  int rank_ = 0;
};

// y's axis i is x's axis axes[i]: elements and per-channel quantisation follow. Requires that it is not blockwise.
Tensor permuted(const Tensor& tensor, std::span<const int> axes);
Shape permuted(const Shape& shape, std::span<const int> axes);

// Weights of convolutions. Graph: [O,KH,KW,I]; depthwise [1,KH,KW,C*M]. File: [O,I,KH,KW]; depthwise [C*M,1,KH,KW].
inline constexpr std::array<int, 4> kConvToFile = {0, 3, 1, 2};
inline constexpr std::array<int, 4> kConvToGraph = {0, 2, 3, 1};
inline constexpr std::array<int, 4> kDepthwiseToFile = {3, 0, 1, 2};
inline constexpr std::array<int, 4> kDepthwiseToGraph = {1, 2, 3, 0};

}  // namespace paw::coreml
