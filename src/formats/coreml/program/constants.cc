#include "formats/coreml/program/constants.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <unordered_map>

#include "formats/coreml/half_windows.h"
#include "formats/coreml/layout.h"
#include "tensor/half.h"

namespace paw::coreml {

namespace {

Tensor as_type(const Tensor& tensor, DType dtype) {
  if (tensor.type.dtype == dtype && !tensor.type.quant) return tensor;
  if (tensor.type.dtype == DType::kF32 && dtype == DType::kF16) {  // weights by the million
    AlignedBuffer buffer(tensor.data.size() / 2);
    const auto from = tensor.as<float>();
    const auto to = buffer.as<std::uint16_t>();
    for (std::size_t i = 0; i < from.size(); ++i) to[i] = double_to_half(double{from[i]});
    return {{dtype, tensor.type.shape}, Bytes(std::move(buffer))};
  }
  return tensor_from_real({dtype, tensor.type.shape}, real_values(tensor));
}

// Weights [O,1,KH,KW] in float16, each window adding up to what it did. Elsewhere many windows make up for each other.
Tensor half_windows(const Tensor& weights) {
  const Shape& shape = weights.type.shape;
  AlignedBuffer buffer(weights.data.size() / 2);
  round_windows_to_half(weights.as<float>(), static_cast<std::size_t>(shape[2] * shape[3]), buffer.as<std::uint16_t>());
  return {{DType::kF16, shape}, Bytes(std::move(buffer))};
}

// Scales and zero points of a blockwise type as tensors of their own, in the file's order; equal slices once.
void spread_blocks(const QuantParams& quant, const Shape& shape, std::span<const int> axes, FileConstant& out) {
  std::vector<std::int64_t> extents(shape.extents().begin(), shape.extents().end());
  extents.back() /= quant.block;
  const Tensor scale = permuted(Tensor::of<float>({DType::kF32, Shape(extents)}, quant.scale), axes);
  const Tensor zero = permuted(Tensor::of<std::int32_t>({DType::kI32, Shape(extents)}, quant.zero_point), axes);
  out.blocks = scale.type.shape;
  out.scale.assign(scale.as<float>().begin(), scale.as<float>().end());
  out.zero_point.assign(zero.as<std::int32_t>().begin(), zero.as<std::int32_t>().end());
}

// Drops axes along which all blocks are alike.
void merge_equal_blocks(FileConstant& c) {
  for (int axis = 0; axis < c.blocks.rank(); ++axis) {
    const auto extent = static_cast<std::size_t>(c.blocks[axis]);
    const auto stride = static_cast<std::size_t>(strides_of(c.blocks)[static_cast<std::size_t>(axis)]);
    const auto first = [&](std::size_t i) { return i / (stride * extent) * stride * extent + i % stride; };
    bool alike = extent > 1;
    for (std::size_t i = 0; alike && i < c.scale.size(); ++i) {
      alike = c.scale[i] == c.scale[first(i)] && c.zero_point[i] == c.zero_point[first(i)];
    }
    if (!alike) continue;
    FileConstant merged;
    for (std::size_t i = 0; i < c.scale.size(); ++i) {
      if (i / stride % extent != 0) continue;
      merged.scale.push_back(c.scale[i]);
      merged.zero_point.push_back(c.zero_point[i]);
    }
    c.scale = std::move(merged.scale);
    c.zero_point = std::move(merged.zero_point);
    c.blocks[axis] = 1;
  }
}

// Per-tensor and per-channel parameters as blocks.
void blocks_of_axis(FileConstant& c) {
  const QuantParams& quant = *c.tensor.type.quant;
  c.blocks = c.tensor.type.shape;
  for (int axis = 0; axis < c.blocks.rank(); ++axis) {
    if (axis != quant.axis) c.blocks[axis] = 1;
  }
  c.scale = quant.scale;
  c.zero_point = quant.zero_point;
}

Stored stored_reals(std::span<const float> values, Shape shape, MilType real) {
  return stored(as_type(Tensor::of<float>({DType::kF32, shape}, values), *graph_type(real)));
}

Stored zero_points(std::span<const std::int32_t> values, Shape shape, DType dtype) {
  const std::vector<double> numbers(values.begin(), values.end());
  return stored(tensor_from_stored({dtype, shape}, numbers));
}

// Scales that float16 holds with fewer digits, or not at all, become the smallest that it holds with all of them, and
// the integers smaller: no number moves by more than half of that scale, which is what other blocks of the tensor lose
// by rounding (what has none such is kept in float32, see precision.cc).
FileConstant with_normal_scales(FileConstant c) {
  constexpr float kLeast = 1.0F / 16384;
  const bool blocks = c.blocks.rank() > 0;
  const TensorType type = c.tensor.type;
  QuantParams quant = *type.quant;
  std::vector<float>& scale = blocks ? c.scale : quant.scale;
  const std::vector<std::int32_t>& zero = blocks ? c.zero_point : quant.zero_point;
  if (std::ranges::none_of(scale, [](float s) { return s < kLeast; })) return c;
  std::vector<double> values = stored_values(c.tensor);
  const BlockIndex block(type.shape, blocks ? c.blocks : type.shape);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    const std::size_t k = blocks ? block(at) : quant_index(type, at);
    if (scale[k] >= kLeast) continue;
    values[i] = zero[k] + std::nearbyint((values[i] - zero[k]) * static_cast<double>(scale[k]) / kLeast);
  }
  for (float& s : scale) s = std::max(s, kLeast);
  c.tensor = tensor_from_stored({type.dtype, type.shape}, values);
  c.tensor.type.quant = std::make_shared<const QuantParams>(std::move(quant));
  return c;
}

// A number for each element, 0 where it is zero, and the elements that are not, as they are stored.
struct WithoutZeros {
  std::vector<std::uint8_t> mask;
  std::vector<double> kept;

