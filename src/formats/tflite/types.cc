#include "formats/tflite/types.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "schema_generated.h"

namespace paw::tflite {

namespace {

using FileType = schema::TensorType;

constexpr std::array kTypes = std::to_array<std::pair<FileType, DType>>({
    {FileType::FLOAT32, DType::kF32},
    {FileType::FLOAT16, DType::kF16},
    {FileType::BFLOAT16, DType::kBF16},
    {FileType::FLOAT64, DType::kF64},
    {FileType::INT4, DType::kI4},
    {FileType::UINT4, DType::kU4},
    {FileType::INT8, DType::kI8},
    {FileType::UINT8, DType::kU8},
    {FileType::INT16, DType::kI16},
    {FileType::UINT16, DType::kU16},
    {FileType::INT32, DType::kI32},
    {FileType::UINT32, DType::kU32},
    {FileType::INT64, DType::kI64},
    {FileType::UINT64, DType::kU64},
    {FileType::BOOL, DType::kBool},
});

const schema::Tensor& table_of(const File& file, std::int32_t index) {
  return *(*(*file.model->subgraphs())[0]->tensors())[static_cast<flatbuffers::uoffset_t>(index)];
}

std::string list(const std::vector<std::int32_t>& extents) { return fmt::format("[{}]", fmt::join(extents, ",")); }

Result<Shape> shape_of(const File& file, std::int32_t index) {
  const std::vector<std::int32_t>& extents = file.tensors[static_cast<std::size_t>(index)].shape;
  const std::vector<std::int64_t> wide(
      extents.begin(), extents.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(extents.size(), 100)));
  if (const std::optional<Shape> shape = Shape::checked(wide)) return *shape;
  if (extents.size() > kMaxRank) {
    return file.error(file.label(index), fmt::format("has {} axes, and {} is the most", extents.size(), kMaxRank));
  }
  return file.error(file.label(index), fmt::format("has the shape {}, which is not supported", list(extents)),
                    "extents must be positive and known, and the tensor at most 2^40 elements");
}

Status check_details(const File& file, std::int32_t index, const schema::QuantizationParameters& table) {
  switch (table.details_type()) {
    case schema::QuantizationDetails::NONE: return {};
    case schema::QuantizationDetails::BlockwiseQuantization:
      return file.error(file.label(index), "is quantised block by block, which is not read",
                        "quantise the model per channel");
    default: return file.error(file.label(index), "is quantised in a way of its own, which is not read");
  }
}

Result<std::shared_ptr<const QuantParams>> quant_of(const File& file, std::int32_t index, DType dtype) {
  const schema::QuantizationParameters* table = table_of(file, index).quantization();
  if (table == nullptr || !is_integer(dtype)) return nullptr;
  PAW_RETURN_IF_ERROR(check_details(file, index, *table));
  if (table->scale() == nullptr || table->scale()->size() == 0) return nullptr;
  // Plain numbers that some converters mark so.
  if (bits(dtype) == 32 && table->scale()->size() == 1 && (*table->scale())[0] == 0) return nullptr;
  const std::size_t zero_points = table->zero_point() == nullptr ? 0 : table->zero_point()->size();
  if (zero_points != table->scale()->size()) {
    return file.error(file.label(index),
                      fmt::format("has {} scales and {} zero points", table->scale()->size(), zero_points));
  }
  QuantParams quant;
  quant.scale.assign(table->scale()->begin(), table->scale()->end());
  for (const std::int64_t zero_point : *table->zero_point()) {
    if (!std::in_range<std::int32_t>(zero_point)) {
      return file.error(file.label(index), fmt::format("has the zero point {}", zero_point));
    }
    quant.zero_point.push_back(static_cast<std::int32_t>(zero_point));
  }
  if (quant.scale.size() > 1) quant.axis = table->quantized_dimension();
  return std::make_shared<const QuantParams>(std::move(quant));
}

}  // namespace

std::optional<DType> dtype_of(std::int32_t tensor_type) {
  for (const auto& [stored, dtype] : kTypes) {
    if (static_cast<std::int32_t>(stored) == tensor_type) return dtype;
  }
  return std::nullopt;
}

std::optional<std::int32_t> tensor_type_of(DType wanted) {
  for (const auto& [stored, dtype] : kTypes) {
    if (dtype == wanted) return static_cast<std::int32_t>(stored);
  }
  return std::nullopt;
}

Result<StatedType> stated_type(const File& file, std::int32_t index) {
  const FileTensor& tensor = file.tensors[static_cast<std::size_t>(index)];
  if (tensor.variable) {
    return file.error(file.label(index), "is a variable: models that remember earlier inputs are not read");
  }
  const std::optional<DType> dtype = dtype_of(tensor.dtype);
  if (!dtype) {
    const std::string name = schema::EnumNameTensorType(static_cast<FileType>(tensor.dtype));
    return file.error(file.label(index), fmt::format("is of type {}, which is not read",
                                                     name.empty() ? std::to_string(tensor.dtype) : name));
  }
  StatedType type{.dtype = *dtype, .quant = nullptr};
  PAW_ASSIGN_OR_RETURN(type.quant, quant_of(file, index, *dtype));
  return type;
}

Result<TensorType> type_of(const File& file, std::int32_t index, const Shape& shape) {
  PAW_ASSIGN_OR_RETURN(StatedType stated, stated_type(file, index));
  TensorType type{stated.dtype, shape, std::move(stated.quant)};
  if (bits(type.dtype) > 32) type.quant = nullptr;  // see OpReader::bias
  if (!type.quant) return type;
  if (std::string problem = check_quant(type); !problem.empty()) {
    return file.error(file.label(index), fmt::format("has quantisation that does not fit: {}", problem));
  }
  return type;
}

Result<TensorType> type_of(const File& file, std::int32_t index) {
  PAW_ASSIGN_OR_RETURN(const Shape shape, shape_of(file, index));
  return type_of(file, index, shape);
}

}  // namespace paw::tflite
