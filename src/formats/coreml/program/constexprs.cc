// What the constexpr ops of ML Programs make of packed numbers: dense tensors that remember how they were packed.
#include <algorithm>
#include <bit>
#include <cmath>

#include "coreml/mil.pb.h"
#include "formats/coreml/bit_pack.h"
#include "formats/coreml/layout.h"
#include "formats/coreml/program/file_values.h"
#include "formats/coreml/refuse.h"
#include "host/text.h"

namespace paw::coreml {

namespace {

// The parameters of one constexpr op, attributes and inputs alike.
class Parameters {
 public:
  Parameters(std::map<std::string, FileValue> values, std::string_view where)
      : values_(std::move(values)), where_(where) {}

  const FileValue* find(const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? nullptr : &found->second;
  }
  Result<const FileValue*> numbers(const std::string& name) const {
    const FileValue* value = find(name);
    if (value == nullptr || value->is_text()) return error("its " + name + " is missing");
    return value;
  }
  std::unexpected<Error> error(std::string_view message) const {
    return fail(ErrorCode::kUnsupported, where_, message);
  }

 private:
  std::map<std::string, FileValue> values_;
  std::string_view where_;
};

FileValue made(FileType type, Tensor tensor, std::optional<Encoding> encoding = {}) {
  FileValue value{.type = type};
  value.numbers.tensor = std::move(tensor);
  value.numbers.encoding = encoding;
  value.blob = true;
  return value;
}

Result<Shape> stated_shape(const Parameters& p) {
  PAW_ASSIGN_OR_RETURN(const FileValue* value, p.numbers("shape"));
  const auto shape =
      Shape::checked(value->type.shape.elements() <= kMaxRank ? value->integers() : std::vector<std::int64_t>(9, 0));
  if (!shape) return p.error("its shape is not supported");
  return *shape;
}

bool divides(const Shape& blocks, const Shape& shape) {
  if (blocks.rank() != shape.rank()) return false;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] % blocks[axis] != 0) return false;
  }
  return true;
}

// Blocks of scale 0 (what float16 makes of that of a nearly dead channel) are zeros at any other scale.
Tensor without_dead_scales(const Tensor& q, const BlockIndex& block, std::vector<double>& scale,
                           const std::vector<double>& offset) {
  if (std::ranges::find(scale, 0.0) == scale.end()) return q;
  std::vector<double> values = stored_values(q);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t k = block(static_cast<std::int64_t>(i));
    if (scale[k] == 0) values[i] = offset[k];
  }
  std::ranges::replace(scale, 0.0, 1.0);
  return tensor_from_stored(q.type, values);
}

// scale * (data - offset), the scales in blocks. As integers with scales where those are as the graph has them, else
// as floats.
FileValue scaled(const FileValue& data, const Shape& blocks, std::vector<double> scale, std::vector<double> offset,
                 MilType result) {
  if (offset.empty()) offset.assign(scale.size(), 0.0);
  Tensor q = data.numbers.tensor;
  const bool integers = is_integer(q.type.dtype);
  const auto holds = [&](double s, double z) {
    return std::isfinite(s) && s >= 0 && z == std::floor(z) && z >= lowest(q.type.dtype) && z <= highest(q.type.dtype);
  };
  bool exact = integers;
  for (std::size_t i = 0; exact && i < scale.size(); ++i) exact = holds(scale[i], offset[i]);
  const FileType type{result, q.type.shape};
  if (!exact) {
    const BlockIndex block(q.type.shape, blocks);
    std::vector<double> values = stored_values(q);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::size_t k = block(static_cast<std::int64_t>(i));
      values[i] = scale[k] * (values[i] - offset[k]);
    }
    return made(type, tensor_from_stored({*graph_type(result), q.type.shape}, values), data.numbers.encoding);
  }
  q = without_dead_scales(q, BlockIndex(q.type.shape, blocks), scale, offset);
  FileValue value = made(type, q, data.numbers.encoding);
  value.numbers.tensor.type.quant = per_tensor(1, 0);  // says only that it is quantised; see FileConstant::blocks
  value.numbers.blocks = blocks;
  value.numbers.scale.assign(scale.begin(), scale.end());
  value.numbers.zero_point.assign(offset.begin(), offset.end());
  if (blocks.elements() == 1) {
    value.numbers.tensor.type.quant = per_tensor(value.numbers.scale[0], value.numbers.zero_point[0]);
    value.numbers.blocks = Shape{};
  }
  return value;
}

