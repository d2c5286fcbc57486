#include "formats/coreml/program/program_writer.h"

#include <algorithm>

#include "formats/coreml/layout.h"
#include "ops/ops.h"

namespace paw::coreml {

namespace {

std::string_view ios_name(IosVersion version) {
  static constexpr std::string_view kNames[] = {"iOS 13", "iOS 15", "iOS 16", "iOS 17", "iOS 18"};
  return kNames[static_cast<std::size_t>(version)];
}

bool is_real(MilType type) { return type == MilType::kF16 || type == MilType::kF32; }

const ProgramWriteRule* rule_of(const OpDef* op) {
  const auto rules = program_write_rules();
  const auto found = std::ranges::find(rules, op, &ProgramWriteRule::op);
  return found == rules.end() ? nullptr : &*found;
}

}  // namespace

ProgramWriter::ProgramWriter(const Model& model, const ProgramSettings& settings, BlockWriter& block)
    : model_(model), settings_(settings), block_(block), uses_(model.graph), forms_(model.graph.values.size()) {
  if (settings.options.precision == DType::kF16) precisions_ = node_precisions(model, notes_);
  precisions_.resize(model.graph.nodes.size());
}

Status ProgramWriter::run(Description& description) {
  PAW_RETURN_IF_ERROR(write_inputs(description));
  const bool classifier = !model_.labels.empty();
  if (classifier) {
    add_classifier_outputs(description);
    for (const Feature& output : description.outputs) block_.reserve(output.name);
  }
  for (std::size_t i = classifier ? 1 : 0; i < graph().outputs.size(); ++i) {
    const ValueId value = graph().outputs[i];
    const std::string& name = graph()[value].name;
    const std::string feature = block_.unique(name.empty() ? "output" : name);
    output_names_.try_emplace(value.index, feature);
    PAW_ASSIGN_OR_RETURN(Feature output, output_feature(model_, value, feature));
    description.outputs.push_back(std::move(output));
  }
  PAW_RETURN_IF_ERROR(write_nodes());
  // classify is the last op, and its results are the first outputs.
  PAW_RETURN_IF_ERROR(write_outputs(description));
  if (classifier) PAW_RETURN_IF_ERROR(write_classifier(description));
  for (std::size_t i = classifier ? 2 : 0; i < description.outputs.size(); ++i) {
    block_.output(description.outputs[i].name);
  }
  return {};
}

Status ProgramWriter::write_inputs(Description& description) {
  for (const ValueId input : graph().inputs) {
    const std::string& wanted = graph()[input].name;
    const std::string name = block_.unique(wanted.empty() ? "input" : wanted);
    PAW_ASSIGN_OR_RETURN(Feature feature, input_feature(model_, input, name));
    const Shape shape = AxisOrder::home(graph().type(input).shape.rank()).to_file(graph().type(input).shape);
    const bool integers = feature.kind == Feature::Kind::kArray && feature.dtype == DType::kI32;
    const Var var{name, integers ? MilType::kI32 : MilType::kF32, shape};
    inputs_.push_back(var);
    if (feature.kind == Feature::Kind::kImage) {
      normalise(input, var);
    } else {
      define(input, var, true);
    }
    description.inputs.push_back(std::move(feature));
  }
  return {};
}

// Pixels come as 0 to 255; scale and bias of each channel follow exactly, in float32.
void ProgramWriter::normalise(ValueId input, Var pixels) {
  const Preprocess& p = *model_.preprocess;
  const auto channels = static_cast<std::size_t>(pixels.shape[1]);
  const auto apply = [&](std::string_view op, std::string_view suffix, const std::array<double, 3>& values,
                         double neutral) {
    const auto used = std::span(values).first(channels);
    if (std::ranges::all_of(used, [&](double v) { return v == neutral; })) return;
    const bool one = std::ranges::all_of(used, [&](double v) { return v == used[0]; });
    const Shape shape = one ? Shape{} : Shape{1, static_cast<std::int64_t>(channels), 1, 1};
    const std::string name = inputs_.back().name + std::string(suffix);
    const Var factor =
        block_.constant(stored(tensor_from_real({DType::kF32, shape}, used.first(one ? 1 : channels))), name + "y");
    pixels = block_.emit(op, {{"x", {pixels}}, {"y", {factor}}}, MilType::kF32, pixels.shape, name);
  };
  apply("mul", "__scaled__", p.scale, 1);
  apply("add", "__biased__", p.bias, 0);
  define(input, pixels, true);
}

bool ProgramWriter::is_pixels(ValueId value) const { return model_.preprocess && value == graph().inputs[0]; }

ValueId ProgramWriter::constant_behind(ValueId value) const {
  if (graph().is_constant(value)) return value;
  const NodeId maker = uses_.producer(value);
  return maker.valid() && is_stored(graph()[maker]) ? graph()[maker].inputs[0] : ValueId{};
}

// Says how a constant is stored rather than computing something.
bool ProgramWriter::is_stored(const Node& node) const {
  if (node.op != &op::cast && node.op != &op::dequantize) return false;
  if (!graph().is_constant(node.inputs[0])) return false;
  return is_float(graph().type(node.outputs[0]).dtype) && graph().type(node.inputs[0]).is_real();
}

Status ProgramWriter::write_nodes() {
  for (std::size_t i = 0; i < graph().nodes.size(); ++i) {
    const Node& node = graph().nodes[i];
    if (is_stored(node)) continue;
    NodeWriter writer(*this, node, precisions_[i]);
    const ProgramWriteRule* rule = rule_of(node.op);
    if (rule == nullptr) return writer.refuse("has no form in an ML Program");
    if (rule->write == nullptr) return writer.refuse("has no form in an ML Program: " + std::string(rule->refusal));
    if (const DType dtype = writer.out_type().dtype; dtype == DType::kF64 || dtype == DType::kBF16) {
      return writer.refuse("computes " + writer.out_type().text() + ", which MIL cannot");
    }
    PAW_RETURN_IF_ERROR(rule->write(writer));
  }
  return {};
}

void ProgramWriter::define(ValueId value, Var var, bool home) { forms_[value.index].push_back({std::move(var), home}); }

MilType ProgramWriter::element_type(ValueId value, MilType real) const {
  const TensorType& type = graph().type(value);
  if (is_float(type.dtype) || is_pixels(value)) return real;
  return mil_type(type.dtype).value_or(real);
}

Result<Var> ProgramWriter::form(ValueId value, bool home, MilType real) {
  const int rank = graph().type(value).shape.rank();
  if (const ValueId behind = constant_behind(value); behind.valid()) {
    const AxisOrder order = home ? AxisOrder::home(rank) : AxisOrder(rank);
    return constant(behind, order.axes(), std::nullopt, real);
  }
  const MilType type = element_type(value, real);
  const bool either = AxisOrder::home(rank).identity();
  const std::vector<Form>& forms = forms_[value.index];
  const Form* best = nullptr;
  for (const Form& form : forms) {
    const bool order = either || form.home == home;
    if (order && form.var.type == type) return form.var;
    if (best == nullptr || order) best = &form;
  }
  if (best == nullptr) {
    return fail(ErrorCode::kInternal, "model: " + graph().label(value), "is read before it is written");
  }
  const Form from = *best;
  return converted(value, from, home, type);
}

Result<Var> ProgramWriter::converted(ValueId value, const Form& from, bool home, MilType type) {
  Var var = from.var;
  const int rank = var.shape.rank();
  bool at_home = from.home;
  if (at_home != home && !AxisOrder::home(rank).identity()) {
    // Home to graph: the file's axis of each graph axis, and the other way round.
    const AxisOrder order = AxisOrder::home(rank);
    std::vector<std::int64_t> perm;
    std::vector<int> axes;
    for (int i = 0; i < rank; ++i) {
      axes.push_back(home ? order[i] : order.file_axis(i));
      perm.push_back(axes.back());
    }
    var = block_.emit("transpose", {{"x", {var}}, {"perm", {block_.ints(perm)}}}, var.type, permuted(var.shape, axes),
                      wanted_name(value) + (home ? "_nchw" : "_nhwc"),
                      var.type == type ? exact_name(value, type, home) : "");
    at_home = home;
    define(value, var, at_home);
  }
  if (var.type != type) {
    if (!is_real(var.type) || !is_real(type)) {
      return fail(ErrorCode::kInternal, "model: " + graph().label(value), "is needed in another element type");
    }
    const std::string_view suffix = type == MilType::kF16 ? "_fp16" : "_fp32";
    var = block_.emit("cast", {{"x", {var}}, {"dtype", {block_.text(name(type))}}}, type, var.shape,
                      wanted_name(value) + std::string(suffix), exact_name(value, type, home));
    define(value, var, at_home);
  }
  return var;
}

Result<Var> ProgramWriter::constant(ValueId id, std::span<const int> axes, std::optional<Shape> shape, MilType real,
                                    bool windows) {
  const Written key{id, {axes.begin(), axes.end()}, shape ? shape->text() : "", real, windows};
  if (const auto found = constants_.find(key); found != constants_.end()) return found->second;
  const Value& value = graph()[id];
  Tensor tensor = graph().tensor(id);
  std::optional<Encoding> encoding = value.encoding;
  // Another shape: what is said per axis would have to follow.
  if (shape && tensor.type.quant) tensor = tensor_from_real({DType::kF32, tensor.type.shape}, real_values(tensor));
  FileConstant stored = file_constant(tensor, encoding, axes);
  stored.windows = windows;
  if (shape) {
    stored.tensor.type.shape = *shape;
    if (encoding && encoding->kind == Encoding::Kind::kPalette && encoding->group != 0) stored.encoding.reset();
    if (stored.encoding) stored.encoding->axis = 0;
    if (shape->rank() == 0) stored.encoding.reset();
  }
  ConstantStore store{
      block_, settings_.forms_of_18, [&](IosVersion v) { return v <= settings_.options.at_least; },
      [&](IosVersion v, std::string_view what) { return needs(v, what, "model: " + graph().label(id)); },
      [&](std::string text) { note(std::move(text)); }};
  PAW_ASSIGN_OR_RETURN(Var var, store_constant(store, stored, real, wanted_name(id)));
  return constants_.emplace(key, std::move(var)).first->second;
}

std::string ProgramWriter::exact_name(ValueId value, MilType type, bool home) {
  const auto found = output_names_.find(value.index);
  const bool either = AxisOrder::home(graph().type(value).shape.rank()).identity();
  if (found == output_names_.end() || (!home && !either) || type == MilType::kF16) return {};
  return std::exchange(found->second, "");
}

std::string ProgramWriter::wanted_name(ValueId value) const {
  if (const std::string& name = graph()[value].name; !name.empty()) return name;
  if (const NodeId maker = uses_.producer(value); maker.valid()) {
    const Node& node = graph()[maker];
    return node.source.empty() ? std::string(node.op->name) : node.source;
  }
  const auto& users = uses_.users(value);
  if (users.empty()) return "constant";
  const Node& node = graph()[users[0]];
  std::string owner = node.source.empty() ? std::string(node.op->name) : node.source;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.inputs[i] == value) {
      const std::size_t port = std::min(i, node.op->inputs.size() - 1);
      const bool stores = is_stored(node);
      return stores ? wanted_name(node.outputs[0]) + "_weights" : owner + "_" + std::string(node.op->inputs[port].name);
    }
  }
  return owner;
}

