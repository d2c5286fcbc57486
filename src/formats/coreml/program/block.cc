#include "formats/coreml/program/block.h"

#include <cstring>

#include "coreml/mil.pb.h"
#include "formats/coreml/bit_pack.h"
#include "formats/coreml/identifier.h"
#include "formats/coreml/lists.h"
#include "formats/coreml/weight_file.h"

namespace paw::coreml {

namespace {

constexpr std::size_t kBlobElements = 10;  // from this many on, numbers lie in weight.bin
constexpr std::string_view kBlobFile = "@model_path/weights/weight.bin";

std::size_t elements(const Shape& shape) { return static_cast<std::size_t>(shape.elements()); }

bool in_weight_file(const Stored& stored) {
  if (elements(stored.shape) < kBlobElements) return false;
  switch (stored.type) {
    // What iOS 15 takes from there. The sub-byte types exist from iOS 18 on only.
    case MilType::kF16:
    case MilType::kF32:
    case MilType::kU8:
    case MilType::kI8: return true;
    default: return bits(stored.type) > 0 && bits(stored.type) < 8;
  }
}

void set_type(schema::ValueType& type, MilType element, const Shape& shape) {
  schema::TensorType& tensor = *type.mutable_tensor();
  tensor.set_data_type(mil_code(element));
  tensor.set_rank(shape.rank());
  for (const std::int64_t extent : shape.extents()) {
    tensor.add_dimensions()->mutable_constant()->set_size(static_cast<std::uint64_t>(extent));
  }
}

void set_text(schema::Value& value, std::string_view text) {
  set_type(*value.mutable_type(), MilType::kString, {});
  value.mutable_immediate()->mutable_tensor()->mutable_strings()->add_values(std::string(text));
}

template <class T>
std::vector<std::int64_t> integers(const Bytes& data) {
  const auto values = data.as<T>();
  return {values.begin(), values.end()};
}

void set_immediate(schema::TensorValue& value, const Stored& stored) {
  const std::string raw(reinterpret_cast<const char*>(stored.data.data()), stored.data.size());
  switch (stored.type) {
    case MilType::kString: value.mutable_strings()->add_values(raw); return;
    case MilType::kBool:
      for (const char c : raw) value.mutable_bools()->add_values(c != 0);
      return;
    case MilType::kF32:
      for (const float v : stored.data.as<float>()) value.mutable_floats()->add_values(v);
      return;
    case MilType::kI32: value.mutable_ints()->set_values(pack_integers(integers<std::int32_t>(stored.data))); return;
    case MilType::kI16: value.mutable_ints()->set_values(pack_integers(integers<std::int16_t>(stored.data))); return;
    case MilType::kU16: value.mutable_ints()->set_values(pack_integers(integers<std::uint16_t>(stored.data))); return;
    case MilType::kI64: value.mutable_longs()->set_values(pack_integers(integers<std::int64_t>(stored.data))); return;
    default: value.mutable_raw()->set_values(raw); return;
  }
}

}  // namespace

Stored stored(const Tensor& tensor) { return {*mil_type(tensor.type.dtype), tensor.type.shape, tensor.data}; }

Stored stored_text(std::string_view text) {
  return {MilType::kString, {}, Bytes::copy_of(std::as_bytes(std::span(text)))};
}

Stored stored_bits(MilType type, Shape shape, std::span<const std::uint8_t> numbers) {
  const std::string packed = pack_bits(numbers, bits(type), BitOrder::kLeastFirst);
  return {type, shape, Bytes::copy_of(std::as_bytes(std::span(packed)))};
}

Stored stored_u32(std::span<const std::int64_t> values) {
  std::vector<std::uint32_t> numbers;
  for (const std::int64_t value : values) numbers.push_back(static_cast<std::uint32_t>(value));
  return {MilType::kU32, Shape{static_cast<std::int64_t>(values.size())},
          Bytes::copy_of(std::as_bytes(std::span(numbers)))};
}

std::string BlockWriter::unique(std::string_view wanted) {
  const std::string base = identifier(wanted);
  return names_.make(base.empty() ? "value" : base);
}

schema::Operation& BlockWriter::add(std::string_view type, const std::string& name) {
  schema::Operation& operation = *block_.add_operations();
  operation.set_type(std::string(type));
  set_text((*operation.mutable_attributes())["name"], name);
  return operation;
}

namespace {

void add_result(schema::Operation& operation, const std::string& name, MilType type, const Shape& shape) {
  schema::NamedType& result = *operation.add_outputs();
  result.set_name(name);
  set_type(*result.mutable_type(), type, shape);
}

}  // namespace

void BlockWriter::set_value(schema::Value& value, const Stored& stored) {
  set_type(*value.mutable_type(), stored.type, stored.shape);
  if (in_weight_file(stored)) {
    value.mutable_blob()->set_file(std::string(kBlobFile));
    value.mutable_blob()->set_offset(weights_.add(stored.type, stored.data, elements(stored.shape)));
  } else {
    set_immediate(*value.mutable_immediate()->mutable_tensor(), stored);
  }
}

Var BlockWriter::constant(const Stored& value, std::string_view wanted) {
  const std::string name = unique(wanted);
  schema::Operation& operation = add("const", name);
  set_value((*operation.mutable_attributes())["val"], value);
  add_result(operation, name, value.type, value.shape);
  return {name, value.type, value.shape};
}

Var BlockWriter::parameter(const Stored& value, std::string_view kind) {
  std::string key = std::string(name(value.type)) + value.shape.text();
  key.append(reinterpret_cast<const char*>(value.data.data()), value.data.size());
  const auto found = parameters_.find(key);
  if (found != parameters_.end()) return found->second;
  return parameters_.emplace(std::move(key), constant(value, kind)).first->second;
}

Var BlockWriter::ints(std::span<const std::int64_t> values) {
  std::vector<std::int32_t> numbers;
  for (const std::int64_t value : values) numbers.push_back(static_cast<std::int32_t>(value));
  const Shape shape{static_cast<std::int64_t>(values.size())};
  return parameter({MilType::kI32, shape, Bytes::copy_of(std::as_bytes(std::span(numbers)))}, "ints");
}

Var BlockWriter::integer(std::int64_t value) {
  const std::int32_t number[] = {static_cast<std::int32_t>(value)};
  return parameter({MilType::kI32, {}, Bytes::copy_of(std::as_bytes(std::span(number)))}, "int");
}

Var BlockWriter::text(std::string_view value) { return parameter(stored_text(value), value); }

Var BlockWriter::flag(bool value) {
  const std::uint8_t number[] = {value};
  return parameter({MilType::kBool, {}, Bytes::copy_of(std::as_bytes(std::span(number)))}, value ? "yes" : "no");
}

Var BlockWriter::flags(const std::vector<bool>& values) {
  const std::vector<std::uint8_t> numbers(values.begin(), values.end());
  const Shape shape{static_cast<std::int64_t>(values.size())};
  return parameter({MilType::kBool, shape, Bytes::copy_of(std::as_bytes(std::span(numbers)))}, "flags");
}

Var BlockWriter::real(double value, MilType type) {
  const double values[] = {value};
  return parameter(stored(tensor_from_stored({*graph_type(type), {}}, values)), "number");
}

Var BlockWriter::emit(std::string_view type, const std::vector<Input>& inputs, MilType result, const Shape& shape,
                      std::string_view wanted, std::string name) {
  if (name.empty()) name = unique(wanted.empty() ? type : wanted);
  schema::Operation& operation = add(type, name);
  for (const Input& input : inputs) {
    schema::Argument& argument = (*operation.mutable_inputs())[std::string(input.param)];
    for (const Var& value : input.values) argument.add_bindings()->set_name(value.name);
  }
  add_result(operation, name, result, shape);
  return {name, result, shape};
}

Var BlockWriter::emit_constexpr(std::string_view type, const std::vector<Parameter>& parameters, bool as_attributes,
                                MilType result, const Shape& shape, std::string_view wanted) {
  const std::string name = unique(wanted.empty() ? type : wanted);
  schema::Operation& operation = add(type, name);
  add_parameters(operation, parameters, as_attributes);
  add_result(operation, name, result, shape);
  return {name, result, shape};
}

BlockWriter::Sparse BlockWriter::emit_sparse(std::string_view type, const std::vector<Parameter>& parameters,
                                             MilType result, const Shape& shape, std::int64_t count,
                                             std::string_view wanted) {
  const std::string base(wanted.empty() ? type : wanted);
  const Sparse out{.mask = {unique(base + "_mask"), MilType::kU1, shape},
                   .numbers = {unique(base + "_nonzero"), result, Shape{count}}};
  schema::Operation& operation = add(type, out.numbers.name);
  add_parameters(operation, parameters, false);
  for (const Var* var : {&out.mask, &out.numbers}) add_result(operation, var->name, var->type, var->shape);
  return out;
}

void BlockWriter::add_parameters(schema::Operation& operation, const std::vector<Parameter>& parameters,
                                 bool as_attributes) {
  for (const Parameter& parameter : parameters) {
    const std::string key(parameter.name);
    if (parameter.made.valid()) {
      (*operation.mutable_inputs())[key].add_bindings()->set_name(parameter.made.name);
      continue;
    }
    schema::Value& value = as_attributes ? (*operation.mutable_attributes())[key]
                                         : *(*operation.mutable_inputs())[key].add_bindings()->mutable_value();
    set_value(value, parameter.value);
  }
}

void BlockWriter::classify(const Var& probabilities, std::span<const std::string> labels, const std::string& label,
                           const std::string& result) {
  schema::Operation& operation = add("classify", unique("classify"));
  auto& inputs = *operation.mutable_inputs();
  inputs["probabilities"].add_bindings()->set_name(probabilities.name);
  // A list right here: Core ML does not take it from a const op.
  schema::Value& classes = *inputs["classes"].add_bindings()->mutable_value();
  schema::ListType& list = *classes.mutable_type()->mutable_list();
  set_type(*list.mutable_element(), MilType::kString, {});
  list.mutable_length()->mutable_constant()->set_size(labels.size());
  for (const std::string& text : labels) set_text(*classes.mutable_immediate()->mutable_list()->add_values(), text);
  add_result(operation, label, MilType::kString, {});
  schema::NamedType& dictionary = *operation.add_outputs();
  dictionary.set_name(result);
  schema::DictionaryType& type = *dictionary.mutable_type()->mutable_dictionary();
  set_type(*type.mutable_key(), MilType::kString, {});
  set_type(*type.mutable_value(), MilType::kF64, {});
  output(label);
  output(result);
}

void BlockWriter::output(const std::string& name) { block_.add_outputs(name); }

}  // namespace paw::coreml
