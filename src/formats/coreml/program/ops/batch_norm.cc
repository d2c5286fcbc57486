// batch_norm <-> batch_norm
#include "formats/coreml/axes.h"
#include "formats/coreml/program/rules.h"
#include "ops/normalization.h"
#include "ops/ops.h"

namespace paw::coreml::program {

namespace {

// The file's axis 1 holds the channels, the graph's last one.
AxisOrder channels_last(int rank) {
  std::vector<int> order = {0, rank - 1};
  for (int i = 2; i < rank; ++i) order.push_back(i - 1);
  return AxisOrder(order);
}

}  // namespace

Status write_batch_norm(NodeWriter& w) {
  if (w.type(0).shape.rank() != 4) return w.refuse("normalises " + w.type(0).text() + "; in Core ML only images are");
  PAW_ASSIGN_OR_RETURN(const Var x, w.in(0));
  std::vector<Input> inputs = {{"x", {x}}};
  static constexpr std::string_view kParams[] = {"gamma", "beta", "mean", "variance"};
  for (std::size_t i = 0; i < 4; ++i) {
    PAW_ASSIGN_OR_RETURN(const Var vector, w.weights(i + 1, kVector));
    inputs.push_back({kParams[i], {vector}});
  }
  inputs.push_back({"epsilon", {w.number(w.attrs<BatchNormAttrs>().epsilon)}});
  return w.out("batch_norm", inputs);
}

Status read_batch_norm(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const Shape shape, r.shape("x"));
  if (shape.rank() < 3) return r.refuse("normalises " + shape.text() + "; three or more axes are supported");
  const AxisOrder order = channels_last(shape.rank());
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in("x", order));
  std::vector<ValueId> inputs = {x};
  const auto channels = static_cast<std::size_t>(shape[1]);
  for (const std::string_view param : {"gamma", "beta", "mean", "variance"}) {
    if (!r.has(param) && (param == "gamma" || param == "beta")) {
      const std::vector<float> neutral(channels, param == "gamma" ? 1.0f : 0.0f);
      inputs.push_back(r.builder().constant(Tensor::f32(Shape{shape[1]}, neutral)));
      continue;
    }
    PAW_ASSIGN_OR_RETURN(const ValueId vector, r.weights(param, kVector));
    inputs.push_back(vector);
  }
  PAW_ASSIGN_OR_RETURN(const double epsilon, r.real("epsilon", 1e-5));
  return r.result(r.call(op::batch_norm, inputs, BatchNormAttrs{epsilon}), order);
}

}  // namespace paw::coreml::program
