#include "formats/coreml/network/ops/window.h"

#include "coreml/network.pb.h"
#include "formats/coreml/lists.h"

namespace paw::coreml::network {

void write_edges(std::array<std::int64_t, 4> pads, schema::Edges& message) {
  for (const std::size_t i : {0u, 2u}) {
    schema::Edges::Edge& edge = *message.add_edges();
    edge.set_start(static_cast<std::uint64_t>(pads[i]));
    edge.set_end(static_cast<std::uint64_t>(pads[i + 1]));
  }
}

namespace {

template <class Message>
void write_padding_of(Padding padding, std::array<std::int64_t, 4> pads, Message& message) {
  if (padding == Padding::kSame) {
    message.mutable_same();
    return;
  }
  schema::ValidPadding& valid = *message.mutable_valid();
  if (pads != std::array<std::int64_t, 4>{}) write_edges(pads, *valid.mutable_amounts());
}

}  // namespace

void write_padding(Padding padding, std::array<std::int64_t, 4> pads, schema::Convolution& message) {
  write_padding_of(padding, pads, message);
}

void write_padding(Padding padding, std::array<std::int64_t, 4> pads, schema::Pooling& message) {
  write_padding_of(padding, pads, message);
}

Result<std::array<std::int64_t, 4>> read_edges(LayerReader& r, const schema::Edges& message) {
  std::array<std::int64_t, 4> pads = {0, 0, 0, 0};
  if (message.edges_size() == 0) return pads;
  if (message.edges_size() != 2)
    return r.refuse("its padding has " + std::to_string(message.edges_size()) + " axes, not 2");
  for (int i = 0; i < 2; ++i) {
    const schema::Edges::Edge& edge = message.edges(i);
    if (edge.start() > kMaxExtent || edge.end() > kMaxExtent) return r.refuse("its padding is too large");
    pads[2 * static_cast<std::size_t>(i)] = static_cast<std::int64_t>(edge.start());
    pads[2 * static_cast<std::size_t>(i) + 1] = static_cast<std::int64_t>(edge.end());
  }
  return pads;
}

std::string pack_pair(std::array<std::int64_t, 2> pair, std::int64_t other) {
  return pair == std::array{other, other} ? std::string() : pack_integers(pair);
}

Result<std::array<std::int64_t, 2>> read_pair(LayerReader& r, const std::string& packed, std::int64_t other) {
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> values, r.integers(packed, "kernel, stride or dilation"));
  if (values.empty()) return std::array{other, other};
  if (values.size() != 2)
    return r.refuse("its kernel, stride or dilation has " + std::to_string(values.size()) + " numbers, not 2");
  for (const std::int64_t value : values) {
    if (value < 1 || value > kMaxExtent) return r.refuse("its kernel, stride or dilation is " + std::to_string(value));
  }
  return std::array{values[0], values[1]};
}

Result<WindowPadding> same_padding(LayerReader&, std::array<std::int64_t, 2> size, std::array<std::int64_t, 2> kernel,
                                   std::array<std::int64_t, 2> stride, std::array<std::int64_t, 2> dilation,
                                   bool above) {
  if (!above) return WindowPadding{Padding::kSame, {}};
  std::array<std::int64_t, 4> pads{};
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t reach = (kernel[i] - 1) * dilation[i] + 1;
    const std::int64_t total =
        std::max(((size[i] + stride[i] - 1) / stride[i] - 1) * stride[i] + reach - size[i], std::int64_t{0});
    pads[2 * i] = total - total / 2;
    pads[2 * i + 1] = total / 2;
  }
  return explicit_padding(pads);
}

WindowPadding explicit_padding(std::array<std::int64_t, 4> pads) {
  return {pads == std::array<std::int64_t, 4>{} ? Padding::kValid : Padding::kExplicit, pads};
}

}  // namespace paw::coreml::network
