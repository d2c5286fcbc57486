// max_pool, avg_pool <-> pooling; global pooling is read as a reduction
#include "ops/pool.h"
#include "coreml/network.pb.h"
#include "formats/coreml/axes.h"
#include "formats/coreml/network/ops/window.h"
#include "formats/coreml/network/rules.h"
#include "ops/ops.h"
#include "ops/reduce.h"

namespace paw::coreml::network {

namespace {

enum Type { kMax, kAverage };

Status write_pool(LayerWriter& w, Type type) {
  const auto& a = w.attrs<PoolAttrs>();
  PAW_ASSIGN_OR_RETURN(const Blob x, w.in(0));
  schema::Pooling& p = *w.out({x}).mutable_pooling();
  p.set_type(type);
  p.set_kernel(pack_pair(a.kernel, kUnstatedKernel));
  p.set_stride(pack_pair(a.stride, kUnstatedStep));
  write_padding(a.padding, a.pads, p);
  p.set_exclude_padding(type == kAverage && !a.count_padding);
  return {};
}

// As Caffe counts: the last window may reach over the border, unless it would begin behind it.
Result<WindowPadding> complete(LayerReader& r, const Shape& x, std::array<std::int64_t, 2> kernel,
                               std::array<std::int64_t, 2> stride) {
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> amounts,
                       r.integers(r.layer().pooling().complete().amounts(), "padding"));
  if (!amounts.empty() && amounts.size() != 2)
    return r.refuse("its padding has " + std::to_string(amounts.size()) + " numbers, not 2");
  std::array<std::int64_t, 4> pads{};
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t size = x[static_cast<int>(i) + 2], pad = amounts.empty() ? 0 : amounts[i];
    const std::int64_t rest = size + 2 * pad - kernel[i];
    if (pad < 0 || pad > kMaxExtent || rest < 0) return r.refuse("its padding is not supported");
    std::int64_t out = (rest + stride[i] - 1) / stride[i] + 1;
    if (pad > 0 && (out - 1) * stride[i] >= size + pad) --out;
    pads[2 * i] = pad;
    pads[2 * i + 1] = std::max((out - 1) * stride[i] + kernel[i] - size - pad, std::int64_t{0});
  }
  return explicit_padding(pads);
}

}  // namespace

Status write_max_pool(LayerWriter& w) { return write_pool(w, kMax); }
Status write_avg_pool(LayerWriter& w) { return write_pool(w, kAverage); }

Status read_pooling(LayerReader& r) {
  const schema::Pooling& p = r.layer().pooling();
  if (p.type() != kMax && p.type() != kAverage) return r.refuse("only pooling of maxima and averages is supported");
  const bool average = p.type() == kAverage;
  PAW_ASSIGN_OR_RETURN(const Shape x, r.shape(0));
  PAW_ASSIGN_OR_RETURN(const ValueId image, r.in(0, AxisOrder::home(4)));
  if (p.global()) {
    const ReduceAttrs pixels{{1, 2}, true};
    return r.result(r.call(average ? op::reduce_mean : op::reduce_max, {image}, pixels), AxisOrder::home(4));
  }
  PAW_ASSIGN_OR_RETURN(const auto kernel, read_pair(r, p.kernel(), kUnstatedKernel));
  PAW_ASSIGN_OR_RETURN(const auto stride, read_pair(r, p.stride(), kUnstatedStep));
  PAW_ASSIGN_OR_RETURN(const auto edges, read_edges(r, p.valid().amounts()));
  WindowPadding window = explicit_padding(edges);
  if (p.has_same()) {
    PAW_ASSIGN_OR_RETURN(window, same_padding(r, {x[2], x[3]}, kernel, stride, {1, 1}, p.same().mode() == 1));
  } else if (p.has_complete()) {
    PAW_ASSIGN_OR_RETURN(window, complete(r, x, kernel, stride));
    const bool counts = average && !p.exclude_padding() && window.padding != Padding::kValid;
    if (counts) return r.refuse("averages over padding behind the last pixel, which is not supported");
  }
  const bool counts = average && !p.exclude_padding() && window.padding != Padding::kValid;
  const PoolAttrs attrs{kernel, stride, window.padding, window.pads, counts};
  return r.result(r.call(average ? op::avg_pool : op::max_pool, {image}, attrs), AxisOrder::home(4));
}

}  // namespace paw::coreml::network
