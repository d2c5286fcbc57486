// resize_bilinear <-> resizeBilinear; resize_nearest <-> upsample, which enlarges by whole factors
#include "ops/resize.h"
#include "coreml/network.pb.h"
#include "formats/coreml/lists.h"
#include "formats/coreml/network/rules.h"
#include "ops/ops.h"

namespace paw::coreml::network {

namespace {
enum Sampling { kStrictAlign = 0, kAlign = 1, kUpsample = 2 };
}  // namespace

Status write_resize_bilinear(LayerWriter& w) {
  const auto& a = w.attrs<ResizeAttrs>();
  if (a.coordinates == ResizeCoordinates::kHalfPixel) {
    return w.refuse("resizes by the centres of pixels, which a NeuralNetwork of iOS 13 cannot", "write an ML Program");
  }
  PAW_ASSIGN_OR_RETURN(const Blob x, w.in(0));
  schema::Layer::ResizeBilinear& resize = *w.out({x}).mutable_resize_bilinear();
  resize.set_size(pack_integers(a.size));
  resize.mutable_mode()->set_mode(a.coordinates == ResizeCoordinates::kAlignCorners ? kStrictAlign : kUpsample);
  return {};
}

Status read_resize_bilinear(LayerReader& r) {
  const schema::Layer::ResizeBilinear& resize = r.layer().resize_bilinear();
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> size, r.integers(resize.size(), "size"));
  if (size.size() != 2) return r.refuse("its size has " + std::to_string(size.size()) + " numbers, not 2");
  const int mode = resize.mode().mode();
  const bool aligned = mode == kStrictAlign || (mode == kAlign && size[0] != 1 && size[1] != 1);
  if (!aligned && mode != kUpsample) return r.refuse("its way of sampling is not supported");
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0, AxisOrder::home(4)));
  const ResizeAttrs attrs{{size[0], size[1]},
                          aligned ? ResizeCoordinates::kAlignCorners : ResizeCoordinates::kAsymmetric};
  return r.result(r.call(op::resize_bilinear, {x}, attrs), AxisOrder::home(4));
}

Status write_resize_nearest(LayerWriter& w) {
  const auto& a = w.attrs<ResizeAttrs>();
  const Shape& from = w.type(0).shape;
  const bool whole = a.size[0] % from[1] == 0 && a.size[1] % from[2] == 0;
  if (!whole || a.coordinates == ResizeCoordinates::kAlignCorners) {
    return w.refuse("resizes " + from.text() + " to " + w.out_type().shape.text() +
                    "; Core ML states which pixel is the nearest for whole factors only");
  }
  PAW_ASSIGN_OR_RETURN(const Blob x, w.in(0));
  const std::array<std::int64_t, 2> factors = {a.size[0] / from[1], a.size[1] / from[2]};
  w.out({x}).mutable_upsample()->set_factors(pack_integers(factors));
  return {};
}

Status read_upsample(LayerReader& r) {
  const schema::Layer::Upsample& upsample = r.layer().upsample();
  PAW_ASSIGN_OR_RETURN(const Shape shape, r.shape(0));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> factors, r.integers(upsample.factors(), "scale"));
  if (upsample.mode() != 0 || !upsample.fractions().empty())
    return r.refuse("only the nearest pixel and whole factors are supported");
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0, AxisOrder::home(4)));
  ResizeAttrs attrs;
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t factor = factors.size() == 2 ? factors[i] : factors.empty() ? 2 : -1;
    if (factor < 1 || factor > 65'536) return r.refuse("its scale is not supported");
    attrs.size[i] = shape[static_cast<int>(i) + 2] * factor;
  }
  return r.result(r.call(op::resize_nearest, {x}, attrs), AxisOrder::home(4));
}

}  // namespace paw::coreml::network