  explicit WithoutZeros(const Tensor& tensor) {
    for (const double v : stored_values(tensor)) {
      mask.push_back(v != 0 ? 1 : 0);
      if (v != 0) kept.push_back(v);
    }
  }
  std::int64_t count() const { return std::ssize(kept); }
  // Is something left, and do a bit for each element and `bits` more for those take less than `bits` for all?
  bool is_smaller(int bits) const {
    const auto each = static_cast<std::size_t>(bits);
    return !kept.empty() && mask.size() + kept.size() * each < mask.size() * each;
  }
  Stored stored_kept(DType dtype) const { return stored(tensor_from_stored({dtype, Shape{count()}}, kept)); }
};

class Store {
 public:
  Store(ConstantStore& store, const FileConstant& constant, MilType real, std::string_view name)
      : store_(store), constant_(constant), real_(real), name_(name) {}

  Result<Var> run() {
    const TensorType& type = constant_.tensor.type;
    if (type.quant) return quantized();
    if (!is_float(type.dtype)) return plain(constant_.tensor);
    if (constant_.encoding) {
      if (auto encoded = this->encoded(); !encoded || encoded->valid()) return encoded;
    }
    if (type.dtype == DType::kF16 && real_ == MilType::kF32) return widened();
    const Shape& shape = type.shape;
    const bool own_windows = constant_.windows && shape[1] == 1 && shape[2] * shape[3] > 1;
    if (own_windows && type.dtype == DType::kF32 && real_ == MilType::kF16)
      return plain(half_windows(constant_.tensor));
    return plain(as_type(constant_.tensor, *graph_type(real_)));
  }

 private:
  Result<Var> plain(const Tensor& tensor) {
    static constexpr DType kHeld[] = {DType::kF32, DType::kF16, DType::kI32, DType::kBool};
    if (std::ranges::find(kHeld, tensor.type.dtype) == std::end(kHeld)) {
      return fail(ErrorCode::kUnsupported, "constant " + name_, "an ML Program computes with no " + tensor.type.text());
    }
    return store_.block.constant(stored(tensor), name_);
  }

  Result<Var> quantized() {
    const TensorType& type = constant_.tensor.type;
    const bool byte = type.dtype == DType::kI8 || type.dtype == DType::kU8;
    const bool nibble = type.dtype == DType::kI4 || type.dtype == DType::kU4;
    if ((!byte && !nibble) || type.shape.rank() == 0) {
      if (type.shape.rank() > 0) {
        store_.note("constant " + name_ + ", " + std::string(paw::name(type.dtype)) + ", is stored as floats");
      }
      return plain(as_type(constant_.tensor, *graph_type(real_)));
    }
    const FileConstant held = real_ == MilType::kF16 ? with_normal_scales(constant_) : constant_;
    if (auto sparse = sparse_integers(held); !sparse || sparse->valid()) return sparse;
    if (constant_.encoding) store_.note("integer weights are stored whole, without their palettes or with their zeros");
    return byte && constant_.blocks.rank() == 0 ? affine(held) : blockwise(held);
  }