Status ProgramWriter::needs(IosVersion version, std::string_view what, std::string_view where) {
  if (version > settings_.options.at_least) {
    return fail(ErrorCode::kUnsupported, where,
                std::string(what) + " need " + std::string(ios_name(version)) + ", and the file must run on " +
                    std::string(ios_name(settings_.options.at_least)),
                "ask for " + std::string(ios_name(version)) + " (--target ios" +
                    std::string(ios_name(version).substr(4)) + "), or convert the float model");
  }
  version_ = std::max(version_, version);
  return {};
}

Status ProgramWriter::write_classifier(Description& description) {
  const ValueId scores = graph().outputs[0];
  const auto elements = static_cast<std::size_t>(graph().type(scores).shape.elements());
  if (elements != model_.labels.size()) {
    return fail(ErrorCode::kUnsupported, "model",
                "has " + std::to_string(model_.labels.size()) + " labels for scores " + graph().type(scores).text());
  }
  PAW_ASSIGN_OR_RETURN(const Var probabilities, form(scores, true, MilType::kF32));
  block_.classify(probabilities, model_.labels, description.outputs[0].name, description.outputs[1].name);
  return {};
}

Status ProgramWriter::write_outputs(Description& description) {
  const std::size_t first = model_.labels.empty() ? 0 : 1;
  for (std::size_t i = first; i < graph().outputs.size(); ++i) {
    const std::string& name = description.outputs[i + first].name;
    PAW_ASSIGN_OR_RETURN(Var var, form(graph().outputs[i], true, MilType::kF32));
    if (var.name != name) block_.emit("identity", {{"x", {var}}}, var.type, var.shape, {}, name);
  }
  return {};
}

}  // namespace paw::coreml
