#include "formats/tflite/photos.h"

#include <algorithm>

namespace paw::tflite {

namespace {

bool usable(const Normalization& n, std::size_t channels) {
  const auto fits = [channels](const std::vector<double>& v) { return v.size() == 1 || v.size() == channels; };
  if (!fits(n.mean) || n.mean.size() != n.std.size()) return false;
  for (const double std : n.std) {
    if (!(std > 0)) return false;
  }
  return true;
}

void normalize(Preprocess& out, const Normalization& n) {
  for (std::size_t c = 0; c < 3; ++c) {
    const std::size_t i = n.std.size() == 1 ? 0 : std::min(c, n.std.size() - 1);
    out.scale[c] = 1 / n.std[i];
    out.bias[c] = -n.mean[i] / n.std[i];
  }
}

// The pixel as the integer that the tensor holds: u8 as it is, i8 less 128.
void pass_bytes(Preprocess& out, const TensorType& type) {
  const double scale = type.quant->scale[0], zero = type.quant->zero_point[0];
  const double offset = type.dtype == DType::kI8 ? -128 : 0;
  out.scale.fill(scale);
  out.bias.fill((offset - zero) * scale);
}

}  // namespace

std::optional<Preprocess> photo_input(const Graph& graph, const std::optional<Normalization>& stated,
                                      std::vector<std::string>& notes) {
  if (graph.inputs.size() != 1) return std::nullopt;
  const TensorType& type = graph.type(graph.inputs[0]);
  const Shape& shape = type.shape;
  if (shape.rank() != 4 || shape[0] != 1 || (shape[3] != 1 && shape[3] != 3)) return std::nullopt;
  const bool bytes = (type.dtype == DType::kU8 || type.dtype == DType::kI8) && type.quant && type.quant->axis < 0;
  if (!bytes && !is_float(type.dtype)) return std::nullopt;
  Preprocess out{.width = shape[2], .height = shape[1], .geometry = Geometry::kStretch};
  out.color = shape[3] == 1 ? ColorOrder::kGray : ColorOrder::kRgb;
  out.resize_short = std::min(out.width, out.height);
  const bool normalized = stated && usable(*stated, static_cast<std::size_t>(shape[3]));
  // Libraries that use the metadata hand bytes to a u8 input whatever it says of normalisation.
  if (bytes && (type.dtype == DType::kU8 || !normalized)) {
    pass_bytes(out, type);
  } else if (normalized) {
    normalize(out, *stated);
  } else {
    out.scale.fill(1 / 127.5);
    out.bias.fill(-1);
    notes.emplace_back("The file does not say how pixels are normalised: from -1 to 1 is assumed.");
  }
  notes.emplace_back("The file does not say how photos are fitted: stretching is assumed, as MediaPipe does.");
  return out;
}

}  // namespace paw::tflite
