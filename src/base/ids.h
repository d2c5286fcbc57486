// Strong 32-bit indices, so that a value's id is never taken for a node's.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>  // declares std::hash, at half the price of <functional>

namespace paw {

template <class Tag>
struct Id {
  static constexpr std::uint32_t kInvalid = 0xFFFFFFFFu;
  std::uint32_t index = kInvalid;

  constexpr Id() = default;
  constexpr explicit Id(std::size_t i) : index(static_cast<std::uint32_t>(i)) {}
  constexpr bool valid() const { return index != kInvalid; }
  constexpr auto operator<=>(const Id&) const = default;
};

}  // namespace paw

template <class Tag>
struct std::hash<paw::Id<Tag>> {
  std::size_t operator()(paw::Id<Tag> id) const noexcept { return std::hash<std::uint32_t>{}(id.index); }
};
