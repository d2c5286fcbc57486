#include "formats/tflite/sparse.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "schema_generated.h"

namespace paw::tflite {

namespace {

constexpr std::size_t kMaxLevels = 2 * static_cast<std::size_t>(kMaxRank);

// One axis in the order of storage: all `extent` indices, or for the n-th entry of the level above the indices
// [segments[n], segments[n + 1]).
struct Level {
  std::size_t axis = 0;   // of the tensor
  std::int64_t step = 1;  // elements of that axis that one index moves by: the block size, or 1 within a block
  std::int64_t extent = 0;
  bool dense = true, block = false;
  std::vector<std::int64_t> segments, indices;
};

class SparseReader {
 public:
  SparseReader(const File& file, std::int32_t index, const TensorType& type)
      : file_(file), index_(index), type_(type) {}

  Result<Bytes> run(std::size_t& held) {
    PAW_RETURN_IF_ERROR(read_levels());
    PAW_RETURN_IF_ERROR(file_.hold(type_.bytes(), held, file_.label(index_)));
    AlignedBuffer out(type_.bytes());
    const std::optional<Bytes>& data = file_.tensors[static_cast<std::size_t>(index_)].data;
    const std::size_t stored = data ? data->size() : 0;
    out_ = out.data();
    values_ = data ? data->data() : nullptr;
    count_ = bits(type_.dtype) == 4 ? 2 * stored : stored / storage_bytes(type_.dtype, 1);
    strides_ = strides_of(type_.shape);
    PAW_RETURN_IF_ERROR(walk(0, 0, 0));
    if (storage_bytes(type_.dtype, next_) != stored) {
      return error(fmt::format("holds {} bytes for {} elements that are not zero", stored, next_));
    }
    return Bytes(std::move(out));
  }

 private:
  std::unexpected<Error> error(std::string_view message) const { return file_.error(file_.label(index_), message); }
  std::unexpected<Error> inconsistent() const {
    return error("is sparse, but its lists of positions do not fit together");
  }

  template <class Vector>
  static std::vector<std::int64_t> copy(const Vector* values) {
    return values == nullptr ? std::vector<std::int64_t>() : std::vector<std::int64_t>(values->begin(), values->end());
  }

  static std::vector<std::int64_t> numbers(schema::SparseIndexVector kind, const void* table) {
    using Kind = schema::SparseIndexVector;
    if (table == nullptr) return {};
    switch (kind) {
      case Kind::Int32Vector: return copy(static_cast<const schema::Int32Vector*>(table)->values());
      case Kind::Uint16Vector: return copy(static_cast<const schema::Uint16Vector*>(table)->values());
      case Kind::Uint8Vector: return copy(static_cast<const schema::Uint8Vector*>(table)->values());
      default: return {};
    }
  }

  // Which axis each level runs along, and by how much: the n axes first, then the blocks, as traversal_order says.
  Status read_levels() {
    const auto& graph = *(*file_.model->subgraphs())[0];
    const auto& table = *(*graph.tensors())[static_cast<flatbuffers::uoffset_t>(index_)]->sparsity();
    const auto rank = static_cast<std::size_t>(type_.shape.rank());
    const std::vector<std::int64_t> order = copy(table.traversal_order()), blocks = copy(table.block_map());
    const std::size_t levels = table.dim_metadata() == nullptr ? 0 : table.dim_metadata()->size();
    if (levels != order.size() || levels != rank + blocks.size() || levels > kMaxLevels) return inconsistent();
    std::vector<std::int64_t> block_size(rank, 1);
    std::vector<bool> seen(levels);
    levels_.resize(levels);
    for (std::size_t i = levels; i-- > 0;) {  // blocks are inner, and their sizes are needed by the axes
      const auto place = static_cast<std::size_t>(order[i]);
      if (order[i] < 0 || place >= levels || seen[place]) return inconsistent();
      seen[place] = true;
      Level& level = levels_[i];
      level.block = place >= rank;
      const std::int64_t axis = level.block ? blocks[place - rank] : order[i];
      if (axis < 0 || static_cast<std::size_t>(axis) >= rank) return inconsistent();
      level.axis = static_cast<std::size_t>(axis);
      PAW_RETURN_IF_ERROR(read_level(*(*table.dim_metadata())[static_cast<flatbuffers::uoffset_t>(i)], level));
      if (level.block) {
        if (!level.dense || block_size[level.axis] != 1 || level.extent < 1) return inconsistent();
        block_size[level.axis] = level.extent;
      } else {
        level.step = block_size[level.axis];
      }
    }
    return check_extents(block_size);
  }

