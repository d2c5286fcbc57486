#include "ir/verify.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_set>

namespace paw {

namespace {

constexpr std::int64_t kMaxAttribute = std::int64_t{1} << 31;
constexpr std::size_t kMaxListLength = 4096;
constexpr std::size_t kMaxNameLength = 4096;

// The first attribute that no op may see: integers out of range (so that infer's arithmetic cannot overflow), NaN.
class AttributeCheck final : public FieldVisitor {
 public:
  std::string problem;

  void on_bool(std::string_view, bool&) override {}
  void on_int(std::string_view name, std::int64_t& value) override { check(name, value); }
  void on_real(std::string_view name, double& value) override {
    if (std::isnan(value)) note(name, "is not a number");
  }
  void on_dtype(std::string_view, DType&) override {}
  void on_enum(std::string_view name, std::span<const std::string_view> names, int& index) override {
    if (index < 0 || static_cast<std::size_t>(index) >= names.size()) note(name, "is not a known choice");
  }
  void on_ints(std::string_view name, std::span<std::int64_t> values) override {
    for (const std::int64_t v : values) check(name, v);
  }
  void on_int_list(std::string_view name, std::vector<std::int64_t>& values) override {
    if (values.size() > kMaxListLength) return note(name, "has too many entries");
    for (const std::int64_t v : values) check(name, v);
  }