Result<FileValue> affine_dequantize(const Parameters& p) {
  PAW_ASSIGN_OR_RETURN(const FileValue* data, p.numbers("quantized_data"));
  PAW_ASSIGN_OR_RETURN(const FileValue* scale, p.numbers("scale"));
  PAW_ASSIGN_OR_RETURN(const FileValue* zero, p.numbers("zero_point"));
  PAW_ASSIGN_OR_RETURN(const FileValue* at, p.numbers("axis"));
  const Shape& shape = data->type.shape;
  const std::vector<std::int64_t> axes = at->integers();
  if (axes.size() != 1 || shape.rank() == 0) return p.error("its axis is not one number");
  const std::int64_t axis = axes[0] < 0 ? axes[0] + shape.rank() : axes[0];
  if (axis < 0 || axis >= shape.rank()) return p.error("its axis lies outside " + shape.text());
  std::vector<double> scales = scale->reals(), zeros = zero->reals();
  const auto extent = static_cast<std::size_t>(shape[static_cast<int>(axis)]);
  const std::size_t most = std::max(scales.size(), zeros.size());
  if ((scales.size() != 1 && scales.size() != extent) || (zeros.size() != 1 && zeros.size() != extent)) {
    return p.error("it has " + std::to_string(scales.size()) + " scales and " + std::to_string(zeros.size()) +
                   " zero points for " + shape.text());
  }
  scales.resize(most, scales[0]);
  zeros.resize(most, zeros[0]);
  Shape blocks = shape;
  for (int i = 0; i < shape.rank(); ++i) blocks[i] = i == axis ? static_cast<std::int64_t>(most) : 1;
  return scaled(*data, blocks, scales, zeros, scale->type.type);
}

Result<FileValue> blockwise(const Parameters& p, const FileValue& data) {
  PAW_ASSIGN_OR_RETURN(const FileValue* scale, p.numbers("scale"));
  const FileValue* offset = p.find("offset");
  if (!divides(scale->type.shape, data.type.shape)) {
    return p.error("scales of " + scale->type.text() + " do not go with " + data.type.text());
  }
  if (offset != nullptr && offset->type.shape != scale->type.shape)
    return p.error("offsets and scales differ in shape");
  return scaled(data, scale->type.shape, scale->reals(), offset ? offset->reals() : std::vector<double>(),
                scale->type.type);
}

Encoding palette_encoding(int bits, const Shape& shape, const Shape& groups) {
  Encoding e{.kind = Encoding::Kind::kPalette, .bits = bits, .axis = 0, .group = 0};
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (groups[axis] == 1) continue;
    if (e.group != 0)
      return {.kind = Encoding::Kind::kPalette, .bits = 0};  // along several axes: the graph has no word for it
    e.axis = axis;
    e.group = static_cast<std::int32_t>(shape[axis] / groups[axis]);
  }
  return e;
}

std::optional<Encoding> worth(const Encoding& e) { return e.bits == 0 ? std::nullopt : std::optional(e); }