  Result<Var> affine(const FileConstant& held) {
    const TensorType& type = held.tensor.type;
    const QuantParams& quant = *type.quant;
    PAW_RETURN_IF_ERROR(store_.needs(IosVersion::kIos16, "weights of 8-bit integers"));
    const bool vector = quant.axis >= 0;
    const Shape shape = vector ? Shape{static_cast<std::int64_t>(quant.scale.size())} : Shape{};
    const double axis[] = {vector ? static_cast<double>(quant.axis) : 0.0};
    return store_.block.emit_constexpr("constexpr_affine_dequantize",
                                       {{"quantized_data", stored({{type.dtype, type.shape}, held.tensor.data})},
                                        {"zero_point", zero_points(quant.zero_point, shape, type.dtype)},
                                        {"scale", stored_reals(quant.scale, shape, real_)},
                                        {"axis", stored(tensor_from_stored({DType::kI32, {}}, axis))}},
                                       true, real_, type.shape, name_);
  }

  Result<Var> blockwise(FileConstant c) {
    const TensorType& type = c.tensor.type;
    PAW_RETURN_IF_ERROR(store_.needs(IosVersion::kIos18, "weights of 4-bit integers, or with scales per block,"));
    if (c.blocks.rank() == 0) blocks_of_axis(c);
    std::vector<BlockWriter::Parameter> parameters = {{"data", stored({{type.dtype, type.shape}, c.tensor.data})},
                                                      {"scale", stored_reals(c.scale, c.blocks, real_)}};
    if (std::ranges::any_of(c.zero_point, [](std::int32_t z) { return z != 0; })) {
      parameters.push_back({"offset", zero_points(c.zero_point, c.blocks, type.dtype)});
    }
    return store_.block.emit_constexpr("constexpr_blockwise_shift_scale", parameters, false, real_, type.shape, name_);
  }

  // A bit for each weight and the integers that are not 0; an invalid Var: that is not smaller, or not for this iOS.
  Result<Var> sparse_integers(FileConstant c) {
    const TensorType& type = c.tensor.type;
    if (!c.encoding || c.encoding->kind != Encoding::Kind::kSparse || !store_.may_use(IosVersion::kIos18)) return Var{};
    if (c.blocks.rank() == 0) blocks_of_axis(c);
    if (std::ranges::any_of(c.zero_point, [](std::int32_t z) { return z != 0; })) return Var{};
    const WithoutZeros rest(c.tensor);
    if (!rest.is_smaller(bits(type.dtype))) return Var{};
    PAW_RETURN_IF_ERROR(store_.needs(IosVersion::kIos18, "sparse weights of integers"));
    store_.note(
        "sparse weights of integers make the file need iOS 18; for an older --target those of 8 bits are stored whole");
    const BlockWriter::Sparse sparse =
        store_.block.emit_sparse("constexpr_sparse_blockwise_shift_scale",
                                 {{"data_mask", stored_bits(MilType::kU1, type.shape, rest.mask)},
                                  {"nonzero_data", rest.stored_kept(type.dtype)},
                                  {"scale", stored_reals(c.scale, c.blocks, real_)}},
                                 real_, type.shape, rest.count(), name_);
    return to_dense(sparse, type.shape);
  }

  Var to_dense(const BlockWriter::Sparse& sparse, const Shape& shape) {
    return store_.block.emit_constexpr("constexpr_sparse_to_dense",
                                       {{"nonzero_data", {}, sparse.numbers}, {"mask", {}, sparse.mask}}, false, real_,
                                       shape, name_);
  }

  // An invalid Var: not possible for the iOS that the file is for; said in a note.
  Result<Var> encoded() {
    const Encoding& e = *constant_.encoding;
    if (e.kind == Encoding::Kind::kSparse) return sparse();
    const bool grouped = e.group != 0 && constant_.tensor.type.shape[e.axis] > e.group;
    const bool of_16 = !grouped && (e.bits == 1 || e.bits == 2 || e.bits == 4 || e.bits == 6 || e.bits == 8);
    if (e.bits == 5 || e.bits == 7) return skip("of 5 or 7 bits does not exist in Core ML");
    if (grouped && constant_.tensor.type.shape[e.axis] % e.group != 0) return skip("of unequal groups does not exist");
    return palette(grouped, of_16);
  }

