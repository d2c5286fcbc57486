#include "lower/quant/widen.h"

#include <algorithm>

#include "ir/builder.h"
#include "ops/activation.h"
#include "ops/cast.h"
#include "ops/ops.h"

namespace paw {

namespace {

bool is_wide(const TensorType& type) { return type.dtype == DType::kI16 && type.quant != nullptr; }

bool touches_wide(const Graph& graph, const Node& node) {
  const auto wide = [&](ValueId v) { return v.valid() && is_wide(graph.type(v)); };
  return std::ranges::any_of(node.inputs, wide) || std::ranges::any_of(node.outputs, wide);
}

class Widener {
 public:
  explicit Widener(const Graph& graph) : old_(graph), builder_(graph.name), new_(graph.values.size()) {}

  Result<Graph> run() {
    for (const ValueId input : old_.inputs) add_input(input);
    for (const Node& node : old_.nodes) touches_wide(old_, node) ? add_float(node) : add_same(node);
    for (const ValueId output : old_.outputs) builder_.output(new_[output.index]);
    return builder_.finish();
  }

 private:
  void add_input(ValueId v) {
    const TensorType& type = old_.type(v);
    const ValueId x = builder_.input(old_[v].name, is_wide(type) ? TensorType{DType::kF32, type.shape} : type);
    new_[v.index] = is_wide(type) ? rounded(x, *type.quant, {}, {}) : x;
  }

  ValueId same(ValueId v) {
    if (!v.valid()) return {};
    ValueId& id = new_[v.index];
    if (!id.valid()) id = builder_.constant(old_.tensor(v), old_[v].name);  // nodes are in order: it must be one
    return id;
  }

  // As float32: constants, what is wide, and bytes that are read beside it.
  ValueId real(ValueId v, const std::string& source) {
    if (!v.valid()) return {};
    const TensorType& type = old_.type(v);
    if (old_.is_constant(v))
      return builder_.constant(tensor_from_real({DType::kF32, type.shape}, real_values(old_.tensor(v))));
    if (is_wide(type) || type.dtype == DType::kF32) return new_[v.index];
    return builder_.call(op::dequantize, {new_[v.index]}, DtypeAttrs{DType::kF32}, {{}, source, {}});
  }

  void add_same(const Node& node) {
    std::vector<ValueId> inputs;
    for (const ValueId v : node.inputs) inputs.push_back(same(v));
    const auto quant = old_.type(node.outputs[0]).quant;
    const auto made = builder_.call_all(*node.op, inputs, node.attrs, {old_[node.outputs[0]].name, node.source, quant});
    for (std::size_t i = 0; i < made.size(); ++i) new_[node.outputs[i].index] = made[i];
  }

  void add_float(const Node& node) {
    const ValueId y = node.outputs[0];
    const TensorType& type = old_.type(y);
    const std::string& name = old_[y].name;
    if (node.op == &op::quantize || node.op == &op::dequantize) {
      const ValueId x = real(node.inputs[0], node.source);
      new_[y.index] = is_wide(type) ? rounded(x, *type.quant, name, node.source)
                      : type.quant  ? builder_.call(op::quantize, {x}, node.attrs, {name, node.source, type.quant})
                                    : x;
      return;
    }
    std::vector<ValueId> inputs;
    for (const ValueId v : node.inputs) inputs.push_back(real(v, node.source));
    const ValueId made = builder_.call(*node.op, inputs, node.attrs, {{}, node.source, {}});
    new_[y.index] = is_wide(type) ? rounded(made, *type.quant, name, node.source) : made;
  }

  ValueId number(float v) { return builder_.constant(Tensor::f32(Shape{}, {&v, 1})); }

  // s * round(x / s): adding 1.5 * 2^23 leaves no room for fractions.
  ValueId rounded(ValueId x, const QuantParams& quant, const std::string& name, const std::string& source) {
    constexpr float kNoFractions = 12582912.0f;
    const auto step = [&](const OpDef& op, ValueId a, float b) {
      return builder_.call(op, {a, number(b)}, {}, {{}, source, {}});
    };
    const float scale = quant.scale[0];
    const ValueId steps = builder_.call(op::clamp, {step(op::mul, x, 1 / scale)},
                                        ClampAttrs{.min = -32768, .max = 32767}, {{}, source, {}});
    const ValueId whole = step(op::sub, step(op::add, steps, kNoFractions), kNoFractions);
    return builder_.call(op::mul, {whole, number(scale)}, {}, {name, source, {}});
  }

  const Graph& old_;
  GraphBuilder builder_;
  std::vector<ValueId> new_;  // by old value
};

}  // namespace

Result<Graph> widen_i16(Graph graph) {
  if (std::ranges::none_of(graph.values, [](const Value& v) { return is_wide(v.type); })) return graph;
  return Widener(graph).run();
}

}  // namespace paw