// iOS 16: one table, indices packed into bytes.
Result<FileValue> lut_of_16(const Parameters& p) {
  PAW_ASSIGN_OR_RETURN(const FileValue* lut, p.numbers("lut"));
  PAW_ASSIGN_OR_RETURN(const FileValue* indices, p.numbers("indices"));
  PAW_ASSIGN_OR_RETURN(const Shape shape, stated_shape(p));
  const std::vector<double> table = lut->reals();
  const int bits = static_cast<int>(std::bit_width(table.size())) - 1;
  if (!std::has_single_bit(table.size()) || bits < 1 || bits > 8) {
    return p.error("a table of " + std::to_string(table.size()) + " entries is not supported");
  }
  const auto count = static_cast<std::size_t>(shape.elements());
  const Bytes& packed = indices->numbers.tensor.data;
  if (indices->type.type != MilType::kU8 || packed.size() != packed_bytes(count, bits)) {
    return p.error("its indices do not go with shape " + shape.text() + " and " + std::to_string(bits) + " bits");
  }
  const auto numbers = unpack_bits(packed.span(), count, bits, BitOrder::kLeastFirst);
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = table[numbers[i]];
  const DType dtype = *graph_type(lut->type.type);
  return made({lut->type.type, shape}, tensor_from_stored({dtype, shape}, values),
              Encoding{.kind = Encoding::Kind::kPalette, .bits = bits});
}

// iOS 18: a table per group, entries that may be vectors along an axis.
Result<FileValue> lut_of_18(const Parameters& p, const FileValue& indices) {
  PAW_ASSIGN_OR_RETURN(const FileValue* lut, p.numbers("lut"));
  const Shape& in = indices.type.shape;
  const Shape& tables = lut->type.shape;
  if (tables.rank() != in.rank() + 2 || in.rank() == 0) return p.error("its table has the wrong number of axes");
  const Shape groups(tables.extents().first(static_cast<std::size_t>(in.rank())));
  const std::int64_t entries = tables[in.rank()], vector = tables.back();
  const int bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(entries))) - 1;
  if (!divides(groups, in) || !std::has_single_bit(static_cast<std::uint64_t>(entries)) || bits < 1 || bits > 8) {
    return p.error("a table of " + lut->type.text() + " does not go with indices of " + indices.type.text());
  }
  std::int64_t axis = 0;
  if (const FileValue* stated = p.find("vector_axis"); stated != nullptr && !stated->integers().empty())
    axis = stated->integers()[0];
  if (axis < 0) axis += in.rank();
  if (axis < 0 || axis >= in.rank()) return p.error("its vector axis is outside " + in.text());
  std::vector<std::int64_t> extents(in.extents().begin(), in.extents().end());
  extents[static_cast<std::size_t>(axis)] *= vector;
  const auto shape = Shape::checked(extents);
  if (!shape || shape->elements() > (std::int64_t{1} << 28)) return p.error("its result would be too large");
  const BlockIndex group(in, groups);
  const std::vector<double> table = lut->reals(), numbers = stored_values(indices.numbers.tensor);
  std::vector<double> values(static_cast<std::size_t>(shape->elements()));
  const auto stride = strides_of(in)[static_cast<std::size_t>(axis)];
  for (std::int64_t i = 0; i < in.elements(); ++i) {
    const auto index = static_cast<std::int64_t>(numbers[static_cast<std::size_t>(i)]);
    if (index >= entries) return p.error("an index lies outside its table");
    const std::size_t entry = (group(i) * static_cast<std::size_t>(entries) + static_cast<std::size_t>(index)) *
                              static_cast<std::size_t>(vector);
    const std::int64_t outer = i / stride, inner = i % stride;
    for (std::int64_t v = 0; v < vector; ++v) {
      values[static_cast<std::size_t>((outer * vector + v) * stride + inner)] =
          table[entry + static_cast<std::size_t>(v)];
    }
  }
  const DType dtype = *graph_type(lut->type.type);
  const auto encoding = vector == 1 ? worth(palette_encoding(bits, in, groups)) : std::nullopt;
  return made({lut->type.type, *shape}, tensor_from_stored({dtype, *shape}, values), encoding);
}