  Result<Var> skip(std::string_view why) {
    store_.note("constant " + name_ + " is stored plainly: its palette or sparsity " + std::string(why));
    return Var{};
  }

  Result<Var> sparse() {
    PAW_RETURN_IF_ERROR(store_.needs(IosVersion::kIos16, "sparse weights"));
    const Tensor dense = as_type(constant_.tensor, *graph_type(real_));
    const WithoutZeros rest(dense);
    if (rest.kept.empty()) return skip("leaves nothing");
    const Shape& shape = dense.type.shape;
    std::vector<BlockWriter::Parameter> parameters = {{"nonzero_data", rest.stored_kept(dense.type.dtype)}};
    if (store_.forms_of_18) {
      parameters.push_back({"mask", stored_bits(MilType::kU1, shape, rest.mask)});
    } else {
      Stored bytes = stored_bits(MilType::kU1, shape, rest.mask);
      bytes.type = MilType::kU8;
      bytes.shape = Shape{static_cast<std::int64_t>(bytes.data.size())};
      parameters.push_back({"mask", std::move(bytes)});
      parameters.push_back({"shape", stored_u32(shape.extents())});
    }
    return store_.block.emit_constexpr("constexpr_sparse_to_dense", parameters, !store_.forms_of_18, real_, shape,
                                       name_);
  }

  // Number of the group that element i belongs to.
  std::size_t group_of(std::size_t i) const {
    const Encoding& e = *constant_.encoding;
    if (e.group == 0) return 0;
    const Shape& shape = constant_.tensor.type.shape;
    const auto stride = static_cast<std::size_t>(strides_of(shape)[static_cast<std::size_t>(e.axis)]);
    return i / stride % static_cast<std::size_t>(shape[e.axis]) / static_cast<std::size_t>(e.group);
  }

  Result<Var> palette(bool grouped, bool of_16) {
    const Encoding& e = *constant_.encoding;
    PAW_RETURN_IF_ERROR(of_16 ? store_.needs(IosVersion::kIos16, "palettes")
                              : store_.needs(IosVersion::kIos18, "palettes of 3 bits or in groups"));
    const Tensor dense = as_type(constant_.tensor, *graph_type(real_));
    const auto count = static_cast<std::size_t>(dense.type.shape.elements());
    const std::size_t size = std::size_t{1} << e.bits;
    const std::size_t groups = grouped ? static_cast<std::size_t>(dense.type.shape[e.axis] / e.group) : 1;
    std::vector<std::uint8_t> indices(count);
    std::vector<float> table(groups * size);
    std::vector<std::unordered_map<std::uint32_t, std::uint8_t>> known(groups);
    for (std::size_t i = 0; i < count; ++i) {
      const auto value =
          static_cast<float>(load_element(dense.type.dtype, dense.data.data(), static_cast<std::int64_t>(i)));
      const std::size_t g = grouped ? group_of(i) : 0;
      const auto [at, fresh] =
          known[g].try_emplace(std::bit_cast<std::uint32_t>(value), static_cast<std::uint8_t>(known[g].size()));
      if (fresh && known[g].size() > size) return skip("does not hold");
      indices[i] = at->second;
      if (fresh) table[g * size + at->second] = value;
    }
    return store_.forms_of_18 || !of_16 ? tables_of_18(dense, indices, table, grouped) : table_of_16(indices, table);
  }

  Result<Var> table_of_16(std::span<const std::uint8_t> indices, std::span<const float> table) {
    const Shape& shape = constant_.tensor.type.shape;
    static constexpr MilType kOfBits[] = {MilType::kU1, MilType::kU2, MilType::kU3, MilType::kU4,
                                          MilType::kU4, MilType::kU6, MilType::kU8, MilType::kU8};
    Stored packed = stored_bits(kOfBits[constant_.encoding->bits - 1], shape, indices);
    packed.type = MilType::kU8;
    packed.shape = Shape{static_cast<std::int64_t>(packed.data.size())};
    return store_.block.emit_constexpr(
        "constexpr_lut_to_dense",
        {{"indices", std::move(packed)},
         {"lut", stored_reals(table, Shape{static_cast<std::int64_t>(table.size())}, real_)},
         {"shape", stored_u32(shape.extents())}},
        true, real_, shape, name_);
  }

