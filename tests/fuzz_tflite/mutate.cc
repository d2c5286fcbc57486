#include "mutate.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <string_view>

#include "file_objects.h"

namespace paw {

namespace {

using namespace tflite_testing;
using namespace tflite_objects;

constexpr std::size_t kWeights = 256;  // bytes; constants from that on are left alone

std::size_t below(Random& random, std::size_t n) { return n == 0 ? 0 : static_cast<std::size_t>(random.below(n)); }

std::int32_t interesting(Random& random, std::int64_t now) {
  constexpr auto kMost = std::numeric_limits<std::int32_t>::max(), kLeast = std::numeric_limits<std::int32_t>::min();
  const std::array<std::int64_t, 18> choices = {0, 1,   -1,  2,   now + 1, now - 1, now * 2, now / 2, -now,
                                                7, 127, 128, 255, 256,     65536,   kMost,   kLeast,  1'000'000};
  return static_cast<std::int32_t>(choices[below(random, choices.size())]);
}

template <class T>
void change(T& value, Random& random) {
  value = static_cast<T>(interesting(random, static_cast<std::int64_t>(value)));
}

template <class T>
void change_list(std::vector<T>& list, Random& random) {
  switch (random.below(5)) {
    case 0: list.resize(below(random, 9)); break;
    case 1: list.insert(list.begin() + static_cast<std::ptrdiff_t>(below(random, list.size() + 1)), T{}); break;
    case 2:
      if (!list.empty()) list.pop_back();
      break;
    default:
      if (!list.empty()) change(list[below(random, list.size())], random);
  }
}

template <class T>
T* pick(std::vector<std::unique_ptr<T>>& list, Random& random) {
  return list.empty() ? nullptr : list[below(random, list.size())].get();
}

std::string tensor_field(ModelT& m, Random& random) {
  TensorT* t = pick(m.subgraphs[0]->tensors, random);
  if (t == nullptr) return "no tensor";
  switch (random.below(7)) {
    case 0: change(t->type, random); return "type of " + t->name;
    case 1: change(t->buffer, random); return "buffer of " + t->name;
    case 2: t->is_variable = !t->is_variable; return "variable " + t->name;
    case 3: change(t->external_buffer, random); return "external buffer of " + t->name;
    default: change_list(t->shape, random); return "shape of " + t->name;
  }
}

std::string quantisation_field(ModelT& m, Random& random) {
  TensorT* t = pick(m.subgraphs[0]->tensors, random);
  if (t == nullptr) return "no tensor";
  if (!t->quantization) t->quantization = std::make_unique<QuantizationParametersT>();
  QuantizationParametersT& q = *t->quantization;
  static constexpr float kScales[] = {
      0, -1, 1e-40F, 1e38F, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 0.5F};
  switch (random.below(5)) {
    case 0: q.scale.resize(below(random, 40), 0.1F); break;
    case 1: q.zero_point.resize(below(random, 40)); break;
    case 2: change(q.quantized_dimension, random); break;
    case 3:
      if (!q.scale.empty()) q.scale[below(random, q.scale.size())] = kScales[below(random, std::size(kScales))];
      break;
    default:
      if (!q.zero_point.empty()) change(q.zero_point[below(random, q.zero_point.size())], random);
  }
  return "quantisation of " + t->name;
}

std::string sparsity_field(ModelT& m, Random& random) {
  TensorT* t = nullptr;
  for (const auto& tensor : m.subgraphs[0]->tensors) {
    if (tensor->sparsity && (t == nullptr || random.below(3) == 0)) t = tensor.get();
  }
  if (t == nullptr) return tensor_field(m, random);
  SparsityParametersT& s = *t->sparsity;
  DimensionMetadataT* d = pick(s.dim_metadata, random);
  switch (random.below(6)) {
    case 0: change_list(s.traversal_order, random); break;
    case 1: change_list(s.block_map, random); break;
    case 2:
      if (d != nullptr) change(d->dense_size, random);
      break;
    case 3:
      if (d != nullptr) change(d->format, random);
      break;
    case 4:
      if (d != nullptr && d->array_indices.AsUint8Vector())
        change_list(d->array_indices.AsUint8Vector()->values, random);
      break;
    default:
      if (d != nullptr && d->array_segments.AsUint16Vector())
        change_list(d->array_segments.AsUint16Vector()->values, random);
  }
  return "sparse lists of " + t->name;
}

std::string operator_field(ModelT& m, Random& random) {
  auto& operators = m.subgraphs[0]->operators;
  OperatorT* op = pick(operators, random);
  if (op == nullptr) return "no operator";
  switch (random.below(7)) {
    case 0: change(op->opcode_index, random); return "opcode";
    case 1: change_list(op->inputs, random); return "inputs";
    case 2: change_list(op->outputs, random); return "outputs";
    case 3: op->builtin_options.Reset(); return "no options";
    case 4: {
      OperatorT* other = pick(operators, random);
      std::swap(op->builtin_options, other->builtin_options);
      return "options swapped";
    }
    case 5:
      std::swap(operators[below(random, operators.size())], operators[below(random, operators.size())]);
      return "order";
    default:
      operators.erase(operators.begin() + static_cast<std::ptrdiff_t>(below(random, operators.size())));
      return "operator gone";
  }
}

std::string options_field(ModelT& m, Random& random) {
  for (int attempt = 0; attempt < 20; ++attempt) {
    OperatorT* op = pick(m.subgraphs[0]->operators, random);
    if (op == nullptr) break;
    if (auto* o = op->builtin_options.AsConv2DOptions()) {
      std::int32_t* const fields[] = {&o->stride_h, &o->stride_w, &o->dilation_h, &o->dilation_w};
      random.below(5) == 0 ? change(o->fused_activation, random) : change(*fields[below(random, 4)], random);
      return "options of a convolution";
    }
    if (auto* o = op->builtin_options.AsDepthwiseConv2DOptions()) {
      std::int32_t* const fields[] = {&o->stride_h, &o->stride_w, &o->dilation_h, &o->dilation_w, &o->depth_multiplier};
      change(*fields[below(random, 5)], random);
      return "options of a depthwise convolution";
    }
    if (auto* o = op->builtin_options.AsPool2DOptions()) {
      std::int32_t* const fields[] = {&o->stride_h, &o->stride_w, &o->filter_height, &o->filter_width};
      change(*fields[below(random, 4)], random);
      return "options of a pool";
    }
    if (auto* o = op->builtin_options.AsConcatenationOptions()) return change(o->axis, random), "axis";
    if (auto* o = op->builtin_options.AsReshapeOptions()) return change_list(o->new_shape, random), "new shape";
    if (auto* o = op->builtin_options.AsFullyConnectedOptions()) {
      random.below(2) == 0 ? change(o->weights_format, random) : void(o->keep_num_dims = !o->keep_num_dims);
      return "options of a dense layer";
    }
  }
  return "nothing";
}

// Axes, sizes and paddings: constants of few integers.
std::string small_constant(ModelT& m, Random& random) {
  for (int attempt = 0; attempt < 20; ++attempt) {
    BufferT* buffer = pick(m.buffers, random);
    if (buffer == nullptr || buffer->data.size() < 4 || buffer->data.size() > 64) continue;
    const std::size_t at = below(random, buffer->data.size() / 4) * 4;
    std::int32_t value = 0;
    std::memcpy(&value, &buffer->data[at], 4);
    change(value, random);
    std::memcpy(&buffer->data[at], &value, 4);
    return "small constant = " + std::to_string(value);
  }
  return "nothing";
}

std::string model_field(ModelT& m, Random& random) {
  switch (random.below(7)) {
    case 0: change_list(m.subgraphs[0]->inputs, random); return "graph inputs";
    case 1: change_list(m.subgraphs[0]->outputs, random); return "graph outputs";
    case 2: {
      OperatorCodeT* code = pick(m.operator_codes, random);
      if (code == nullptr) return "nothing";
      const auto value = static_cast<std::int32_t>(random.below(215)) - 2;
      code->builtin_code = static_cast<BuiltinOperator>(value);
      code->deprecated_builtin_code = static_cast<std::int8_t>(std::min(value, 127));
      return "operator code " + std::to_string(value);
    }
    case 3: {
      BufferT* buffer = pick(m.buffers, random);
      if (buffer == nullptr) return "nothing";
      buffer->data.clear();
      buffer->offset = random.below(2) == 0 ? random.below(100'000) : ~std::uint64_t{0} - random.below(100);
      buffer->size = random.below(2) == 0 ? random.below(100'000) : ~std::uint64_t{0} - random.below(100);
      return "data outside";
    }
    case 4: {
      MetadataT* metadata = pick(m.metadata, random);
      if (metadata == nullptr) return "nothing";
      change(metadata->buffer, random);
      return "buffer of metadata";
    }
    case 5: m.buffers.resize(below(random, m.buffers.size() + 1)); return "fewer buffers";
    default: m.subgraphs[0]->tensors.resize(below(random, m.subgraphs[0]->tensors.size() + 1)); return "fewer tensors";
  }
}

}  // namespace

TfliteMutator::TfliteMutator(const Bytes& good) : good_(good), archive_at_(good.size()) {
  const auto* begin = reinterpret_cast<const std::uint8_t*>(good.data());
  std::vector<bool> weights(good.size());
  for (const Buffer* buffer : *GetModel(begin)->buffers()) {
    if (buffer->data() == nullptr || buffer->data()->size() < kWeights) continue;
    const bool metadata = buffer->data()->size() > 8 && std::memcmp(buffer->data()->data() + 4, "M001", 4) == 0;
    if (metadata) continue;
    const auto at = static_cast<std::size_t>(buffer->data()->data() - begin);
    std::fill_n(weights.begin() + static_cast<std::ptrdiff_t>(at), buffer->data()->size(), true);
  }
  const std::string_view text(reinterpret_cast<const char*>(begin), good.size());
  const std::size_t end = text.rfind(std::string_view("PK\5\6", 4));
  if (end != text.npos) archive_at_ = std::min(text.find(std::string_view("PK\1\2", 4)), end);
  for (std::size_t i = 0; i < archive_at_; ++i) {
    if (!weights[i]) places_.push_back(i);
  }
}

// Numbers of one, two or four bytes anywhere but in weights; or the file cut off.
Mutation TfliteMutator::bytes(Random& random) const {
  if (random.below(30) == 0) {
    const std::size_t size = below(random, good_.size());
    return {good_.slice(0, size), "cut to " + std::to_string(size)};
  }
  AlignedBuffer file(good_.size());
  std::memcpy(file.data(), good_.data(), good_.size());
  std::string what = "bytes";
  for (std::size_t i = 0; i <= random.below(3); ++i) {
    const std::size_t width = std::size_t{1} << random.below(3);
    const std::size_t at = std::min(places_[below(random, places_.size())] / width * width, file.size() - width);
    std::int32_t now = 0;
    std::memcpy(&now, file.data() + at, width);
    const std::int32_t value =
        random.below(4) == 0 ? static_cast<std::int32_t>(random.bits()) : interesting(random, now);
    std::memcpy(file.data() + at, &value, width);
    what += " " + std::to_string(at) + "=" + std::to_string(value);
  }
  return {Bytes(std::move(file)), what};
}

// Fields of the file's tables, packed again; files packed behind it stay.
Mutation TfliteMutator::objects(Random& random) const {
  static constexpr std::string (*kKinds[])(ModelT&, Random&) = {
      tensor_field,  tensor_field,  quantisation_field, sparsity_field, operator_field,
      options_field, options_field, small_constant,     small_constant, model_field};
  const auto model = unpack(good_);
  std::string what;
  for (std::size_t i = 0; i <= random.below(2); ++i)
    what += kKinds[below(random, std::size(kKinds))](*model, random) + "; ";
  return {pack(*model), what};
}

// The directory of the packed files, and their headers.
Mutation TfliteMutator::archive(Random& random) const {
  AlignedBuffer file(good_.size());
  std::memcpy(file.data(), good_.data(), good_.size());
  const std::size_t at = archive_at_ + below(random, good_.size() - archive_at_);
  file.data()[at] = static_cast<std::byte>(random.below(256));
  return {Bytes(std::move(file)), "archive byte " + std::to_string(at)};
}

Mutation TfliteMutator::next(Random& random) const {
  if (archive_at_ < good_.size() && random.below(8) == 0) return archive(random);
  return random.below(5) < 2 ? bytes(random) : objects(random);
}

}  // namespace paw