 private:
  void check(std::string_view name, std::int64_t value) {
    if (value < -kMaxAttribute || value > kMaxAttribute) note(name, "is out of range: " + std::to_string(value));
  }
  void note(std::string_view name, std::string what) {
    if (problem.empty()) problem = "attribute " + std::string(name) + " " + std::move(what);
  }
};

Status check_arity(const OpCall& call) {
  const PortList& ports = call.op.inputs;
  const std::size_t given = call.inputs.size();
  if (given > ports.size() && !ports.variadic()) {
    return call.error("takes at most " + std::to_string(ports.size()) + " inputs, got " + std::to_string(given));
  }
  for (std::size_t i = 0; i < std::max(given, ports.size()); ++i) {
    const PortSpec& port = ports[std::min(i, ports.size() - 1)];
    const bool may_miss = port.kind == PortSpec::Kind::kOptional;
    if (!call.has(i) && !may_miss) return call.error("input '" + std::string(port.name) + "' is missing");
  }
  return {};
}

Status check_type(const TensorType& type, const std::string& what) {
  if (!type.shape.valid()) {
    return fail(ErrorCode::kUnsupported, what, "shape " + type.shape.text() + " is not supported",
                "extents must be positive and the tensor at most 2^40 elements");
  }
  if (type.quant) {
    if (std::string problem = check_quant(type); !problem.empty()) {
      return fail(ErrorCode::kUnsupported, what, std::move(problem));
    }
  }
  return {};
}

}  // namespace

Result<std::vector<TensorType>> infer_types(const OpDef& op, const Attrs& attrs,
                                            std::span<const TensorType* const> inputs, std::string_view source) {
  const OpCall call{op, attrs, inputs, source};
  if (!attrs.same_type(op.default_attrs != nullptr ? op.default_attrs() : Attrs{})) {
    return call.error("attributes of another op");
  }
  AttributeCheck check;
  attrs.inspect(check);
  if (!check.problem.empty()) return call.error(check.problem);
  PAW_RETURN_IF_ERROR(check_arity(call));
  PAW_ASSIGN_OR_RETURN(std::vector<TensorType> types, op.infer(call));
  if (types.size() != op.outputs.size()) {
    return fail(ErrorCode::kInternal, std::string(op.name), "infer returned another number of outputs");
  }
  for (const TensorType& type : types) {
    if (!type.shape.valid()) return call.error("the result would be too large: " + type.text());
  }
  return types;
}

Result<TensorType> resolve_output_type(const OpDef& op, std::span<const TensorType* const> inputs,
                                       const TensorType& inferred, std::shared_ptr<const QuantParams> declared,
                                       std::string_view source) {
  const OpCall call{op, {}, inputs, source};
  TensorType type = inferred;
  const bool open = inferred.quant == nullptr;
  const bool quantised_op = std::ranges::any_of(inputs, [](const TensorType* t) { return t && t->quant; });
  if (open && !declared) {
    // Real numbers in an integer type need parameters; plain integers do not.
    if (op.has(kSharesInputScale) && !inputs.empty() && inputs[0] && inputs[0]->dtype == type.dtype) {
      type.quant = inputs[0]->quant;
    } else if (op.has(kFixedOutputScale) && quantised_op && is_integer(type.dtype)) {
      type.quant = op.fixed_quant(type.dtype);
    } else if (op.has(kDeclaresOutputScale) || (quantised_op && is_integer(type.dtype) && !op.has(kShapeOnly))) {
      return call.error("a quantised result needs its scale and zero point declared");
    }
    return type;
  }
  if (declared) {
    type.quant = std::move(declared);
    if (!open && !(type == inferred)) {
      return call.error("declared quantisation " + type.text() + " differs from " + inferred.text());
    }
    if (op.has(kSharesInputScale) && !inputs.empty() && inputs[0] &&
        !(inputs[0]->quant && *inputs[0]->quant == *type.quant)) {
      return call.error("output must have its input's quantisation, got " + type.text() + " from " + inputs[0]->text());
    }
    if (op.has(kFixedOutputScale) && quantised_op && !(*op.fixed_quant(type.dtype) == *type.quant)) {
      return call.error("this op's quantised output is fixed by definition, got " + type.text());
    }
  }
  PAW_RETURN_IF_ERROR(check_type(type, std::string(op.name)));
  return type;
}

namespace {

// True when the constant really has the property that its encoding claims.
bool encoding_holds(const Tensor& tensor, const Encoding& e) {
  const Shape& shape = tensor.type.shape;
  const int rank = shape.rank();
  if (e.axis < 0 || e.axis >= std::max(rank, 1) || e.group < 0) return false;
  const std::int64_t extent = rank == 0 ? 1 : shape[e.axis];
  const std::int64_t stride = rank == 0 ? 1 : strides_of(shape)[static_cast<std::size_t>(e.axis)];
  const std::vector<double> values = stored_values(tensor);
  if (e.kind == Encoding::Kind::kPalette) {
    if (e.bits < 1 || e.bits > 8) return false;
    const std::int64_t group = e.group == 0 ? extent : e.group;
    std::vector<std::set<double>> palettes(static_cast<std::size_t>((extent + group - 1) / group));
    for (std::size_t i = 0; i < values.size(); ++i) {
      auto& palette = palettes[static_cast<std::size_t>(static_cast<std::int64_t>(i) / stride % extent / group)];
      palette.insert(values[i]);
      if (palette.size() > (std::size_t{1} << e.bits)) return false;
    }
    return true;
  }
  if (e.group == 0) return true;
  if (e.group != 4 || extent % 4 != 0) return false;
  std::vector<std::uint8_t> nonzero(values.size() / 4);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    const std::int64_t quad =
        (at / (stride * extent)) * (stride * extent / 4) + (at / stride % extent / 4) * stride + at % stride;
    if (values[i] != 0 && ++nonzero[static_cast<std::size_t>(quad)] > 2) return false;
  }
  return true;
}

class GraphVerifier {
 public:
  explicit GraphVerifier(const Graph& graph) : graph_(graph), defined_(graph.values.size()) {}

