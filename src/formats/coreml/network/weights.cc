#include "formats/coreml/network/weights.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <unordered_map>

#include "coreml/network.pb.h"
#include "formats/coreml/bit_pack.h"
#include "formats/coreml/lists.h"

namespace paw::coreml {

namespace {

std::string raw_bytes(const Bytes& data) { return {reinterpret_cast<const char*>(data.data()), data.size()}; }

Bytes bytes_of(const std::string& raw) { return Bytes::copy_of(std::as_bytes(std::span(raw))); }

void write_floats(const Tensor& tensor, schema::Weights& message) {
  if (tensor.type.dtype == DType::kF32 && !tensor.type.quant) {
    message.set_floats(raw_bytes(tensor.data));
    return;
  }
  const Tensor floats = tensor_from_real({DType::kF32, tensor.type.shape}, real_values(tensor));
  message.set_floats(raw_bytes(floats.data));
}

// W = q * scale + bias with q from 0 up. False: not of a form that exists.
bool write_linear(const Tensor& tensor, schema::Weights& message) {
  const QuantParams& quant = *tensor.type.quant;
  const DType dtype = tensor.type.dtype;
  const int width = bits(dtype);
  if (width > 8 || quant.block > 0 || quant.axis > 0) return false;
  const double lowest_number = lowest(dtype);
  std::vector<std::uint8_t> numbers;
  for (const double v : stored_values(tensor)) numbers.push_back(static_cast<std::uint8_t>(v - lowest_number));
  std::vector<float> bias;
  for (std::size_t i = 0; i < quant.scale.size(); ++i) {
    bias.push_back(static_cast<float>((lowest_number - quant.zero_point[i]) * double{quant.scale[i]}));
  }
  message.set_raw(pack_bits(numbers, width, BitOrder::kMostFirst));
  message.mutable_quantization()->set_bits(static_cast<std::uint64_t>(width));
  message.mutable_quantization()->mutable_linear()->set_scale(pack_floats(quant.scale));
  message.mutable_quantization()->mutable_linear()->set_bias(pack_floats(bias));
  return true;
}

bool write_table(const Tensor& tensor, const Encoding& encoding, schema::Weights& message) {
  const std::size_t size = std::size_t{1} << encoding.bits;
  std::unordered_map<std::uint32_t, std::uint8_t> known;
  std::vector<float> table;
  std::vector<std::uint8_t> numbers;
  for (const double value : real_values(tensor)) {
    const auto number = static_cast<float>(value);
    const auto [at, fresh] =
        known.try_emplace(std::bit_cast<std::uint32_t>(number), static_cast<std::uint8_t>(known.size()));
    if (fresh && known.size() > size) return false;
    if (fresh) table.push_back(number);
    numbers.push_back(at->second);
  }
  table.resize(size);
  message.set_raw(pack_bits(numbers, encoding.bits, BitOrder::kMostFirst));
  message.mutable_quantization()->set_bits(static_cast<std::uint64_t>(encoding.bits));
  message.mutable_quantization()->mutable_table()->set_floats(pack_floats(table));
  return true;
}

constexpr std::string_view kWithZeros = "is stored with its zeros: a NeuralNetwork has no sparse weights";

}  // namespace

std::string write_weights(const FileConstant& constant, schema::Weights& message) {
  const Tensor& tensor = constant.tensor;
  if (tensor.type.quant) {
    const bool sparse = constant.encoding && constant.encoding->kind == Encoding::Kind::kSparse;
    if (constant.blocks.rank() == 0 && write_linear(tensor, message)) return std::string(sparse ? kWithZeros : "");
    const std::vector<double> values = reals(constant);
    write_floats(tensor_from_real({DType::kF32, tensor.type.shape}, values), message);
    return "is stored as floats: a NeuralNetwork has one scale per output channel at most";
  }
  if (constant.encoding && constant.encoding->kind == Encoding::Kind::kPalette) {
    const Encoding& e = *constant.encoding;
    const bool whole = e.group == 0 || e.group >= tensor.type.shape[e.axis];
    if (whole && write_table(tensor, e, message)) return {};
    write_floats(tensor, message);
    return "is stored as floats: a NeuralNetwork has one table per constant";
  }
  if (tensor.type.dtype == DType::kF16) {
    message.set_halves(raw_bytes(tensor.data));
  } else {
    write_floats(tensor, message);
  }
  return std::string(constant.encoding ? kWithZeros : "");
}

namespace {

class WeightReader {
 public:
  WeightReader(const schema::Weights& message, const Shape& shape, std::string_view where)
      : message_(message), shape_(shape), where_(where) {}

