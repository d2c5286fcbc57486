// Shape: up to six positive extents, stored inline. Activations are NHWC everywhere.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>

namespace paw {

inline constexpr int kMaxRank = 6;
inline constexpr std::int64_t kMaxExtent = 0x7FFFFFFF;  // what every file format can hold
inline constexpr std::int64_t kMaxElements = std::int64_t{1} << 40;

class Shape {
 public:
  constexpr Shape() = default;
  Shape(std::initializer_list<std::int64_t> extents) : Shape(std::span(extents.begin(), extents.size())) {}
  // Requires extents.size() <= kMaxRank; use checked() for what comes from outside.
  explicit Shape(std::span<const std::int64_t> extents);
  // nullopt unless rank <= kMaxRank, every extent is in [1, kMaxExtent] and the product <= kMaxElements.
  static std::optional<Shape> checked(std::span<const std::int64_t> extents);

  int rank() const { return rank_; }
  std::int64_t operator[](int axis) const { return extents_[static_cast<std::size_t>(axis)]; }
  std::int64_t& operator[](int axis) { return extents_[static_cast<std::size_t>(axis)]; }
  std::int64_t back() const { return extents_[static_cast<std::size_t>(rank_ - 1)]; }
  std::span<const std::int64_t> extents() const { return {extents_.data(), static_cast<std::size_t>(rank_)}; }
  // Product of the extents; 1 for a scalar. Exact for every shape that is valid().
  std::int64_t elements() const;
  // The conditions of checked().
  bool valid() const;
  bool operator==(const Shape& other) const;
  std::string text() const;  // "[1,224,224,3]"

 private:
  std::array<std::int64_t, kMaxRank> extents_{};
  int rank_ = 0;
};

// NumPy broadcasting; nullopt when the shapes do not go together.
std::optional<Shape> broadcast(const Shape& a, const Shape& b);
// Row-major strides in elements.
std::array<std::int64_t, kMaxRank> strides_of(const Shape& shape);

}  // namespace paw