  Result<Var> tables_of_18(const Tensor& dense, std::span<const std::uint8_t> indices, std::span<const float> table,
                           bool grouped) {
    const Shape& shape = constant_.tensor.type.shape;
    const Encoding& e = *constant_.encoding;
    if (shape.rank() + 2 > kMaxRank) return skip("has too many axes");
    static constexpr MilType kOfBits[] = {MilType::kU1, MilType::kU2, MilType::kU3, MilType::kU4,
                                          MilType::kU8, MilType::kU6, MilType::kU8, MilType::kU8};
    std::vector<std::int64_t> extents(static_cast<std::size_t>(shape.rank()), 1);
    if (grouped) extents[static_cast<std::size_t>(e.axis)] = shape[e.axis] / e.group;
    extents.push_back(std::int64_t{1} << e.bits);
    extents.push_back(1);
    const MilType index = kOfBits[e.bits - 1];
    const Stored lut = stored_reals(table, Shape(extents), real_);
    // Of pruned weights.
    if (const WithoutZeros rest(dense); rest.is_smaller(e.bits)) {
      std::vector<std::uint8_t> kept;
      for (std::size_t i = 0; i < indices.size(); ++i) {
        if (rest.mask[i] != 0) kept.push_back(indices[i]);
      }
      return to_dense(store_.block.emit_sparse("constexpr_lut_to_sparse",
                                               {{"indices_mask", stored_bits(MilType::kU1, shape, rest.mask)},
                                                {"indices_nonzero_data", stored_bits(index, Shape{rest.count()}, kept)},
                                                {"lut", lut}},
                                               real_, shape, rest.count(), name_),
                      shape);
    }
    return store_.block.emit_constexpr("constexpr_lut_to_dense",
                                       {{"indices", stored_bits(index, shape, indices)}, {"lut", lut}}, false, real_,
                                       shape, name_);
  }

  Result<Var> widened() {
    if (!store_.may_use(IosVersion::kIos16)) {
      store_.note("constant " + name_ + " is stored as float32: float16 beside float32 ops needs iOS 16");
      return plain(as_type(constant_.tensor, DType::kF32));
    }
    PAW_RETURN_IF_ERROR(store_.needs(IosVersion::kIos16, "float16 weights of float32 ops"));
    return store_.block.emit_constexpr(
        "constexpr_cast", {{"source_val", stored(constant_.tensor)}, {"output_dtype", stored_text("fp32")}},
        !store_.forms_of_18, MilType::kF32, constant_.tensor.type.shape, name_);
  }

  ConstantStore& store_;
  const FileConstant& constant_;
  MilType real_;
  std::string name_;
};

}  // namespace

std::vector<double> reals(const FileConstant& c) {
  if (c.blocks.rank() == 0) return real_values(c.tensor);
  const BlockIndex block(c.tensor.type.shape, c.blocks);
  std::vector<double> values = stored_values(c.tensor);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t k = block(static_cast<std::int64_t>(i));
    values[i] = c.scale[k] * (values[i] - c.zero_point[k]);
  }
  return values;
}

FileConstant file_constant(const Tensor& tensor, const std::optional<Encoding>& encoding, std::span<const int> axes) {
  FileConstant out;
  const bool blockwise = tensor.type.quant && tensor.type.quant->block > 0;
  if (blockwise) {
    const QuantParams quant = *tensor.type.quant;
    out.tensor = permuted({{tensor.type.dtype, tensor.type.shape}, tensor.data}, axes);
    out.tensor.type.quant = tensor.type.quant;  // says only that it is quantised; see `blocks`
    spread_blocks(quant, tensor.type.shape, axes, out);
    merge_equal_blocks(out);
  } else {
    out.tensor = permuted(tensor, axes);
  }
  out.encoding = encoding;
  if (encoding) {
    for (std::size_t i = 0; i < axes.size(); ++i) {
      if (axes[i] == encoding->axis) out.encoding->axis = static_cast<std::int32_t>(i);
    }
  }
  return out;
}

Result<Var> store_constant(ConstantStore& store, const FileConstant& constant, MilType real, std::string_view name) {
  return Store(store, constant, real, name).run();
}

}  // namespace paw::coreml
