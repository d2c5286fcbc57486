#include "formats/coreml/program/file_values.h"

#include "coreml/mil.pb.h"
#include "formats/coreml/bit_pack.h"
#include "formats/coreml/lists.h"
#include "formats/coreml/refuse.h"
#include "host/text.h"

namespace paw::coreml {

namespace {

constexpr std::size_t kMaxImmediate = 65'536;  // elements stated in the program itself
constexpr std::size_t kMaxLabels = 1'000'000;
// Elements of 4 bytes of all unpacked numbers together; unpacking takes three times that for the largest.
constexpr std::uint64_t kBudget = std::uint64_t{128} << 20;

template <class T, class V>
Bytes bytes_of(const V& values) {
  std::vector<T> numbers;
  for (const auto value : values) numbers.push_back(static_cast<T>(value));
  return Bytes::copy_of(std::as_bytes(std::span(numbers)));
}

// The bytes of an immediate, as its element type stores them; empty: another kind of list, or too many.
std::optional<Bytes> immediate_bytes(const schema::TensorValue& value, MilType type) {
  switch (type) {
    case MilType::kF32:
      if (!value.has_floats()) return std::nullopt;
      return bytes_of<float>(value.floats().values());
    case MilType::kF64:
      if (!value.has_doubles()) return std::nullopt;
      return bytes_of<double>(value.doubles().values());
    case MilType::kBool:
      if (!value.has_bools()) return std::nullopt;
      return bytes_of<std::uint8_t>(value.bools().values());
    case MilType::kI16:
    case MilType::kU16:
    case MilType::kI32: {
      if (!value.has_ints()) return std::nullopt;
      const auto numbers = unpack_integers(value.ints().values(), kMaxImmediate);
      if (!numbers) return std::nullopt;
      return type == MilType::kI32 ? bytes_of<std::int32_t>(*numbers) : bytes_of<std::int16_t>(*numbers);
    }
    case MilType::kI64: {
      if (!value.has_longs()) return std::nullopt;
      const auto numbers = unpack_integers(value.longs().values(), kMaxImmediate);
      return numbers ? std::optional(bytes_of<std::int64_t>(*numbers)) : std::nullopt;
    }
    default: {
      if (!value.has_raw()) return std::nullopt;
      return Bytes::copy_of(std::as_bytes(std::span(value.raw().values())));
    }
  }
}

}  // namespace

std::string FileType::text() const { return std::string(name(type)) + shape.text(); }

Result<FileType> read_type(const schema::ValueType& message, std::string_view where) {
  if (!message.has_tensor()) return refuse(where, "is no tensor");
  const schema::TensorType& tensor = message.tensor();
  const auto type = mil_type_of_code(tensor.data_type());
  if (!type)
    return refuse(where, "has element type " + std::to_string(tensor.data_type()) + ", which is not supported");
  std::vector<std::int64_t> extents;
  if (tensor.dimensions_size() > kMaxRank || tensor.rank() != tensor.dimensions_size()) {
    return refuse(where, "has " + std::to_string(tensor.rank()) + " axes; at most " + std::to_string(kMaxRank) +
                             " are supported");
  }
  for (const schema::Dimension& dimension : tensor.dimensions()) {
    if (!dimension.has_constant()) return refuse(where, "has a flexible shape, which is not supported");
    const std::uint64_t size = dimension.constant().size();
    extents.push_back(size > INT64_MAX ? -1 : static_cast<std::int64_t>(size));
  }
  const auto shape = Shape::checked(extents);
  if (!shape) return refuse(where, "has an extent of 0 or is too large");
  return FileType{*type, *shape};
}

std::vector<double> FileValue::reals() const { return is_text() ? std::vector<double>() : coreml::reals(numbers); }

std::vector<std::int64_t> FileValue::integers() const {
  std::vector<std::int64_t> out;
  for (const double value : reals()) out.push_back(std::abs(value) < 9e18 ? static_cast<std::int64_t>(value) : 0);
  return out;
}

Status FileValueReader::spend(std::uint64_t bytes, std::string_view where) {
  spent_ += bytes;
  if (spent_ > kBudget) return refuse(where, "more than 32 million packed numbers are not supported");
  return {};
}

// Numbers of less than 8 bits become bytes, but for pairs of 4 bits, which the graph holds so too.
Result<Tensor> FileValueReader::packed_numbers(const FileType& type, const Bytes& data, std::string_view where) {
  const auto count = static_cast<std::size_t>(type.shape.elements());
  if (data.size() != packed_bytes(count, bits(type.type))) {
    return refuse(where, "holds " + std::to_string(data.size()) + " bytes for " + type.text());
  }
  const DType dtype = *graph_type(type.type);
  if (paw::bits(dtype) == bits(type.type)) return Tensor{{dtype, type.shape}, data};
  PAW_RETURN_IF_ERROR(spend(count, where));
  const auto numbers = unpack_bits(data.span(), count, bits(type.type), BitOrder::kLeastFirst);
  return Tensor::of<std::uint8_t>({dtype, type.shape}, numbers);
}

namespace {

Result<FileValue> read_texts(const schema::Value& message, FileValue value, std::string_view where) {
  const auto& values = message.immediate().tensor().strings().values();
  if (values.size() != value.type.shape.elements()) return refuse(where, "has another number of texts than it says");
  value.texts.assign(values.begin(), values.end());
  return value;
}

// Labels: a list of texts, or of integers, which become texts.
Result<FileValue> read_list(const schema::Value& message, std::string_view where) {
  FileValue value;
  value.list = true;
  value.type.type = MilType::kString;
  const auto& items = message.immediate().list().values();
  if (static_cast<std::size_t>(items.size()) > kMaxLabels) return refuse(where, "lists too many values");
  for (const schema::Value& item : items) {
    const schema::TensorValue& tensor = item.immediate().tensor();
    if (tensor.has_strings() && tensor.strings().values_size() == 1) {
      value.texts.push_back(tensor.strings().values(0));
      continue;
    }
    const auto number = unpack_integers(tensor.has_longs() ? tensor.longs().values() : tensor.ints().values(), 1);
    if (!number || number->size() != 1) return refuse(where, "lists something else than texts and integers");
    value.integer_list = true;
    value.texts.push_back(std::to_string((*number)[0]));
  }
  return value;
}

}  // namespace

Result<FileValue> FileValueReader::read(const schema::Value& message, std::string_view where) {
  if (message.type().has_list() && message.immediate().has_list()) return read_list(message, where);
  FileValue value;
  PAW_ASSIGN_OR_RETURN(value.type, read_type(message.type(), where));
  if (value.is_text()) return read_texts(message, std::move(value), where);
  const auto count = static_cast<std::size_t>(value.type.shape.elements());
  Bytes data;
  if (message.has_blob()) {
    PAW_ASSIGN_OR_RETURN(WeightFile * file, open_(message.blob().file()));
    PAW_ASSIGN_OR_RETURN(data, file->blob(message.blob().offset(), value.type.type, count));
    value.blob = true;
  } else {
    if (count > kMaxImmediate) return refuse(where, "states " + value.type.text() + " without weight.bin");
    auto immediate = immediate_bytes(message.immediate().tensor(), value.type.type);
    if (!immediate) return refuse(where, "does not hold the numbers of its type " + value.type.text());
    data = std::move(*immediate);
  }
  PAW_ASSIGN_OR_RETURN(value.numbers.tensor, packed_numbers(value.type, data, where));
  // Bits that the graph's types forbid.
  if (value.type.type == MilType::kBool || paw::bits(value.numbers.tensor.type.dtype) == 4) {
    value.numbers.tensor = tensor_from_stored(value.numbers.tensor.type, stored_values(value.numbers.tensor));
  }
  return value;
}

}  // namespace paw::coreml