// Puts the numbers where the mask has ones; `rest` elsewhere.
Result<Tensor> spread(const Parameters& p, const Tensor& values, std::span<const std::uint8_t> mask,
                      const Shape& shape) {
  const auto set = static_cast<std::int64_t>(std::ranges::count_if(mask, [](std::uint8_t m) { return m != 0; }));
  if (set != values.type.shape.elements()) {
    return p.error("its mask has " + std::to_string(set) + " ones for " + std::to_string(values.type.shape.elements()) +
                   " numbers");
  }
  const std::vector<double> kept = stored_values(values);
  std::vector<double> dense(mask.size());
  for (std::size_t i = 0, k = 0; i < mask.size(); ++i) {
    if (mask[i] != 0) dense[i] = kept[k++];
  }
  return tensor_from_stored({values.type.dtype, shape}, dense);
}

std::vector<std::uint8_t> mask_of(const FileValue& mask) {
  const auto bytes = mask.numbers.tensor.as<std::uint8_t>();
  return {bytes.begin(), bytes.begin() + mask.type.shape.elements()};
}

constexpr Encoding kSparse{.kind = Encoding::Kind::kSparse};

Result<FileValue> sparse_to_dense(const Parameters& p) {
  PAW_ASSIGN_OR_RETURN(const FileValue* values, p.numbers("nonzero_data"));
  PAW_ASSIGN_OR_RETURN(const FileValue* mask, p.numbers("mask"));
  Shape shape = mask->type.shape;
  std::vector<std::uint8_t> bits;
  if (p.find("shape") != nullptr) {
    PAW_ASSIGN_OR_RETURN(shape, stated_shape(p));
    const auto count = static_cast<std::size_t>(shape.elements());
    const Bytes& packed = mask->numbers.tensor.data;
    if (mask->type.type != MilType::kU8 || packed.size() != packed_bytes(count, 1)) {
      return p.error("its mask does not go with shape " + shape.text());
    }
    bits = unpack_bits(packed.span(), packed.size() * 8, 1, BitOrder::kLeastFirst);
    if (std::any_of(bits.begin() + static_cast<std::ptrdiff_t>(count), bits.end(),
                    [](std::uint8_t b) { return b != 0; })) {
      return p.error("the unused bits of its mask are not 0");
    }
    bits.resize(count);
  } else {
    if (mask->type.type != MilType::kU1) return p.error("its mask is not of single bits");
    bits = mask_of(*mask);
  }
  if (values->dense && values->dense->type.shape == shape) {
    FileValue dense = *values->dense;
    dense.numbers.encoding = kSparse;
    return dense;
  }
  PAW_ASSIGN_OR_RETURN(Tensor dense, spread(p, values->numbers.tensor, bits, shape));
  return made({values->type.type, shape}, std::move(dense), kSparse);
}

// Sparse numbers that are packed once more. Gives mask and numbers, as a sparse_to_dense behind it wants them.
Result<std::vector<FileValue>> sparse_pair(const Parameters& p, bool table) {
  PAW_ASSIGN_OR_RETURN(const FileValue* mask, p.numbers(table ? "indices_mask" : "data_mask"));
  PAW_ASSIGN_OR_RETURN(const FileValue* values, p.numbers(table ? "indices_nonzero_data" : "nonzero_data"));
  if (mask->type.type != MilType::kU1) return p.error("its mask is not of single bits");
  PAW_ASSIGN_OR_RETURN(Tensor dense, spread(p, values->numbers.tensor, mask_of(*mask), mask->type.shape));
  const FileValue all = made({values->type.type, mask->type.shape}, std::move(dense));
  PAW_ASSIGN_OR_RETURN(const FileValue result, table ? lut_of_18(p, all) : blockwise(p, all));
  if (!(result.type.shape == mask->type.shape)) return p.error("sparse tables of vectors are not supported");
  const std::vector<double> numbers = result.reals();
  std::vector<double> kept;
  const auto bits = mask_of(*mask);
  for (std::size_t i = 0; i < bits.size(); ++i) {
    if (bits[i] != 0) kept.push_back(numbers[i]);
  }
  const Shape flat{static_cast<std::int64_t>(kept.size())};
  const FileType type{result.type.type, flat};
  FileValue sparse = made(type, tensor_from_stored({*graph_type(type.type), flat}, kept));
  // Symmetric integers, whose 0 stands for 0, stay integers.
  const bool integers = result.numbers.tensor.type.quant != nullptr;
  const auto is_zero = [](std::int32_t z) { return z == 0; };
  if (integers && std::ranges::all_of(result.numbers.zero_point, is_zero)) {
    sparse.dense = std::make_shared<const FileValue>(result);
  }
  return std::vector<FileValue>{*mask, std::move(sparse)};
}

