#include "optimize/quantize/static_int8.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "ir/builder.h"
#include "ops/cast.h"
#include "ops/ops.h"
#include "optimize/quantize/channel_quant.h"
#include "optimize/quantize/scale_groups.h"

namespace paw {

namespace {

constexpr std::array<std::string_view, 3> kPortNames{"float32", "int8", "uint8"};

using Params = std::shared_ptr<const QuantParams>;

// Rebuilds the graph node by node. Each old value has up to two forms: float32 and i8.
class Quantiser {
 public:
  Quantiser(const Graph& graph, std::vector<Params> scales, const StaticInt8Options& options)
      : old_(graph), scales_(std::move(scales)), options_(options), builder_(graph.name) {
    floats_.resize(graph.values.size());
    bytes_.resize(graph.values.size());
    named_.resize(graph.values.size());
  }

  Result<Graph> run() {
    for (const ValueId input : old_.inputs) add_input(input);
    for (std::size_t i = 0; i < old_.nodes.size(); ++i) {
      const Node& node = old_.nodes[i];
      becomes_integer(old_, NodeId(i), options_.keep_float) ? add_quantised(node) : add_float(node);
    }
    for (const ValueId output : old_.outputs) add_output(output);
    return builder_.finish();
  }

 private:
  void add_input(ValueId v) {
    const Value& value = old_[v];
    const Params& scale = scales_[v.index];
    if (options_.inputs == QuantisedPorts::kFloat || !scale) {
      floats_[v.index] = builder_.input(value.name, value.type);
    } else if (options_.inputs == QuantisedPorts::kI8) {
      bytes_[v.index] = builder_.input(value.name, {options_.activations, value.type.shape, scale});
    } else {
      const ValueId in = builder_.input(value.name, {DType::kU8, value.type.shape, as_unsigned(*scale)});
      bytes_[v.index] = builder_.call(op::quantize, {in}, DtypeAttrs{DType::kI8}, {{}, {}, scale});
    }
  }

  static Params as_unsigned(const QuantParams& q) { return per_tensor(q.scale[0], q.zero_point[0] + 128); }

  // Constants become constants of the new graph on demand.
  ValueId as_float(ValueId v, const std::string& source) {
    if (!v.valid()) return {};
    ValueId& id = floats_[v.index];
    if (id.valid()) return id;
    if (old_.is_constant(v)) return id = builder_.constant(old_.tensor(v), name_once(v), old_[v].encoding);
    const bool named = is_output(v) && options_.outputs == QuantisedPorts::kFloat;
    return id = builder_.call(op::dequantize, {bytes_[v.index]}, DtypeAttrs{DType::kF32},
                              {named ? old_[v].name : "", source, {}});
  }

  // With these parameters: what has others is requantised.
  ValueId as_bytes(ValueId v, const std::string& source, const Params& wanted) {
    if (old_.is_constant(v)) return builder_.constant(quantised_constant(v, wanted));
    ValueId& id = bytes_[v.index];
    if (!id.valid()) {
      id = builder_.call(op::quantize, {floats_[v.index]}, DtypeAttrs{options_.activations},
                         {{}, source, scales_[v.index]});
    }
    const TensorType type = builder_.type(id);
    if (!wanted || (type.quant && *type.quant == *wanted)) return id;
    return builder_.call(op::quantize, {id}, DtypeAttrs{options_.activations}, {{}, source, wanted});
  }

  Tensor quantised_constant(ValueId v, Params wanted) const {
    const std::vector<double> values = real_values(old_.tensor(v));
    if (!wanted) {
      const auto [lo, hi] = std::ranges::minmax(values);
      wanted = activation_params(options_.activations, static_cast<float>(lo), static_cast<float>(hi));
    }
    return tensor_from_real({options_.activations, old_.type(v).shape, std::move(wanted)}, values);
  }

  void add_float(const Node& node) {
    std::vector<ValueId> inputs;
    for (const ValueId v : node.inputs) inputs.push_back(as_float(v, node.source));
    const auto outputs = builder_.call_all(*node.op, inputs, node.attrs, {old_[node.outputs[0]].name, node.source, {}});
    for (std::size_t i = 0; i < outputs.size(); ++i) floats_[node.outputs[i].index] = outputs[i];
  }

  void add_quantised(const Node& node) {
    const ValueId y = node.outputs[0];
    const Params& scale = scales_[y.index];
    std::vector<ValueId> inputs;
    if (channel_axis(node.op) >= 0) {
      inputs = layer_operands(node);
    } else {
      const Params shared = node.op->has(kSharesInputScale) ? scale : nullptr;
      for (const ValueId v : node.inputs) inputs.push_back(as_bytes(v, node.source, shared));
    }
    bytes_[y.index] = builder_.call(*node.op, inputs, node.attrs, {byte_name(y), node.source, scale});
  }

