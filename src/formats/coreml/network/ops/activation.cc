// Activations. silu and hard_swish are products of x with its gate, log_softmax the logarithm of a softmax.
#include <cmath>

#include "coreml/network.pb.h"
#include "formats/coreml/axes.h"
#include "formats/coreml/lists.h"
#include "formats/coreml/network/rules.h"
#include "ops/activation.h"
#include "ops/ops.h"

namespace paw::coreml::network {

namespace {

constexpr float kSixth = 1.0f / 6;

void set_hard(schema::Layer& layer) {
  schema::Activation::Two& hard = *layer.mutable_activation()->mutable_sigmoid_hard();
  hard.set_alpha(kSixth);
  hard.set_beta(0.5f);
}

// x times what `set` makes of it.
template <class Set>
Status write_gated(LayerWriter& w, Set set) {
  PAW_ASSIGN_OR_RETURN(const Blob x, w.in(0));
  Blob gate;
  set(w.step({x}, "gate", x.shape, gate));
  w.out({x, gate}).mutable_multiply_broadcast();
  return {};
}

template <class Set>
Status write_activation(LayerWriter& w, Set set) {
  PAW_ASSIGN_OR_RETURN(const Blob x, w.in(0));
  set(w.out({x}));
  return {};
}

}  // namespace

Status write_relu(LayerWriter& w) {
  return write_activation(w, [](schema::Layer& l) { l.mutable_activation()->mutable_relu(); });
}
Status write_sigmoid(LayerWriter& w) {
  return write_activation(w, [](schema::Layer& l) { l.mutable_activation()->mutable_sigmoid(); });
}
Status write_tanh(LayerWriter& w) {
  return write_activation(w, [](schema::Layer& l) { l.mutable_activation()->mutable_tanh(); });
}
Status write_hard_sigmoid(LayerWriter& w) { return write_activation(w, set_hard); }
Status write_leaky_relu(LayerWriter& w) {
  const auto alpha = static_cast<float>(w.attrs<LeakyReluAttrs>().alpha);
  return write_activation(w, [&](schema::Layer& l) { l.mutable_activation()->mutable_leaky_relu()->set_alpha(alpha); });
}
Status write_gelu(LayerWriter& w) {
  const int mode = w.attrs<GeluAttrs>().approximate ? 1 : 0;
  return write_activation(w, [&](schema::Layer& l) { l.mutable_gelu()->set_mode(mode); });
}
Status write_silu(LayerWriter& w) {
  return write_gated(w, [](schema::Layer& l) { l.mutable_activation()->mutable_sigmoid(); });
}
Status write_hard_swish(LayerWriter& w) { return write_gated(w, set_hard); }

namespace {

// The slopes of a PReLU: one, or one per channel.
Result<ValueId> prelu(LayerReader& r, const schema::Weights& message, AxisOrder& order) {
  order = AxisOrder::home(4);
  PAW_ASSIGN_OR_RETURN(const Shape shape, r.shape(0));
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0, order));
  const std::size_t slopes = message.floats().size() / 4 + message.halves().size() / 2;
  PAW_ASSIGN_OR_RETURN(const ValueId alpha, r.weights(message, Shape{slopes == 1 ? 1 : shape[1]}, kVector));
  const ValueId below = r.call(op::minimum, {x, r.scalar(0)});
  return r.call(op::add, {r.call(op::relu, {x}), r.call(op::mul, {below, alpha})});
}

ValueId times(LayerReader& r, ValueId x, double factor) {
  return factor == 1 ? x : r.call(op::mul, {x, r.scalar(factor)});
}
ValueId plus(LayerReader& r, ValueId x, double number) {
  return number == 0 ? x : r.call(op::add, {x, r.scalar(number)});
}

ValueId sigmoid_hard(LayerReader& r, ValueId x, const schema::Activation::Two& p) {
  if (p.alpha() == kSixth && p.beta() == 0.5f) return r.call(op::hard_sigmoid, {x});
  return r.call(op::clamp, {plus(r, times(r, x, meant(p.alpha())), meant(p.beta()))}, ClampAttrs{0, 1});
}

// max(x, 0) + alpha (exp(min(x, 0)) - 1)
ValueId elu(LayerReader& r, ValueId x, double alpha) {
  const ValueId below = plus(r, r.call(op::exp, {r.call(op::minimum, {x, r.scalar(0)})}), -1);
  return r.call(op::add, {r.call(op::relu, {x}), times(r, below, alpha)});
}