Result<FileValue> widened(const Parameters& p) {
  PAW_ASSIGN_OR_RETURN(const FileValue* source, p.numbers("source_val"));
  const FileValue* to = p.find("output_dtype");
  if (source->type.type != MilType::kF16 || to == nullptr || to->texts != std::vector<std::string>{"fp32"}) {
    return p.error("casts of constants other than fp16 to fp32 are not supported");
  }
  FileValue value = *source;
  value.type.type = MilType::kF32;  // the numbers stay as they are stored
  return value;
}

}  // namespace

Result<std::vector<FileValue>> FileValueReader::constexpr_op(const schema::Operation& op, const Lookup& lookup,
                                                             std::string_view where) {
  std::map<std::string, FileValue> values;
  for (const auto& [name, value] : op.attributes()) {
    if (name == "name") continue;
    PAW_ASSIGN_OR_RETURN(values[name], read(value, where));
  }
  for (const auto& [name, argument] : op.inputs()) {
    if (argument.bindings_size() != 1) return refuse(where, "its input " + printable(name) + " is no constant");
    const schema::Argument::Binding& binding = argument.bindings(0);
    if (binding.has_value()) {
      PAW_ASSIGN_OR_RETURN(values[name], read(binding.value(), where));
    } else if (const FileValue* known = lookup(binding.name())) {
      values[name] = *known;
    } else {
      return refuse(where, "its input " + printable(name) + " is no constant");
    }
  }
  // What the results will take, from the types that the op states.
  for (const schema::NamedType& result : op.outputs()) {
    PAW_ASSIGN_OR_RETURN(const FileType type, read_type(result.type(), where));
    if (type.shape.elements() > (std::int64_t{1} << 28)) return refuse(where, "its result would be too large");
    PAW_RETURN_IF_ERROR(spend(static_cast<std::uint64_t>(type.shape.elements()) * 4, where));
  }
  const Parameters p(std::move(values), where);
  const std::string& type = op.type();
  if (type == "constexpr_lut_to_sparse" || type == "constexpr_sparse_blockwise_shift_scale") {
    return sparse_pair(p, type == "constexpr_lut_to_sparse");
  }
  Result<FileValue> value = p.error("constant op " + printable(type) + " is not supported");
  if (type == "constexpr_affine_dequantize") value = affine_dequantize(p);
  if (type == "constexpr_sparse_to_dense") value = sparse_to_dense(p);
  if (type == "constexpr_cast") value = widened(p);
  if (type == "constexpr_blockwise_shift_scale" || (type == "constexpr_lut_to_dense" && p.find("shape") == nullptr)) {
    const bool table = type == "constexpr_lut_to_dense";
    PAW_ASSIGN_OR_RETURN(const FileValue* data, p.numbers(table ? "indices" : "data"));
    value = table ? lut_of_18(p, *data) : blockwise(p, *data);
  } else if (type == "constexpr_lut_to_dense") {
    value = lut_of_16(p);
  }
  if (!value) return std::unexpected(std::move(value).error());
  return std::vector{std::move(*value)};
}

}  // namespace paw::coreml
