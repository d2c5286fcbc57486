// batch_norm <-> batchnorm
#include "coreml/network.pb.h"
#include "formats/coreml/axes.h"
#include "formats/coreml/lists.h"
#include "formats/coreml/network/rules.h"
#include "ops/normalization.h"
#include "ops/ops.h"

namespace paw::coreml::network {

Status write_batch_norm(LayerWriter& w) {
  if (w.type(0).shape.rank() != 4) return w.refuse("normalises " + w.type(0).text() + "; in Core ML only images are");
  PAW_ASSIGN_OR_RETURN(const Blob x, w.in(0));
  schema::BatchNorm& b = *w.out({x}).mutable_batch_norm();
  b.set_channels(static_cast<std::uint64_t>(w.type(0).shape.back()));
  b.set_epsilon(static_cast<float>(w.attrs<BatchNormAttrs>().epsilon));
  PAW_RETURN_IF_ERROR(w.weights(1, kVector, *b.mutable_gamma()));
  PAW_RETURN_IF_ERROR(w.weights(2, kVector, *b.mutable_beta()));
  PAW_RETURN_IF_ERROR(w.weights(3, kVector, *b.mutable_mean()));
  return w.weights(4, kVector, *b.mutable_variance());
}

Status read_batch_norm(LayerReader& r) {
  const schema::BatchNorm& b = r.layer().batch_norm();
  if (b.compute() || b.instance()) return r.refuse("normalises by what it measures on the way, which is not supported");
  PAW_ASSIGN_OR_RETURN(const Shape shape, r.shape(0));
  const AxisOrder order = AxisOrder::home(4);
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0, order));
  std::vector<ValueId> inputs = {x};
  for (const schema::Weights* message : {&b.gamma(), &b.beta(), &b.mean(), &b.variance()}) {
    PAW_ASSIGN_OR_RETURN(const ValueId vector, r.weights(*message, Shape{shape[1]}, kVector));
    inputs.push_back(vector);
  }
  return r.result(r.call(op::batch_norm, inputs, BatchNormAttrs{meant(b.epsilon())}), order);
}

}  // namespace paw::coreml::network