  Result<LayerWeights> run() const {
    const auto count = static_cast<std::size_t>(shape_.elements());
    if (!message_.floats().empty()) return plain(message_.floats(), DType::kF32);
    if (!message_.halves().empty()) return plain(message_.halves(), DType::kF16);
    if (!message_.int8().empty()) return refuse("are integers for dynamic quantisation, which is not supported");
    if (message_.raw().empty() || !message_.has_quantization()) return refuse("are missing");
    const schema::Weights::Quantization& q = message_.quantization();
    if (q.bits() < 1 || q.bits() > 8)
      return refuse("have " + std::to_string(q.bits()) + " bits each; 1 to 8 are supported");
    const int width = static_cast<int>(q.bits());
    if (message_.raw().size() != packed_bytes(count, width)) {
      return refuse("take " + std::to_string(message_.raw().size()) + " bytes, " + shape_.text() + " of " +
                    std::to_string(width) + " bits needs " + std::to_string(packed_bytes(count, width)));
    }
    const auto numbers = unpack_bits(std::as_bytes(std::span(message_.raw())), count, width, BitOrder::kMostFirst);
    if (q.has_table()) return table(numbers, width);
    if (q.has_linear()) return linear(numbers, width);
    return refuse("are quantised in an unknown way");
  }

 private:
  std::unexpected<Error> refuse(std::string_view message) const {
    return fail(ErrorCode::kUnsupported, where_, "its weights " + std::string(message));
  }

  Result<LayerWeights> plain(const std::string& raw, DType dtype) const {
    const TensorType type{dtype, shape_};
    if (raw.size() != type.bytes()) {
      return refuse("take " + std::to_string(raw.size()) + " bytes, " + type.text() + " needs " +
                    std::to_string(type.bytes()));
    }
    return LayerWeights{{type, bytes_of(raw)}, std::nullopt};
  }

  Result<LayerWeights> table(std::span<const std::uint8_t> numbers, int width) const {
    const auto entries = unpack_floats(message_.quantization().table().floats());
    if (!entries || entries->size() != std::size_t{1} << width) return refuse("have a table of the wrong size");
    std::vector<float> values;
    for (const std::uint8_t n : numbers) values.push_back((*entries)[n]);
    return LayerWeights{Tensor::f32(shape_, values), Encoding{.kind = Encoding::Kind::kPalette, .bits = width}};
  }

  Result<LayerWeights> linear(std::span<const std::uint8_t> numbers, int width) const {
    const auto& message = message_.quantization().linear();
    const auto scale = unpack_floats(message.scale());
    auto bias = unpack_floats(message.bias());
    const auto channels = static_cast<std::size_t>(shape_.rank() == 0 ? 1 : shape_[0]);
    if (!scale || !bias || (scale->size() != 1 && scale->size() != channels))
      return refuse("have the wrong number of scales");
    if (bias->empty()) bias->assign(scale->size(), 0.0f);
    if (bias->size() != scale->size() && bias->size() != 1) return refuse("have the wrong number of biases");
    bias->resize(scale->size(), bias->front());
    if (auto integers = as_integers(numbers, width, *scale, *bias)) return *std::move(integers);
    // Offsets between the steps: as floats that are few per channel.
    std::vector<float> values;
    const std::size_t per_channel = numbers.size() / channels;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const std::size_t k = scale->size() == 1 ? 0 : i / per_channel;
      values.push_back(static_cast<float>(numbers[i]) * (*scale)[k] + (*bias)[k]);
    }
    const Encoding few{.kind = Encoding::Kind::kPalette, .bits = width, .axis = 0, .group = scale->size() == 1 ? 0 : 1};
    return LayerWeights{Tensor::f32(shape_, values), few};
  }

  // The graph's own 8- and 4-bit integers, when every bias is a whole number of steps.
  std::optional<LayerWeights> as_integers(std::span<const std::uint8_t> numbers, int width,
                                          std::span<const float> scale, std::span<const float> bias) const {
    if (width != 8 && width != 4) return std::nullopt;
    const DType dtype = width == 8 ? DType::kI8 : DType::kI4;
    QuantParams quant;
    for (std::size_t i = 0; i < scale.size(); ++i) {
      const double zero = -double{bias[i]} / scale[i], whole = std::round(zero) + lowest(dtype);
      if (!std::isfinite(zero) || !(scale[i] > 0) || std::abs(zero - std::round(zero)) > 1e-3) return std::nullopt;
      if (whole < lowest(dtype) || whole > highest(dtype)) return std::nullopt;
      quant.scale.push_back(scale[i]);
      quant.zero_point.push_back(static_cast<std::int32_t>(whole));
    }
    if (scale.size() > 1) quant.axis = 0;
    std::vector<double> values;
    for (const std::uint8_t n : numbers) values.push_back(n + lowest(dtype));
    const Tensor stored = tensor_from_stored({dtype, shape_}, values);
    return LayerWeights{{{dtype, shape_, std::make_shared<const QuantParams>(std::move(quant))}, stored.data},
                        std::nullopt};
  }

  const schema::Weights& message_;
  const Shape& shape_;
  std::string_view where_;
};

}  // namespace

Result<LayerWeights> read_weights(const schema::Weights& message, const Shape& shape, std::string_view where) {
  return WeightReader(message, shape, where).run();
}

}  // namespace paw::coreml
