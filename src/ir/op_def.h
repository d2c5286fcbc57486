// OpDef: everything about one op, stated once. Layers above attach by op in their own folder.
#pragma once

#include <array>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ir/graph.h"

namespace paw {

class GraphBuilder;

// One named input or output. "x" required, "bias?" optional, "xs..." one or more (last only).
struct PortSpec {
  enum class Kind : std::uint8_t { kRequired, kOptional, kVariadic };
  std::string_view name;
  Kind kind = Kind::kRequired;

  constexpr PortSpec() = default;
  constexpr PortSpec(const char* spec) : name(spec) {  // NOLINT(google-explicit-constructor): {"x", "bias?"}
    if (name.ends_with("...")) {
      kind = Kind::kVariadic;
      name.remove_suffix(3);
    } else if (name.ends_with("?")) {
      kind = Kind::kOptional;
      name.remove_suffix(1);
    }
  }
};

struct PortList {
  std::array<PortSpec, 12> items{};
  std::size_t count = 0;

  constexpr PortList() = default;
  constexpr PortList(std::initializer_list<PortSpec> specs) {
    for (const PortSpec& spec : specs) items[count++] = spec;
  }
  constexpr std::size_t size() const { return count; }
  constexpr const PortSpec& operator[](std::size_t i) const { return items[i]; }
  constexpr bool variadic() const { return count > 0 && items[count - 1].kind == PortSpec::Kind::kVariadic; }
  std::size_t required() const;  // inputs that must be there; a variadic one counts as one
};

enum Trait : std::uint32_t {
  kElementwise = 1u << 0,          // out[i] depends on in[i] only, after NumPy broadcasting
  kSharesInputScale = 1u << 1,     // a quantised output has its first input's parameters
  kFixedOutputScale = 1u << 2,     // a quantised output's parameters are set by the op (fixed_quant)
  kShapeOnly = 1u << 3,            // moves elements, computes nothing
  kTrainOnly = 1u << 4,            // never in an exported model: losses, backward ops, optimiser steps
  kCommutative = 1u << 5,          // first two inputs may be swapped
  kDeclaresOutputScale = 1u << 6,  // the output's quantisation must be declared on it (quantize)
  kSurrogateGradient = 1u << 7,    // its gradient is not its derivative (which would teach nothing), on purpose
};

// How close a kernel must come to the reference.
enum class Accuracy : std::uint8_t {
  kExact,        // equal bits
  kRounding,     // sums and products may round in another order
  kApproximate,  // transcendental functions
};

struct Cost {
  std::int64_t macs = 0;  // multiply-accumulates of convolutions, matrix products and dense layers
  std::int64_t ops = 0;   // other arithmetic operations, one per scalar result
};

// One op with its operands' types: what infer, cost and reference see of a node.
struct OpCall {
  const OpDef& op;
  const Attrs& attrs;
  std::span<const TensorType* const> inputs;  // null: absent
  std::string_view source;

  template <class A>
  const A& as() const {
    return attrs.as<A>();
  }
  bool has(std::size_t i) const { return i < inputs.size() && inputs[i] != nullptr; }
  const TensorType& in(std::size_t i) const { return *inputs[i]; }
  const Shape& shape(std::size_t i) const { return inputs[i]->shape; }
  // An error that starts with the op and its source: "[conv2d 'block3/dw'] message".
  std::unexpected<Error> error(std::string_view message, std::string_view hint = {}) const;
};

// A tensor of the reference interpreter: real numbers (dequantised) or exact integers below 2^53, as doubles.
struct RefTensor {
  Shape shape;
  std::vector<double> data;
};

// Types of all outputs. Runs on verified attribute ranges (every integer within +-2^31, see verify.h) and valid
// input types. The dtype and shape must be set; quantisation only for ops that fix it: a quantised result
// of any other op takes the parameters that the graph declares on the output value.
using InferFn = Result<std::vector<TensorType>> (*)(const OpCall&);

// Computes outputs (shapes set, data sized and zeroed) from inputs (null: absent), naively, accumulating in
// double. Only called on a node that infer accepted.
struct EvalArgs {
  const OpCall& call;
  std::span<const RefTensor* const> in;
  std::span<RefTensor> out;
};
using ReferenceFn = void (*)(const EvalArgs&);

// Builds the gradient of one node out of existing ops.
class GradContext {
 public:
  GradContext(GraphBuilder& builder, const Node& node, std::span<const ValueId> output_grads,
              std::span<const bool> wanted)
      : builder_(builder), node_(node), output_grads_(output_grads), wanted_(wanted) {}

