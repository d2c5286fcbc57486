// Unary ops <-> unary functions and layers of their own. square is a power, cast between floats nothing at all.
#include <cmath>
#include <limits>

#include "coreml/network.pb.h"
#include "formats/coreml/lists.h"
#include "formats/coreml/network/rules.h"
#include "ops/activation.h"
#include "ops/ops.h"

namespace paw::coreml::network {

namespace {

enum Function { kSqrt, kRsqrt, kInverse, kPower, kExp, kLog, kAbs, kThreshold };

Status write_unary(LayerWriter& w, Function function, float alpha = 0) {
  PAW_ASSIGN_OR_RETURN(const Blob x, w.in(0));
  schema::Layer::Unary& unary = *w.out({x}).mutable_unary();
  unary.set_type(function);
  unary.set_alpha(alpha);
  unary.set_scale(1);  // of the input
  return {};
}

}  // namespace

Status write_abs(LayerWriter& w) { return write_unary(w, kAbs); }
Status write_square(LayerWriter& w) { return write_unary(w, kPower, 2); }
Status write_sqrt(LayerWriter& w) { return write_unary(w, kSqrt); }
Status write_rsqrt(LayerWriter& w) { return write_unary(w, kRsqrt); }
Status write_exp(LayerWriter& w) { return write_unary(w, kExp); }
Status write_log(LayerWriter& w) { return write_unary(w, kLog); }

Status write_sign(LayerWriter& w) {
  PAW_ASSIGN_OR_RETURN(const Blob x, w.in(0));
  w.out({x}).mutable_sign();
  return {};
}

Status write_erf(LayerWriter& w) {
  PAW_ASSIGN_OR_RETURN(const Blob x, w.in(0));
  w.out({x}).mutable_erf();
  return {};
}

Status write_cast(LayerWriter& w) {
  if (!is_float(w.type(0).dtype))
    return w.refuse("casts " + w.type(0).text() + "; a NeuralNetwork computes with floats only");
  PAW_ASSIGN_OR_RETURN(const Blob x, w.in(0));
  w.same(x);
  return {};
}

// Pixels of a photo, which Core ML gives as floats. (Of constants: layer_writer.cc.)
Status write_dequantize(LayerWriter& w) {
  PAW_ASSIGN_OR_RETURN(const Blob x, w.in(0));
  w.same(x);
  return {};
}

Status read_plain_unary(LayerReader& r) {
  PAW_ASSIGN_OR_RETURN(const NetworkValue x, r.value(0));
  const schema::Layer& layer = r.layer();
  return r.result(r.call(layer.has_sign() ? op::sign : layer.has_tanh() ? op::tanh : op::erf, {x.value}), x.order);
}

Status read_copy(LayerReader& r) {
  PAW_ASSIGN_OR_RETURN(const NetworkValue x, r.value(0));
  return r.result(x.value, x.order, x.constant);
}

namespace {

// x to the power of alpha, as far as the graph has it.
Result<ValueId> power(LayerReader& r, ValueId x, float alpha) {
  if (alpha == 1) return x;
  if (alpha == 2) return r.call(op::square, {x});
  if (alpha == 3) return r.call(op::mul, {r.call(op::square, {x}), x});
  if (alpha == 0.5f) return r.call(op::sqrt, {x});
  if (alpha == -0.5f) return r.call(op::rsqrt, {x});
  if (alpha == -1) return r.call(op::div, {r.scalar(1), x});
  return r.refuse("powers of " + std::to_string(alpha) + " are not supported");
}

}  // namespace

Status read_unary(LayerReader& r) {
  const schema::Layer::Unary& unary = r.layer().unary();
  PAW_ASSIGN_OR_RETURN(const NetworkValue value, r.value(0));
  ValueId x = value.value;
  if (unary.scale() == 0 && unary.shift() != 0) return r.refuse("its result does not depend on its input");
  if (unary.scale() != 0 && unary.scale() != 1) x = r.call(op::mul, {x, r.scalar(meant(unary.scale()))});
  if (unary.shift() != 0) x = r.call(op::add, {x, r.scalar(meant(unary.shift()))});
  const bool guarded = unary.type() == kRsqrt || unary.type() == kInverse;
  if (guarded && unary.epsilon() != 0) x = r.call(op::add, {x, r.scalar(meant(unary.epsilon()))});
  switch (unary.type()) {
    case kSqrt: return r.result(r.call(op::sqrt, {x}), value.order);
    case kRsqrt: return r.result(r.call(op::rsqrt, {x}), value.order);
    case kInverse: return r.result(r.call(op::div, {r.scalar(1), x}), value.order);
    case kPower: {
      PAW_ASSIGN_OR_RETURN(const ValueId y, power(r, x, unary.alpha()));
      return r.result(y, value.order);
    }
    case kExp: return r.result(r.call(op::exp, {x}), value.order);
    case kLog: return r.result(r.call(op::log, {x}), value.order);
    case kAbs: return r.result(r.call(op::abs, {x}), value.order);
    case kThreshold: {
      ClampAttrs above;
      above.min = meant(unary.alpha());
      return r.result(r.call(op::clamp, {x}, above), value.order);
    }
    default: return r.refuse("its function " + std::to_string(unary.type()) + " is not known");
  }
}

// --- clamp: between two bounds a clip, above one a threshold, below one a minimum ---

Status write_clamp(LayerWriter& w) {
  const auto& a = w.attrs<ClampAttrs>();
  const bool open_below = std::isinf(a.min), open_above = std::isinf(a.max);
  if (!open_below && open_above) return write_unary(w, kThreshold, static_cast<float>(a.min));
  PAW_ASSIGN_OR_RETURN(const Blob x, w.in(0));
  if (open_below && open_above) {
    w.same(x);
    return {};
  }
  schema::Layer::Clip& clip = *w.out({x}).mutable_clip();
  clip.set_min(open_below ? -std::numeric_limits<float>::max() : static_cast<float>(a.min));
  clip.set_max(static_cast<float>(a.max));
  return {};
}

Status write_relu6(LayerWriter& w) {
  PAW_ASSIGN_OR_RETURN(const Blob x, w.in(0));
  w.out({x}).mutable_clip()->set_max(6);
  return {};
}

Status read_clip(LayerReader& r) {
  const schema::Layer::Clip& clip = r.layer().clip();
  PAW_ASSIGN_OR_RETURN(const NetworkValue x, r.value(0));
  if (clip.min() == 0 && clip.max() == 6) return r.result(r.call(op::relu6, {x.value}), x.order);
  constexpr float kMost = std::numeric_limits<float>::max();
  ClampAttrs attrs;
  if (clip.min() > -kMost) attrs.min = meant(clip.min());
  if (clip.max() < kMost) attrs.max = meant(clip.max());
  return r.result(r.call(op::clamp, {x.value}, attrs), x.order);
}

}  // namespace paw::coreml::network