ValueId softsign(LayerReader& r, ValueId x) { return r.call(op::div, {x, plus(r, r.call(op::abs, {x}), 1)}); }

// log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|))
ValueId softplus(LayerReader& r, ValueId x) {
  const ValueId small = r.call(op::exp, {r.call(op::neg, {r.call(op::abs, {x})})});
  return r.call(op::add, {r.call(op::relu, {x}), r.call(op::log, {plus(r, small, 1)})});
}

}  // namespace

Status read_activation(LayerReader& r) {
  const schema::Activation& a = r.layer().activation();
  PAW_ASSIGN_OR_RETURN(const NetworkValue value, r.value(0));
  const ValueId x = value.value;
  const auto result = [&](ValueId y) { return r.result(y, value.order); };
  switch (a.kind_case()) {
    case schema::Activation::kLinear:
      return result(plus(r, times(r, x, meant(a.linear().alpha())), meant(a.linear().beta())));
    case schema::Activation::kRelu: return result(r.call(op::relu, {x}));
    case schema::Activation::kLeakyRelu:
      return result(r.call(op::leaky_relu, {x}, LeakyReluAttrs{meant(a.leaky_relu().alpha())}));
    case schema::Activation::kPrelu: {
      AxisOrder order;
      PAW_ASSIGN_OR_RETURN(const ValueId y, prelu(r, a.prelu().alpha(), order));
      return r.result(y, order);
    }
    case schema::Activation::kTanh: return result(r.call(op::tanh, {x}));
    case schema::Activation::kScaledTanh: {
      const ValueId inner = r.call(op::tanh, {times(r, x, meant(a.scaled_tanh().beta()))});
      return result(times(r, inner, meant(a.scaled_tanh().alpha())));
    }
    case schema::Activation::kSigmoid: return result(r.call(op::sigmoid, {x}));
    case schema::Activation::kSigmoidHard: return result(sigmoid_hard(r, x, a.sigmoid_hard()));
    case schema::Activation::kElu: return result(elu(r, x, meant(a.elu().alpha())));
    case schema::Activation::kSoftsign: return result(softsign(r, x));
    case schema::Activation::kSoftplus: return result(softplus(r, x));
    default: return r.refuse("its activation is not supported");
  }
}

Status read_gelu(LayerReader& r) {
  PAW_ASSIGN_OR_RETURN(const NetworkValue x, r.value(0));
  const int mode = r.layer().gelu().mode();
  if (mode == 2) {
    const ValueId gate = r.call(op::sigmoid, {times(r, x.value, 1.702)});
    return r.result(r.call(op::mul, {x.value, gate}), x.order);
  }
  if (mode != 0 && mode != 1) return r.refuse("its mode is not known");
  return r.result(r.call(op::gelu, {x.value}, GeluAttrs{mode == 1}), x.order);
}

namespace {

std::int64_t file_axis(LayerWriter& w) {
  const int rank = w.out_type().shape.rank();
  const std::int64_t axis = w.attrs<SoftmaxAttrs>().axis;
  return AxisOrder::home(rank).file_axis(static_cast<int>(axis < 0 ? axis + rank : axis));
}

}  // namespace

Status write_softmax(LayerWriter& w) {
  PAW_ASSIGN_OR_RETURN(const Blob x, w.in(0));
  w.out({x}).mutable_softmax_nd()->set_axis(file_axis(w));
  return {};
}

Status write_log_softmax(LayerWriter& w) {
  PAW_ASSIGN_OR_RETURN(const Blob x, w.in(0));
  Blob p;
  w.step({x}, "softmax", x.shape, p).mutable_softmax_nd()->set_axis(file_axis(w));
  schema::Layer::Unary& log = *w.out({p}).mutable_unary();
  log.set_type(5);
  log.set_scale(1);
  return {};
}

// The old layer works along the channels of an image.
Status read_softmax(LayerReader& r) {
  PAW_ASSIGN_OR_RETURN(const NetworkValue x, r.value(0));
  const int rank = x.order.rank();
  PAW_ASSIGN_OR_RETURN(const int axis, r.axis(r.layer().has_softmax_nd() ? r.layer().softmax_nd().axis()
                                              : rank >= 3                ? -3
                                                                         : -1,
                                              rank));
  const int graph = x.order[axis];
  return r.result(r.call(op::softmax, {x.value}, SoftmaxAttrs{graph == rank - 1 ? -1 : graph}), x.order);
}

}  // namespace paw::coreml::network
