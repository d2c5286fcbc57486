#include "optimize/simulate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "ir/builder.h"
#include "ir/verify.h"
#include "ops/activation.h"
#include "ops/gather.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"
#include "optimize/palettize/palette_table.h"
#include "optimize/quantize/channel_quant.h"
#include "optimize/quantize/layers.h"
#include "tensor/half.h"

namespace paw {

namespace {

// What lies further outside than half a step is clamped; a little less, so that no half is rounded across the bound.
constexpr double kMargin = 0.49;

std::string trained_name(ValueId constant) { return "trained/" + std::to_string(constant.index); }

struct Bounds {
  double low, high;  // of the stored integer
};

Bounds bounds_of(DType dtype, bool weights) {
  const double top = highest(dtype);
  return {weights ? -top : -top - 1, top};
}

// 1 / scale as the simulation multiplies with it.
float inverse(float scale) { return 1 / scale; }

bool is_encoded(const Value& value, Encoding::Kind kind) { return value.encoding && value.encoding->kind == kind; }

// 1 where a number is not 0.
Tensor mask_of(const Tensor& tensor) {
  std::vector<float> mask;
  for (const float v : tensor.as<float>()) mask.push_back(v != 0 ? 1.0F : 0.0F);
  return Tensor::f32(tensor.type.shape, mask);
}

bool has_zeros(const Tensor& tensor) {
  const auto values = tensor.as<float>();
  return std::ranges::find(values, 0.0F) != values.end();
}

Tensor real(const Tensor& tensor) { return tensor_from_real({DType::kF32, tensor.type.shape}, real_values(tensor)); }

class Simulator {
 public:
  explicit Simulator(const Graph& old)
      : old_(old), uses_(old), builder_(old.name), ids_(old.values.size()), trained_(old.values.size()) {}

  Result<Graph> run(const Graph& floats) {
    PAW_RETURN_IF_ERROR(find_trained(floats));
    for (const ValueId v : old_.inputs) {
      if (old_.type(v).quant) return fail(ErrorCode::kUnsupported, old_.label(v), "is no float32 input to train with");
      ids_[v.index] = builder_.input(old_[v].name, old_.type(v));
    }
    for (const Node& node : old_.nodes) add(node);
    for (const ValueId v : old_.outputs) builder_.output(ids_[v.index]);
    return builder_.finish();
  }

 private:
  Status find_trained(const Graph& floats) {
    const std::vector<NodeId> layers = layers_of(old_), originals = layers_of(floats);
    if (layers.size() != originals.size()) {
      return fail(ErrorCode::kInternal, "quantize", "the quantised graph has other layers than the float graph");
    }
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const Node& node = old_[layers[i]];
      const ValueId weights = stored_weights(old_, uses_, node);
      const bool integers = old_.type(weights).quant != nullptr;
      trained_[weights.index] = integers ? floats.tensor(floats[originals[i]].inputs[1]) : real(old_.tensor(weights));
      if (node.inputs.size() > 2 && old_.is_constant(node.inputs[2])) {
        trained_[node.inputs[2].index] = real(old_.tensor(node.inputs[2]));
      }
    }
    return {};
  }

  void add(const Node& node) {
    const ValueId y = node.outputs[0];
    if (node.op == &op::dequantize) {
      ids_[y.index] = value(node.inputs[0]);
      return;
    }
    builder_.set_scope(node.source);
    ValueId made;
    if (node.op == &op::quantize) {
      made = value(node.inputs[0]);
    } else {
      std::vector<ValueId> inputs;
      for (const ValueId x : node.inputs) inputs.push_back(value(x));
      made = builder_.call(*node.op, inputs, node.attrs, {old_.type(y).quant ? "" : old_[y].name, node.source, {}});
    }
    const bool rounds = old_.type(y).quant && !node.op->has(kSharesInputScale) && !clamp_rounds(y);
    ids_[y.index] = rounds ? rounded(made, old_.type(y), false) : made;
  }

  // Rounding behind the clamp that takes the layer in gives the same.
  bool clamp_rounds(ValueId y) const {
    if (!uses_.single_use(y) || uses_.is_output(y)) return false;
    const Node& user = old_[uses_.users(y)[0]];
    const bool clamp = user.op == &op::relu || user.op == &op::relu6 || user.op == &op::clamp;
    const TensorType& type = old_.type(user.outputs[0]);
    return clamp && type.quant && *type.quant == *old_.type(y).quant;
  }

