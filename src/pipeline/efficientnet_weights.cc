#include "pipeline/efficientnet_weights.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <map>
#include <vector>

#include "host/text.h"

namespace paw {

namespace {

struct Layer {
  std::string_view ours, convolution, batch_norm;
};
constexpr Layer kOuterLayers[] = {
    {"stem", "_conv_stem", "_bn0"}, {"head", "_conv_head", "_bn1"}, {"classifier", "_fc", ""}};
constexpr Layer kBlockLayers[] = {
    {"expand", "_expand_conv", "_bn0"}, {"dw", "_depthwise_conv", "_bn1"}, {"project", "_project_conv", "_bn2"}};

struct Field {
  std::string_view ours, theirs;
};
constexpr Field kConvolutionFields[] = {{"weights", "weight"}, {"bias", "bias"}};
constexpr Field kBatchNormFields[] = {
    {"scale", "weight"}, {"offset", "bias"}, {"mean", "running_mean"}, {"variance", "running_var"}};

template <class T, std::size_t kCount>
const T* find(const T (&table)[kCount], std::string_view ours) {
  for (const T& row : table) {
    if (row.ours == ours) return &row;
  }
  return nullptr;
}

// Removes and returns what stands before the first '/'; all when there is none.
std::string_view cut(std::string_view& path) {
  const std::size_t slash = path.find('/');
  const std::string_view part = path.substr(0, slash);
  path = slash == path.npos ? std::string_view{} : path.substr(slash + 1);
  return part;
}

// Which axis of PyTorch's weights each of our axes is.
std::array<int, 4> axes_of(std::string_view constant) {
  return constant.ends_with("dw/weights") ? std::array{1, 2, 3, 0} : std::array{0, 2, 3, 1};
}

std::unexpected<Error> refuse(std::string_view where, std::string_view tensor, std::string_view message) {
  return fail(ErrorCode::kUnsupported, fmt::format("{}: tensor '{}'", where, printable(clip(tensor, 100))), message,
              "use the weights of the net and version that are named in setup/backbones.txt");
}

// Of PyTorch's tensor, for our constant of shape `ours`.
Shape expected_shape(const Shape& ours, std::string_view constant) {
  if (ours.rank() != 4) return ours;
  const std::array<int, 4> axes = axes_of(constant);
  Shape theirs{1, 1, 1, 1};
  for (int axis = 0; axis < 4; ++axis) theirs[axes[static_cast<std::size_t>(axis)]] = ours[axis];
  return theirs;
}

// Elements in our order. Requires the expected shape.
std::vector<float> reordered(const Tensor& tensor, const Shape& ours, std::string_view constant) {
  std::vector<float> values(static_cast<std::size_t>(ours.elements()));
  const auto load = [&](std::int64_t i) {
    return static_cast<float>(load_element(tensor.type.dtype, tensor.data.data(), i));
  };
  if (ours.rank() != 4) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = load(static_cast<std::int64_t>(i));
    return values;
  }
  const auto strides = strides_of(tensor.type.shape);
  std::array<std::int64_t, 4> step{};
  const std::array<int, 4> axes = axes_of(constant);
  for (std::size_t axis = 0; axis < 4; ++axis) step[axis] = strides[static_cast<std::size_t>(axes[axis])];
  std::size_t at = 0;
  for (std::int64_t a = 0; a < ours[0]; ++a) {
    for (std::int64_t b = 0; b < ours[1]; ++b) {
      for (std::int64_t c = 0; c < ours[2]; ++c) {
        for (std::int64_t d = 0; d < ours[3]; ++d) {
          values[at++] = load(a * step[0] + b * step[1] + c * step[2] + d * step[3]);
        }
      }
    }
  }
  return values;
}

// Those that f32 holds exactly, so that nothing is rounded unsaid.
bool fits_f32(DType dtype) { return dtype == DType::kF32 || dtype == DType::kF16 || dtype == DType::kBF16; }

Result<Bytes> convert(const NamedTensor& source, const Value& constant, std::string_view where) {
  const Shape& ours = constant.type.shape;
  const Shape expected = expected_shape(ours, constant.name);
  const TensorType& type = source.tensor.type;
  if (!fits_f32(type.dtype) || type.shape != expected) {
    return refuse(where, source.name,
                  fmt::format("is {}{}, expected f32{}", name(type.dtype), type.shape.text(), expected.text()));
  }
  const std::vector<float> values = reordered(source.tensor, ours, constant.name);
  const bool variance = constant.name.ends_with("/variance");
  for (const float value : values) {
    if (!std::isfinite(value)) return refuse(where, source.name, "holds a number that is not finite");
    if (variance && value < 0) return refuse(where, source.name, "holds a negative variance");
  }
  return Bytes::copy_of(std::as_bytes(std::span(values)));
}

class Unused {
 public:
  explicit Unused(std::span<const NamedTensor> weights) {
    for (const NamedTensor& w : weights) left_[w.name] = &w;
  }
  const NamedTensor* take(std::string_view name) {
    const auto found = left_.find(name);
    if (found == left_.end()) return nullptr;
    const NamedTensor* tensor = found->second;
    left_.erase(found);
    return tensor;
  }
  // Empty: all were taken.
  std::string_view any() const { return left_.empty() ? std::string_view{} : left_.begin()->first; }

 private:
  std::map<std::string_view, const NamedTensor*> left_;
};

}  // namespace

std::optional<std::string> efficientnet_tensor(std::string_view constant) {
  std::string_view rest = constant;
  std::string_view part = cut(rest);
  std::string prefix;
  const Layer* layer = find(kOuterLayers, part);
  if (layer == nullptr && part.starts_with("block")) {
    prefix = fmt::format("_blocks.{}.", part.substr(std::string_view("block").size()));
    layer = find(kBlockLayers, cut(rest));
  }
  if (layer == nullptr) return std::nullopt;
  part = cut(rest);
  const bool batch_norm = part == "bn";
  const Field* field = batch_norm ? find(kBatchNormFields, rest) : find(kConvolutionFields, part);
  if (field == nullptr || (!batch_norm && !rest.empty())) return std::nullopt;
  return fmt::format("{}{}.{}", prefix, batch_norm ? layer->batch_norm : layer->convolution, field->theirs);
}

Status load_efficientnet_weights(Graph& graph, std::span<const NamedTensor> weights, std::string_view where) {
  Unused unused(weights);
  std::map<std::size_t, Bytes> loaded;
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    const Value& value = graph.values[i];
    if (!value.constant) continue;
    const auto name = efficientnet_tensor(value.name);
    if (!name) {
      return fail(ErrorCode::kInternal, where, fmt::format("no tensor is known for '{}'", value.name));
    }
    const NamedTensor* tensor = unused.take(*name);
    if (tensor == nullptr) return refuse(where, *name, "is missing");
    PAW_ASSIGN_OR_RETURN(loaded[i], convert(*tensor, value, where));
    constexpr std::string_view kMean = ".running_mean";
    if (name->ends_with(kMean)) {
      unused.take(name->substr(0, name->size() - kMean.size()) + ".num_batches_tracked");
    }
  }
  if (!unused.any().empty()) return refuse(where, unused.any(), "belongs to no layer of this net");
  for (auto& [i, bytes] : loaded) graph.values[i].constant = std::move(bytes);
  return {};
}

}  // namespace paw
