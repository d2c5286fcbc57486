#include "formats/pytorch/strided.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstring>

namespace paw::pytorch {

namespace {

std::unexpected<Error> refuse_view(std::string_view message) { return fail(ErrorCode::kUnsupported, {}, message); }

// Index of the last element that the view reads; false on overflow. Requires positive extents.
bool last_index(const TensorView& view, std::int64_t& last) {
  last = view.offset;
  for (std::size_t i = 0; i < static_cast<std::size_t>(view.rank); ++i) {
    std::int64_t reach = 0;
    if (__builtin_mul_overflow(view.extents[i] - 1, view.strides[i], &reach)) return false;
    if (__builtin_add_overflow(last, reach, &last)) return false;
  }
  return true;
}

// Copies elements of `kBytes` bytes while stepping through all indices, the last axis fastest.
template <std::size_t kBytes>
void gather_elements(const TensorView& view, std::int64_t elements, const std::byte* from, std::byte* to) {
  std::array<std::int64_t, kMaxRank> index{};
  std::int64_t at = view.offset;
  for (std::int64_t n = 0; n < elements; ++n, to += kBytes) {
    std::memcpy(to, from + static_cast<std::size_t>(at) * kBytes, kBytes);
    for (int axis = view.rank - 1; axis >= 0; --axis) {
      const auto i = static_cast<std::size_t>(axis);
      at += view.strides[i];
      if (++index[i] < view.extents[i]) break;
      at -= view.strides[i] * view.extents[i];
      index[i] = 0;
    }
  }
}

}  // namespace

Result<TensorType> check_view(const TensorView& view, const Storage& storage) {
  const std::span extents(view.extents.data(), static_cast<std::size_t>(view.rank));
  const std::span strides(view.strides.data(), static_cast<std::size_t>(view.rank));
  const auto shape = Shape::checked(extents);
  if (!shape)
    return refuse_view(fmt::format("has the shape [{}], which is empty or too large", fmt::join(extents, ",")));
  std::int64_t last = 0;
  bool inside = view.offset >= 0;
  for (const std::int64_t stride : strides) inside = inside && stride >= 0;
  if (!inside || !last_index(view, last) || last >= storage.elements) {
    return refuse_view(fmt::format("leaves its storage: shape [{}], strides [{}], offset {}, of {} elements",
                                   fmt::join(extents, ","), fmt::join(strides, ","), view.offset, storage.elements));
  }
  return TensorType{storage.dtype, *shape};
}

bool is_contiguous(const TensorView& view) {
  std::int64_t expected = 1;
  for (int axis = view.rank - 1; axis >= 0; --axis) {
    const auto i = static_cast<std::size_t>(axis);
    if (view.extents[i] != 1 && view.strides[i] != expected) return false;
    expected *= view.extents[i];
  }
  return true;
}

Bytes gather(const TensorView& view, const TensorType& type, const Bytes& data) {
  const std::size_t width = storage_bytes(type.dtype, 1), bytes = type.bytes();
  const std::size_t start = static_cast<std::size_t>(view.offset) * width;
  if (is_contiguous(view)) {
    const Bytes part = data.slice(start, bytes);
    const bool aligned = reinterpret_cast<std::uintptr_t>(part.data()) % kBufferAlignment == 0;
    return aligned ? part : Bytes::copy_of(part.span());
  }
  AlignedBuffer out(bytes);
  const std::int64_t elements = type.shape.elements();
  switch (width) {
    case 1: gather_elements<1>(view, elements, data.data(), out.data()); break;
    case 2: gather_elements<2>(view, elements, data.data(), out.data()); break;
    case 4: gather_elements<4>(view, elements, data.data(), out.data()); break;
    default: gather_elements<8>(view, elements, data.data(), out.data()); break;
  }
  return out;
}

}  // namespace paw::pytorch