  Status read_level(const schema::DimensionMetadata& table, Level& level) {
    level.dense = table.format() == schema::DimensionType::DENSE;
    level.extent = table.dense_size();
    if (level.dense) return {};
    level.segments = numbers(table.array_segments_type(), table.array_segments());
    level.indices = numbers(table.array_indices_type(), table.array_indices());
    // Without gaps and overlaps no list is walked twice: time stays within the file's size.
    const std::vector<std::int64_t>& s = level.segments;
    const bool whole = !s.empty() && s.front() == 0 && s.back() == static_cast<std::int64_t>(level.indices.size());
    return whole && std::ranges::is_sorted(s) ? Status() : inconsistent();
  }

  Status check_extents(const std::vector<std::int64_t>& block_size) {
    for (Level& level : levels_) {
      const std::int64_t extent = type_.shape[static_cast<int>(level.axis)], block = block_size[level.axis];
      if (extent % block != 0) return inconsistent();
      if (level.block) continue;  // its extent is the block size itself
      if (level.dense && level.extent != extent / block) return inconsistent();
      level.extent = extent / block;
    }
    return {};
  }

  // Entry `entry` of this level's parent; `offset` is the flat index of the element so far.
  Status walk(std::size_t depth, std::size_t entry, std::int64_t offset) {
    if (depth == levels_.size()) return store(offset);
    const Level& level = levels_[depth];
    const std::int64_t stride = strides_[level.axis] * level.step;
    const auto extent = static_cast<std::size_t>(level.extent);
    if (level.dense) {
      for (std::size_t i = 0; i < extent; ++i) {
        PAW_RETURN_IF_ERROR(walk(depth + 1, entry * extent + i, offset + static_cast<std::int64_t>(i) * stride));
      }
      return {};
    }
    if (entry + 1 >= level.segments.size()) return inconsistent();
    for (std::int64_t i = level.segments[entry]; i < level.segments[entry + 1]; ++i) {
      const std::int64_t at = level.indices[static_cast<std::size_t>(i)];
      if (at < 0 || at >= level.extent) return inconsistent();
      PAW_RETURN_IF_ERROR(walk(depth + 1, static_cast<std::size_t>(i), offset + at * stride));
    }
    return {};
  }

  Status store(std::int64_t offset) {
    if (next_ >= count_) return error("holds fewer elements than its lists of positions say");
    if (bits(type_.dtype) == 4) {
      const int value = std::to_integer<int>(values_[next_ / 2] >> static_cast<int>(next_ % 2 * 4)) & 0xF;
      out_[offset / 2] |= static_cast<std::byte>(value << (offset % 2 * 4));
    } else {
      const std::size_t width = storage_bytes(type_.dtype, 1);
      std::memcpy(out_ + static_cast<std::size_t>(offset) * width, values_ + next_ * width, width);
    }
    ++next_;
    return {};
  }

  const File& file_;
  std::int32_t index_;
  const TensorType& type_;
  std::vector<Level> levels_;
  std::array<std::int64_t, kMaxRank> strides_{};
  const std::byte* values_ = nullptr;
  std::byte* out_ = nullptr;
  std::size_t count_ = 0, next_ = 0;
};

}  // namespace

Result<Bytes> decode_sparse(const File& file, std::int32_t index, const TensorType& type, std::size_t& held) {
  return SparseReader(file, index, type).run(held);
}

}  // namespace paw::tflite