  ValueId value(ValueId v) {
    if (!v.valid()) return {};
    ValueId& id = ids_[v.index];
    if (id.valid() || !old_.is_constant(v)) return id;
    const TensorType& type = old_.type(v);
    const auto& trained = trained_[v.index];
    if (!trained) {
      return id = builder_.constant(real(old_.tensor(v)), type.quant ? "" : old_[v].name);
    }
    if (is_encoded(old_[v], Encoding::Kind::kPalette)) return id = indexed(v, *trained);
    id = builder_.constant(*trained, trained_name(v));
    if (is_encoded(old_[v], Encoding::Kind::kSparse)) id = masked(id, *trained);
    return id = type.quant ? rounded(id, type, true) : id;
  }

  ValueId masked(ValueId x, const Tensor& start) {
    return has_zeros(start) ? builder_.call(op::mul, {x, builder_.constant(mask_of(start))}) : x;
  }

  // table[indices]
  ValueId indexed(ValueId v, const Tensor& weights) {
    const PaletteTable palette = palette_table(weights, *old_[v].encoding);
    const ValueId values = masked(builder_.constant(palette.values, trained_name(v)), palette.values);
    const ValueId table = builder_.call(op::reshape, {values}, ShapeAttrs{{palette.values.type.shape.elements()}});
    const std::vector<double> indices(palette.indices.begin(), palette.indices.end());
    const Tensor stored = tensor_from_real({DType::kI32, weights.type.shape}, indices);
    return builder_.call(op::gather, {table, builder_.constant(stored)});
  }

  // s * (round(clamp(x / s)))
  ValueId rounded(ValueId x, const TensorType& type, bool weights) {
    const QuantParams& quant = *type.quant;
    const auto constant = [&](auto f) {
      std::vector<float> values;
      for (const float s : quant.scale) values.push_back(f(s));
      Shape shape;
      if (quant.axis >= 0) {
        std::vector<std::int64_t> extents(static_cast<std::size_t>(type.shape.rank()), 1);
        extents[static_cast<std::size_t>(quant.axis)] = std::ssize(values);
        shape = Shape(std::span<const std::int64_t>(extents));
      }
      return builder_.constant(Tensor::f32(shape, values));
    };
    ValueId steps = builder_.call(op::mul, {x, constant(inverse)});
    if (type.dtype != DType::kI32) {
      const Bounds bounds = bounds_of(type.dtype, weights);
      const double zero = quant.zero_point[0];
      steps = builder_.call(op::clamp, {steps}, ClampAttrs{bounds.low - zero - kMargin, bounds.high - zero + kMargin});
    }
    return builder_.call(op::mul, {builder_.call(op::round, {steps}), constant([](float s) { return s; })});
  }

  const Graph& old_;
  Uses uses_;
  GraphBuilder builder_;
  std::vector<ValueId> ids_;
  std::vector<std::optional<Tensor>> trained_;  // by old value: what training begins with
};

// As the simulation rounds them, in floats.
std::vector<double> stored_of(const Tensor& trained, const TensorType& type) {
  const auto values = trained.as<float>();
  const bool wide = type.dtype == DType::kI32;
  const double most = wide ? std::numeric_limits<std::int32_t>::max() : highest(type.dtype);
  std::vector<double> stored;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float scale = type.quant->scale[quant_index(type, static_cast<std::int64_t>(i))];
    stored.push_back(std::clamp<double>(std::nearbyint(values[i] * inverse(scale)), -most, most));
  }
  return stored;
}

Tensor of_palette(const Tensor& trained, const PaletteTable& palette, const Shape& shape) {
  std::vector<float> values;
  for (const float v : trained.as<float>()) values.push_back(half_to_float(double_to_half(double{v})));
  return looked_up(values, palette, shape);
}

}  // namespace

Result<Graph> simulate(const Graph& small, const Graph& floats) { return Simulator(small).run(floats); }

Status take_trained(Graph& small, const Graph& simulation) {
  for (std::size_t i = 0; i < small.values.size(); ++i) {
    const ValueId id(i), from = simulation.find(trained_name(id));
    if (!small.is_constant(id) || !from.valid()) continue;
    const TensorType& type = small.type(id);
    Tensor trained = simulation.tensor(from);
    if (is_encoded(small[id], Encoding::Kind::kPalette)) {
      trained = of_palette(trained, palette_table(real(small.tensor(id)), *small[id].encoding), type.shape);
    }
    set_constant(small, id, type.quant ? tensor_from_stored(type, stored_of(trained, type)) : trained);
  }
  return verify(small);
}

}  // namespace paw