  // A graph output keeps its name on what is put out, maybe its float form.
  std::string byte_name(ValueId y) const {
    return is_output(y) && options_.outputs != QuantisedPorts::kI8 ? std::string{} : old_[y].name;
  }
  bool is_output(ValueId v) const { return std::ranges::find(old_.outputs, v) != old_.outputs.end(); }

  std::vector<ValueId> layer_operands(const Node& node) {
    const ValueId x = as_bytes(node.inputs[0], node.source, nullptr);
    const double x_scale = scales_[node.inputs[0].index]->scale[0];
    const bool has_bias = node.inputs.size() > 2 && node.inputs[2].valid();
    const std::vector<double> bias = has_bias ? real_values(old_.tensor(node.inputs[2])) : std::vector<double>{};
    const double y_scale = scales_[node.outputs[0].index]->scale[0];
    std::vector<float> least(channels_of(node), least_weight_scale(0, x_scale, y_scale));
    for (std::size_t c = 0; c < bias.size(); ++c) least[c] = least_weight_scale(bias[c], x_scale, y_scale);
    const bool per_channel = node.op != &op::fully_connected || options_.dense_per_channel;
    const Tensor weights =
        quantised_weights(old_.tensor(node.inputs[1]), DType::kI8, channel_axis(node.op), least, per_channel);
    std::vector<ValueId> out{x,
                             builder_.constant(weights, name_once(node.inputs[1]), sparse_mark(old_, node.inputs[1]))};
    if (has_bias) {
      const Tensor stored = stored_bias(node.inputs[2], bias, x_scale, *weights.type.quant);
      out.push_back(builder_.constant(stored, name_once(node.inputs[2])));
    }
    return out;
  }

  std::size_t channels_of(const Node& node) const {
    return static_cast<std::size_t>(old_.type(node.inputs[1]).shape[channel_axis(node.op)]);
  }

  // A constant that several nodes read becomes several, of which one has the name.
  std::string name_once(ValueId v) {
    if (named_[v.index]) return {};
    named_[v.index] = true;
    return old_[v].name;
  }

  Tensor stored_bias(ValueId v, const std::vector<double>& bias, double x_scale, const QuantParams& weights) const {
    QuantParams quant{.scale = {}, .zero_point = {}, .axis = weights.axis >= 0 ? 0 : -1, .block = 0};
    for (const float w : weights.scale) quant.scale.push_back(static_cast<float>(x_scale) * w);
    quant.zero_point.assign(quant.scale.size(), 0);
    return tensor_from_real({DType::kI32, old_.type(v).shape, std::make_shared<const QuantParams>(std::move(quant))},
                            bias);
  }

  void add_output(ValueId v) {
    const bool has_bytes = bytes_[v.index].valid();
    if (options_.outputs == QuantisedPorts::kFloat || !has_bytes) return builder_.output(as_float(v, {}));
    if (options_.outputs == QuantisedPorts::kI8) return builder_.output(bytes_[v.index]);
    builder_.output(builder_.call(op::quantize, {bytes_[v.index]}, DtypeAttrs{DType::kU8},
                                  {old_[v].name, {}, as_unsigned(*builder_.type(bytes_[v.index]).quant)}));
  }

  const Graph& old_;
  std::vector<Params> scales_;
  const StaticInt8Options& options_;
  GraphBuilder builder_;
  std::vector<ValueId> floats_, bytes_;  // by old value
  std::vector<bool> named_;              // constants whose name is given
};

}  // namespace

std::span<const std::string_view> enum_names(QuantisedPorts) { return kPortNames; }

Result<Graph> static_int8(const Graph& graph, const ValueRanges& ranges, const StaticInt8Options& asked) {
  StaticInt8Options options = asked;
  if (options.activations == DType::kI16) {
    options.keep_float = keep_without_int16_form(graph, std::move(options.keep_float));
  }
  if (ranges.size() != graph.values.size()) {
    return fail(ErrorCode::kUnsupported, "quantize", "ranges of another graph",
                "measure them on the graph that is quantised");
  }
  const bool floats = options.inputs == QuantisedPorts::kFloat && options.outputs == QuantisedPorts::kFloat;
  if (options.activations == DType::kI16 && !floats) {
    return fail(ErrorCode::kUsage, "quantize", "16-bit activations go with float32 inputs and outputs");
  }
  PAW_ASSIGN_OR_RETURN(std::vector<Params> scales,
                       choose_scales(graph, ranges, options.keep_float, options.activations));
  return Quantiser(graph, std::move(scales), options).run();
}

}  // namespace paw
