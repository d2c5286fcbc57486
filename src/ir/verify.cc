#include "ir/verify.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <unordered_set>

#include "ir/names.h"

namespace paw {

namespace {

constexpr std::int64_t kMaxAttribute = std::int64_t{1} << 31;

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
      return fail(ErrorCode::kUnsupported, what, problem);
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
  const bool fixed = op.has(kFixedOutputScale) && quantised_op && is_integer(type.dtype);
  const std::shared_ptr<const QuantParams> fixed_quant = fixed ? op.fixed_quant(type.dtype) : nullptr;
  if (fixed && !fixed_quant) return call.error("has no quantised form of type " + std::string(name(type.dtype)));
  if (open && !declared) {
    // Real numbers in an integer type need parameters; plain integers do not.
    if (op.has(kSharesInputScale) && !inputs.empty() && inputs[0] && inputs[0]->dtype == type.dtype) {
      type.quant = inputs[0]->quant;
    } else if (fixed) {
      type.quant = fixed_quant;
    } else if (op.has(kDeclaresOutputScale) || (quantised_op && is_integer(type.dtype) && !op.has(kShapeOnly))) {
      return call.error("a quantised result needs its scale and zero point declared");
    }
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
    if (fixed && !(*fixed_quant == *type.quant)) {
      return call.error("this op's quantised output is fixed by definition, got " + type.text());
    }
  }
  if (Status valid = check_type(type, {}); !valid) return call.error(valid.error().message, valid.error().hint);
  return type;
}

namespace {

// A constant seen as [outer, extent, stride] around one axis, element by element.
struct AxisView {
  DType dtype;
  const std::byte* data;
  std::int64_t outer, extent, stride;

  AxisView(const Tensor& tensor, std::int32_t axis) : dtype(tensor.type.dtype), data(tensor.data.data()) {
    const Shape& shape = tensor.type.shape;
    extent = shape.rank() == 0 ? 1 : shape[axis];
    stride = shape.rank() == 0 ? 1 : strides_of(shape)[static_cast<std::size_t>(axis)];
    outer = shape.elements() / (extent * stride);
  }
  std::int64_t at(std::int64_t o, std::int64_t e, std::int64_t s) const { return (o * extent + e) * stride + s; }
  // The stored bits: unlike the number they tell NaNs and zeros apart, and are exact for 64-bit integers.
  std::uint64_t word(std::int64_t i) const {
    if (bits(dtype) == 4) return std::to_integer<std::uint64_t>(data[i / 2] >> static_cast<int>(i % 2 * 4)) & 0xF;
    const int width = bits(dtype) / 8;
    std::uint64_t value = 0;
    std::memcpy(&value, data + i * width, static_cast<std::size_t>(width));
    return value;
  }
  bool is_zero(std::int64_t i) const {  // of either sign
    const std::uint64_t sign = is_float(dtype) ? std::uint64_t{1} << (bits(dtype) - 1) : 0;
    return (word(i) & ~sign) == 0;
  }
};

// At most `limit` different elements at the indices [first, last) of the axis. Group by group, so that memory does
// not grow with the constant.
bool few_distinct(const AxisView& view, std::int64_t first, std::int64_t last, std::size_t limit,
                  std::vector<std::uint64_t>& palette) {
  std::uint64_t previous = view.word(view.at(0, first, 0));
  palette = {previous};
  for (std::int64_t o = 0; o < view.outer; ++o) {
    const std::int64_t end = view.at(o, last - 1, view.stride - 1);
    for (std::int64_t i = view.at(o, first, 0); i <= end; ++i) {
      const std::uint64_t word = view.word(i);
      if (word == previous) continue;
      previous = word;
      const auto place = std::ranges::lower_bound(palette, word);
      if (place != palette.end() && *place == word) continue;
      palette.insert(place, word);
      if (palette.size() > limit) return false;
    }
  }
  return true;
}

bool palette_holds(const AxisView& view, const Encoding& e) {
  if (e.bits < 1 || e.bits > 8) return false;
  const std::int64_t group = e.group == 0 ? view.extent : e.group;
  const std::size_t limit = std::size_t{1} << e.bits;
  std::vector<std::uint64_t> palette;
  for (std::int64_t first = 0; first < view.extent; first += group) {
    if (!few_distinct(view, first, std::min(first + group, view.extent), limit, palette)) return false;
  }
  return true;
}

bool sparsity_holds(const AxisView& view, const Encoding& e) {
  if (e.group == 0) return true;
  if (e.group != 4 || view.extent % 4 != 0) return false;
  for (std::int64_t o = 0; o < view.outer; ++o) {
    for (std::int64_t first = 0; first < view.extent; first += 4) {
      for (std::int64_t s = 0; s < view.stride; ++s) {
        int nonzero = 0;
        for (std::int64_t k = 0; k < 4; ++k) {
          nonzero += view.is_zero(view.at(o, first + k, s)) ? 0 : 1;
        }
        if (nonzero > 2) return false;
      }
    }
  }
  return true;
}

// True when the constant really has the property that its encoding claims.
bool encoding_holds(const Tensor& tensor, const Encoding& e) {
  if (e.axis < 0 || e.axis >= std::max(tensor.type.shape.rank(), 1) || e.group < 0) return false;
  const AxisView view(tensor, e.axis);
  return e.kind == Encoding::Kind::kPalette ? palette_holds(view, e) : sparsity_holds(view, e);
}

// Empty when the bytes are what storing the elements would write; else the reason.
std::string check_storage(const Tensor& tensor) {
  const std::span<const std::byte> data = tensor.data.span();
  if (data.size() != tensor.type.bytes()) {
    return "holds " + std::to_string(data.size()) + " bytes, its type " + tensor.type.text() + " needs " +
           std::to_string(tensor.type.bytes());
  }
  if (tensor.type.dtype == DType::kBool && std::ranges::any_of(data, [](std::byte b) { return b > std::byte{1}; })) {
    return "a bool is stored as 0 or 1";
  }
  const bool half_used = bits(tensor.type.dtype) == 4 && tensor.type.shape.elements() % 2 != 0;
  if (half_used && (data.back() & std::byte{0xF0}) != std::byte{0})
    return "the unused bits of its last byte are not zero";
  return {};
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
  static std::unexpected<Error> error(std::string_view where, std::string_view message) {
    return fail(ErrorCode::kUnsupported, where, message);
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
        if (is_reserved_name(value.name)) {
          return error(label, "a name of digits only is kept for unnamed values");
        }
        if (!names.insert(value.name).second) return error(label, "two values have this name");
      }
      PAW_RETURN_IF_ERROR(check_type(value.type, label));
      if (value.constant) {
        if (std::string problem = check_storage(graph_.tensor(ValueId(i))); !problem.empty()) {
          return error(label, std::move(problem));
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
