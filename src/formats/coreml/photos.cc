// The photo side of the description: image features and the preprocessing record.
#include <algorithm>
#include <cmath>

#include "formats/coreml/description.h"
#include "formats/coreml/layout.h"
#include "formats/coreml/lists.h"
#include "ir/rewriter.h"
#include "ops/ops.h"
#include "record/model_record.h"

namespace paw::coreml {

namespace {

Result<Feature> array_feature(const Model& model, ValueId value, std::string name) {
  const TensorType& type = model.graph.type(value);
  Feature feature{.name = std::move(name), .kind = Feature::Kind::kArray};
  if (is_float(type.dtype)) {
    feature.dtype = DType::kF32;
  } else if (type.dtype == DType::kI32 && !type.quant) {
    feature.dtype = DType::kI32;
  } else {
    return fail(ErrorCode::kUnsupported, "model: " + model.graph.label(value),
                "Core ML has no inputs and outputs of type " + type.text(), "convert the float form of the model");
  }
  if (type.shape.rank() == 0) {
    return fail(ErrorCode::kUnsupported, "model: " + model.graph.label(value),
                "Core ML has no scalar inputs and outputs");
  }
  const Shape shape = AxisOrder::home(type.shape.rank()).to_file(type.shape);
  feature.shape.assign(shape.extents().begin(), shape.extents().end());
  return feature;
}

}  // namespace

Result<Feature> input_feature(const Model& model, ValueId input, std::string name) {
  if (!model.preprocess || input != model.graph.inputs[0]) return array_feature(model, input, std::move(name));
  const Preprocess& p = *model.preprocess;
  if (model.graph.type(input).shape[0] != 1) {
    return fail(
        ErrorCode::kUnsupported, "model",
        "Core ML takes one image at a time, the model takes " + std::to_string(model.graph.type(input).shape[0]));
  }
  return Feature{.name = std::move(name),
                 .help = "The photo, " + std::to_string(p.width) + " x " + std::to_string(p.height) + " pixels",
                 .kind = Feature::Kind::kImage,
                 .width = p.width,
                 .height = p.height,
                 .color = p.color};
}

Result<Feature> output_feature(const Model& model, ValueId output, std::string name) {
  return array_feature(model, output, std::move(name));
}

void read_record(const Description& d, Model& model, std::vector<std::string>& notes) {
  const auto found = d.user.find(std::string(kModelRecordKey));
  if (found == d.user.end()) return;
  if (const Status read = record_from_json(found->second, kModelRecordKey, model); !read) {
    notes.push_back("the record of preprocessing in the file is broken and was left out: " + read.error().message);
  }
}

namespace {

// The constant operand of a binary node as one factor per channel; nullopt: it is none, or differs between pixels.
std::optional<std::array<double, 3>> per_channel(const Graph& graph, ValueId value, std::int64_t channels) {
  if (!graph.is_constant(value) || graph.type(value).dtype != DType::kF32) return std::nullopt;
  const Tensor tensor = graph.tensor(value);
  const std::int64_t elements = tensor.type.shape.elements();
  if (elements != 1 && (elements != channels || tensor.type.shape.back() != channels)) return std::nullopt;
  std::array<double, 3> out{};
  for (std::size_t c = 0; c < out.size(); ++c) {
    out[c] = meant(tensor.as<float>()[std::min(c, static_cast<std::size_t>(elements - 1))]);
  }
  return out;
}

// `pixels` with the effect of `node`, whose operand `image_at` is the image.
std::optional<PixelScale> with_node(const Graph& graph, const Node& node, std::size_t image_at, PixelScale pixels,
                                    std::int64_t channels) {
  if (node.inputs.size() != 2) return std::nullopt;
  const auto other = per_channel(graph, node.inputs[1 - image_at], channels);
  if (!other) return std::nullopt;
  for (std::size_t c = 0; c < 3; ++c) {
    const double k = (*other)[c];
    double &scale = pixels.scale[c], &bias = pixels.bias[c];
    if (node.op == &op::mul) {
      scale *= k;
      bias *= k;
    } else if (node.op == &op::add) {
      bias += k;
    } else if (node.op == &op::sub) {
      scale = image_at == 0 ? scale : -scale;
      bias = image_at == 0 ? bias - k : k - bias;
    } else if (node.op == &op::div && image_at == 0) {
      scale /= k;
      bias /= k;
    } else {
      return std::nullopt;
    }
  }
  return pixels;
}

bool can_be_held(const PixelScale& pixels) {
  Preprocess p;
  p.scale = pixels.scale;
  p.bias = pixels.bias;
  return check_preprocess(p).empty();
}

}  // namespace

Status fold_pixels(Graph& graph, ValueId image, PixelScale& pixels) {
  for (;;) {
    Rewriter edits(graph);
    if (!edits.uses().single_use(image)) return {};
    const Node& node = graph[edits.uses().users(image)[0]];
    const std::size_t at = node.inputs[0] == image ? 0 : 1;
    const auto folded = with_node(graph, node, at, pixels, graph.type(image).shape.back());
    const ValueId result = node.outputs[0];
    if (!folded || !can_be_held(*folded) || edits.uses().is_output(result)) return {};
    if (!(graph.type(result) == graph.type(image))) return {};
    edits.replace(result, image);
    PAW_RETURN_IF_ERROR(edits.finish());
    pixels = *folded;
    image = graph.inputs[0];
  }
}

Preprocess preprocess_of(const Feature& image, const PixelScale& pixels, const std::optional<Preprocess>& record,
                         std::vector<std::string>& notes) {
  const std::size_t channels = image.color == ColorOrder::kGray ? 1 : 3;
  const auto same = [&](const std::array<double, 3>& file, const std::array<double, 3>& stated) {
    return std::equal(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(channels), stated.begin(),
                      [](double a, double b) { return static_cast<float>(a) == static_cast<float>(b); });
  };
  if (record && record->width == image.width && record->height == image.height && record->color == image.color) {
    if (same(pixels.scale, record->scale) && same(pixels.bias, record->bias) && check_preprocess(*record).empty()) {
      return *record;
    }
  }
  if (record) notes.push_back("the record of preprocessing in the file contradicts the file and was left out");
  Preprocess p;
  p.width = image.width;
  p.height = image.height;
  p.color = image.color;
  p.scale = pixels.scale;
  p.bias = pixels.bias;
  p.geometry = Geometry::kCrop;
  p.resize_short = std::max(p.width, p.height);
  notes.push_back("the file does not say how a photo becomes " + std::to_string(p.width) + " x " +
                  std::to_string(p.height) + " pixels; assumed: its short side resized to " +
                  std::to_string(p.resize_short) + ", then the centre, as Vision does by default");
  return p;
}

}  // namespace paw::coreml