  GraphBuilder& builder() { return builder_; }
  template <class A>
  const A& attrs() const {
    return node_.attrs.as<A>();
  }
  std::size_t input_count() const { return node_.inputs.size(); }
  ValueId in(std::size_t i) const { return node_.inputs[i]; }
  bool has(std::size_t i) const { return i < node_.inputs.size() && node_.inputs[i].valid(); }
  ValueId out(std::size_t i = 0) const { return node_.outputs[i]; }
  // Gradient of the loss with respect to output i; invalid when none flows there.
  ValueId grad(std::size_t i = 0) const { return output_grads_[i]; }
  // Is the gradient of input i asked for? Others may be left invalid.
  bool wants(std::size_t i) const { return i < wanted_.size() && wanted_[i]; }
  TensorType type(ValueId value) const;  // a copy: the graph grows under every call

  ValueId call(const OpDef& op, std::initializer_list<ValueId> inputs, Attrs attrs = {});
  // A scalar constant of the element type of `like`, for broadcasting.
  ValueId scalar(double value, ValueId like);

 private:
  GraphBuilder& builder_;
  const Node& node_;
  std::span<const ValueId> output_grads_;
  std::span<const bool> wanted_;
};
// One entry per input; invalid where no gradient exists or none was wanted.
using GradientFn = std::vector<ValueId> (*)(GradContext&);

using CostFn = Cost (*)(const OpCall&, std::span<const TensorType> outputs);

// One small example of an op; all generated tests run on these.
struct CaseInput {
  TensorType type;
  double lo = -1.0, hi = 1.0;  // random values, uniform in [lo, hi); integers are rounded
  std::vector<double> values;  // when not empty: exactly these
  bool absent = false;         // an optional input left out
  bool differentiable = true;  // false: gradient is not checked here (indices, seeds, points of a kink)
};
struct OpCase {
  std::string name;
  std::vector<CaseInput> inputs;
  Attrs attrs;
  // Quantisation declared on the first output, when the op needs it declared.
  std::shared_ptr<const QuantParams> output_quant = nullptr;
};
using CasesFn = std::vector<OpCase> (*)();

struct OpDef {
  std::string_view name;
  std::string_view summary;  // one line for docs/op-support.md: the formula
  PortList inputs;
  PortList outputs = {"y"};
  Attrs (*default_attrs)() = nullptr;  // null: the op has no attributes; see attrs_of<T>
  std::uint32_t traits = 0;
  Accuracy accuracy = Accuracy::kRounding;
  InferFn infer = nullptr;
  ReferenceFn reference = nullptr;
  GradientFn gradient = nullptr;
  std::string_view no_gradient;  // the reason, when gradient is null
  CostFn cost = nullptr;
  CasesFn cases = nullptr;
  // With kFixedOutputScale: the parameters for a quantised output of that element type.
  std::shared_ptr<const QuantParams> (*fixed_quant)(DType) = nullptr;

  bool has(Trait trait) const { return (traits & trait) != 0; }
};

template <class A>
Attrs attrs_of() {
  return A{};
}

// The ops that a name may mean, handed to whoever must resolve names (parser, readers).
using OpList = std::span<const OpDef* const>;
// Null when there is no such op.
const OpDef* find_op(OpList ops, std::string_view name);

}  // namespace paw
