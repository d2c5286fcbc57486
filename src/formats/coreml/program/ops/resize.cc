// resize_bilinear <-> resize_bilinear; resize_nearest <-> upsample_nearest_neighbor, which enlarges by whole factors
#include <algorithm>

#include "formats/coreml/program/rules.h"
#include "ops/ops.h"
#include "ops/resize.h"

namespace paw::coreml::program {

namespace {

struct Mode {
  std::string_view name;
  ResizeCoordinates coordinates;
};
constexpr Mode kModes[] = {{"UNALIGN_CORNERS", ResizeCoordinates::kHalfPixel},
                           {"DEFAULT", ResizeCoordinates::kAsymmetric},
                           {"STRICT_ALIGN_CORNERS", ResizeCoordinates::kAlignCorners}};

}  // namespace

Status write_resize_bilinear(NodeWriter& w) {
  const auto& a = w.attrs<ResizeAttrs>();
  PAW_ASSIGN_OR_RETURN(const Var x, w.in(0));
  const auto* mode = std::ranges::find(kModes, a.coordinates, &Mode::coordinates);
  return w.out("resize_bilinear", {{"x", {x}},
                                   {"target_size_height", {w.block().integer(a.size[0])}},
                                   {"target_size_width", {w.block().integer(a.size[1])}},
                                   {"sampling_mode", {w.block().text(mode->name)}}});
}

Status read_resize_bilinear(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in("x", AxisOrder::home(4)));
  ResizeAttrs attrs;
  PAW_ASSIGN_OR_RETURN(attrs.size[0], r.integer("target_size_height", 1));
  PAW_ASSIGN_OR_RETURN(attrs.size[1], r.integer("target_size_width", 1));
  PAW_ASSIGN_OR_RETURN(const std::string name, r.text("sampling_mode", "DEFAULT"));
  const auto* mode = std::ranges::find(kModes, name, &Mode::name);
  const bool aligned = name == "ALIGN_CORNERS" && attrs.size[0] != 1 && attrs.size[1] != 1;  // as the strict one
  if (mode == std::end(kModes) && !aligned) return r.refuse("its sampling_mode is not supported");
  attrs.coordinates = aligned ? ResizeCoordinates::kAlignCorners : mode->coordinates;
  return r.result(r.call(op::resize_bilinear, {x}, attrs), AxisOrder::home(4));
}

Status write_resize_nearest(NodeWriter& w) {
  const auto& a = w.attrs<ResizeAttrs>();
  const Shape& from = w.type(0).shape;
  const bool whole = a.size[0] % from[1] == 0 && a.size[1] % from[2] == 0;
  if (!whole || a.coordinates == ResizeCoordinates::kAlignCorners) {
    return w.refuse("resizes " + from.text() + " to " + w.out_type().shape.text() +
                    "; Core ML states which pixel is the nearest for whole factors only");
  }
  PAW_ASSIGN_OR_RETURN(const Var x, w.in(0));
  return w.out("upsample_nearest_neighbor", {{"x", {x}},
                                             {"scale_factor_height", {w.block().integer(a.size[0] / from[1])}},
                                             {"scale_factor_width", {w.block().integer(a.size[1] / from[2])}}});
}

Status read_upsample_nearest(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const Shape shape, r.shape("x"));
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in("x", AxisOrder::home(4)));
  ResizeAttrs attrs;
  for (const std::size_t i : {0u, 1u}) {
    PAW_ASSIGN_OR_RETURN(const double factor, r.real(i == 0 ? "scale_factor_height" : "scale_factor_width", 1));
    if (factor < 1 || factor > 65'536 || factor != static_cast<double>(static_cast<std::int64_t>(factor))) {
      return r.refuse("only whole scale factors are supported");
    }
    attrs.size[i] = shape[static_cast<int>(i) + 2] * static_cast<std::int64_t>(factor);
  }
  return r.result(r.call(op::resize_nearest, {x}, attrs), AxisOrder::home(4));
}

}  // namespace paw::coreml::program