  Status run() {
    PAW_RETURN_IF_ERROR(check_values());
    for (const ValueId input : graph_.inputs) {
      PAW_RETURN_IF_ERROR(in_range(input, "graph input"));
      if (graph_.is_constant(input)) return error(graph_.label(input), "a graph input cannot be a constant");
      PAW_RETURN_IF_ERROR(define(input));
    }
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) PAW_RETURN_IF_ERROR(check_node(NodeId(i)));
    for (const ValueId output : graph_.outputs) {
      PAW_RETURN_IF_ERROR(in_range(output, "graph output"));
      if (!defined_[output.index]) return error(graph_.label(output), "a graph output that nothing computes");
    }
    for (std::size_t i = 0; i < defined_.size(); ++i) {
      if (!defined_[i]) return error(graph_.label(ValueId(i)), "a value that nothing defines");
    }
    return {};
  }

 private:
  static std::unexpected<Error> error(std::string where, std::string message) {
    return fail(ErrorCode::kUnsupported, std::move(where), std::move(message));
  }

  Status in_range(ValueId id, const char* what) const {
    if (id.valid() && id.index < graph_.values.size()) return {};
    return error(what, "refers to a value that does not exist");
  }

  Status define(ValueId id) {
    if (defined_[id.index]) return error(graph_.label(id), "defined twice");
    defined_[id.index] = true;
    return {};
  }

  Status check_values() {
    std::unordered_set<std::string_view> names;
    for (std::size_t i = 0; i < graph_.values.size(); ++i) {
      const Value& value = graph_.values[i];
      const std::string label = graph_.label(ValueId(i));
      if (!value.name.empty()) {
        if (value.name.size() > kMaxNameLength) return error("a value", "its name is too long");
        if (std::ranges::all_of(value.name, [](char c) { return c >= '0' && c <= '9'; })) {
          return error(label, "a name of digits only is kept for unnamed values");
        }
        if (!names.insert(value.name).second) return error(label, "two values have this name");
      }
      PAW_RETURN_IF_ERROR(check_type(value.type, label));
      if (value.constant) {
        if (value.constant->size() != value.type.bytes()) {
          return error(label, "holds " + std::to_string(value.constant->size()) + " bytes, its type " +
                                  value.type.text() + " needs " + std::to_string(value.type.bytes()));
        }
        defined_[i] = true;
      }
      if (value.encoding && (!value.constant || !encoding_holds(graph_.tensor(ValueId(i)), *value.encoding))) {
        return error(label, "its elements do not have the form that its encoding states");
      }
    }
    return {};
  }

  Status check_node(NodeId id) {
    const Node& node = graph_[id];
    if (node.op == nullptr) return error("node " + std::to_string(id.index), "has no op");
    std::vector<const TensorType*> types;
    for (const ValueId input : node.inputs) {
      if (!input.valid()) {
        types.push_back(nullptr);
        continue;
      }
      PAW_RETURN_IF_ERROR(in_range(input, "node input"));
      if (!defined_[input.index])
        return error(graph_.label(id), "reads " + graph_.label(input) + " before it is computed");
      types.push_back(&graph_.type(input));
    }
    PAW_ASSIGN_OR_RETURN(const std::vector<TensorType> inferred, infer_types(*node.op, node.attrs, types, node.source));
    if (node.outputs.size() != inferred.size()) return error(graph_.label(id), "has the wrong number of outputs");
    for (std::size_t i = 0; i < inferred.size(); ++i) {
      const ValueId output = node.outputs[i];
      PAW_RETURN_IF_ERROR(in_range(output, "node output"));
      const TensorType& stated = graph_.type(output);
      PAW_ASSIGN_OR_RETURN(const TensorType expected,
                           resolve_output_type(*node.op, types, inferred[i], stated.quant, node.source));
      if (!(expected == stated)) {
        return error(graph_.label(id), "computes " + expected.text() + ", the graph states " + stated.text());
      }
      if (graph_.is_constant(output)) return error(graph_.label(output), "a constant cannot be computed");
      PAW_RETURN_IF_ERROR(define(output));
    }
    return {};
  }

  const Graph& graph_;
  std::vector<bool> defined_;
};

}  // namespace

Status verify(const Graph& graph) { return GraphVerifier(graph).run(); }

}  // namespace paw
