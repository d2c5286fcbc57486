// Reverse accumulation over the node list. Knows no op: every rule is OpDef::gradient.
#include "train/autodiff.h"

#include <algorithm>
#include <memory>

#include "ir/builder.h"
#include "ops/ops.h"

namespace paw {

namespace {

std::unexpected<Error> unsupported(std::string_view where, std::string_view message) {
  return fail(ErrorCode::kUnsupported, where, message);
}

class Backward {
 public:
  explicit Backward(const Graph& forward)
      : forward_(forward), builder_(forward), grads_(forward.values.size()), depends_(forward.values.size()) {}

  Status run(ValueId loss, std::span<const ValueId> wrt) {
    mark_dependents(wrt);
    if (!depends_[loss.index]) return {};
    grads_[loss.index] = seed(forward_.type(loss));
    for (std::size_t i = forward_.nodes.size(); i-- > 0;) PAW_RETURN_IF_ERROR(step(NodeId(i)));
    return {};
  }

  // The gradient of `value`: what run() collected, or zeros.
  ValueId gradient(ValueId value) {
    const ValueId grad = grads_[value.index];
    return grad.valid() ? grad : builder_.constant(Tensor::zeros(gradient_type(forward_.type(value))));
  }

  Result<Graph> finish() { return builder_.finish(); }

 private:
  // Gradients of quantised values are plain floats.
  static TensorType gradient_type(const TensorType& type) {
    return {is_float(type.dtype) ? type.dtype : DType::kF32, type.shape};
  }

  ValueId seed(const TensorType& type) {
    const std::vector<double> ones(static_cast<std::size_t>(type.shape.elements()), 1.0);
    return builder_.constant(tensor_from_real(gradient_type(type), ones));
  }

  // Marks every real value that some value of `wrt` flows into: only these carry gradients.
  void mark_dependents(std::span<const ValueId> wrt) {
    for (const ValueId value : wrt) depends_[value.index] = true;
    for (const Node& node : forward_.nodes) {
      const bool reached = std::ranges::any_of(node.inputs, [&](ValueId in) { return depends(in); });
      for (const ValueId output : node.outputs) {
        if (reached && forward_.type(output).is_real()) depends_[output.index] = true;
      }
    }
  }
  bool depends(ValueId value) const { return value.valid() && depends_[value.index]; }

  Status step(NodeId id) {
    const Node& node = forward_[id];
    const std::size_t inputs = node.inputs.size();
    std::vector<ValueId> output_grads;
    output_grads.reserve(node.outputs.size());
    for (const ValueId output : node.outputs) output_grads.push_back(grads_[output.index]);
    const auto wanted = std::make_unique<bool[]>(inputs);  // contiguous, unlike vector<bool>
    for (std::size_t i = 0; i < inputs; ++i) wanted[i] = depends(node.inputs[i]);
    const std::span<const bool> wants(wanted.get(), inputs);
    if (std::ranges::none_of(output_grads, &ValueId::valid) || std::ranges::none_of(wants, std::identity{})) return {};
    if (node.op->gradient == nullptr) {
      return unsupported(forward_.label(id), "has no gradient: " + std::string(node.op->no_gradient));
    }
    builder_.set_scope(node.source.empty() ? "grad" : "grad/" + node.source);
    GradContext context(builder_, node, output_grads, wants);
    const std::vector<ValueId> input_grads = node.op->gradient(context);
    if (builder_.error()) return std::unexpected(*builder_.error());
    for (std::size_t i = 0; i < std::min(inputs, input_grads.size()); ++i) {
      if (wants[i]) PAW_RETURN_IF_ERROR(accumulate(id, node.inputs[i], input_grads[i]));
    }
    return {};
  }

  Status accumulate(NodeId node, ValueId value, ValueId grad) {
    if (!grad.valid()) return {};
    const TensorType expected = gradient_type(forward_.type(value));
    if (!(builder_.type(grad) == expected)) {
      return fail(ErrorCode::kInternal, forward_.label(node),
                  "its gradient for " + forward_.label(value) + " is " + builder_.type(grad).text() + ", expected " +
                      expected.text());
    }
    ValueId& sum = grads_[value.index];
    sum = sum.valid() ? builder_.call(op::add, {sum, grad}) : grad;
    return {};
  }

  const Graph& forward_;
  GraphBuilder builder_;        // a copy of forward_, growing
  std::vector<ValueId> grads_;  // per forward value; invalid: none yet
  std::vector<bool> depends_;
};

}  // namespace

Result<std::vector<ValueId>> autodiff(Graph& graph, ValueId loss, std::span<const ValueId> wrt) {
  const auto check = [&](ValueId value, const char* what) -> Status {
    if (!value.valid() || value.index >= graph.values.size()) {
      return fail(ErrorCode::kInternal, what, "refers to a value that does not exist");
    }
    if (graph.type(value).is_real()) return {};
    return unsupported(graph.label(value),
                       std::string(what) + " must hold real numbers, got " + graph.type(value).text());
  };
  PAW_RETURN_IF_ERROR(check(loss, "loss"));
  for (const ValueId value : wrt) PAW_RETURN_IF_ERROR(check(value, "wrt"));

  Backward backward(graph);
  PAW_RETURN_IF_ERROR(backward.run(loss, wrt));
  std::vector<ValueId> grads;
  for (const ValueId value : wrt) grads.push_back(backward.gradient(value));
  PAW_ASSIGN_OR_RETURN(graph, backward.finish());
  return grads;
}

}  // namespace paw
