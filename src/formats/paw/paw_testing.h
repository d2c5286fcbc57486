// Small models and damaged files for tests of the .paw format (here and in tests/fuzz_paw). Not part of any program.
#pragma once

#include <zlib.h>

#include <cstring>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/paw/container.h"
#include "ir/builder.h"
#include "ir/model.h"
#include "ops/activation.h"
#include "ops/cast.h"
#include "ops/conv2d.h"
#include "ops/ops.h"
#include "ops/reduce.h"

namespace paw::paw_testing {

// Values that differ from one another and from tensor to tensor.
inline Tensor numbers(const TensorType& type, double start) {
  std::vector<double> values(static_cast<std::size_t>(type.shape.elements()));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = start + 0.0625 * static_cast<double>(i % 61);
  return tensor_from_real(type, values);
}

inline Model finish(GraphBuilder& b, ValueId scores) {
  b.output(scores);
  Model model;
  model.graph = b.finish().value();
  model.preprocess = Preprocess{};
  model.preprocess->width = model.preprocess->height = model.preprocess->resize_short = 8;
  model.labels = {"cat", "dog \xF0\x9F\x90\xB6"};
  return model;
}

// Two convolutions, of which one constant is stored for two values, pooling, a dense layer, softmax.
inline Model small_model() {
  GraphBuilder b("small net");
  const Conv2dAttrs same{.stride = {2, 2}, .padding = Padding::kSame};
  b.set_scope("stem");
  ValueId x = b.input("image", {DType::kF32, {1, 8, 8, 3}});
  x = b.call(op::conv2d,
             {x, b.constant(numbers({DType::kF32, {4, 3, 3, 3}}, -1.5), "stem/w"),
              b.constant(numbers({DType::kF32, Shape{4}}, 0.25))},
             same);
  x = b.call(op::relu6, {x});
  b.set_scope("body \"1\"");
  x = b.call(op::conv2d, {x, b.constant(numbers({DType::kF32, {4, 1, 1, 4}}, 0.5)),
                          b.constant(numbers({DType::kF32, Shape{4}}, 0.25))});
  x = b.call(op::clamp, {x}, ClampAttrs{.min = 0.1});
  x = b.call(op::reduce_mean, {x}, ReduceAttrs{{1, 2}});
  b.set_scope("head");
  x = b.call(op::fully_connected, {x, b.constant(numbers({DType::kF32, {2, 4}}, -1), "head/w")});
  return finish(b, b.call(op::softmax, {x}, {}, {.name = "scores"}));
}

// int8 activations, per-channel int8 and blockwise int4 weights, a float16 and a palette constant.
inline Model quantized_model() {
  GraphBuilder b("quantized");
  const auto channels = std::make_shared<const QuantParams>(
      QuantParams{.scale = {0.01f, 0.02f, 0.03f, 0.04f}, .zero_point = {0, 0, 0, 0}, .axis = 0});
  const auto blocks = std::make_shared<const QuantParams>(
      QuantParams{.scale = {0.1f, 0.2f, 0.3f, 0.4f}, .zero_point = {0, 0, 0, 0}, .axis = -1, .block = 2});
  ValueId x = b.input("image", {DType::kF32, {1, 8, 8, 3}});
  x = b.call(op::quantize, {x}, DtypeAttrs{DType::kI8}, {.name = "q", .quant = per_tensor(0.02f, -3)});
  x = b.call(op::conv2d, {x, b.constant(numbers({DType::kI8, {4, 3, 3, 3}, channels}, -1))}, {},
             {.quant = per_tensor(0.05f, 1)});
  x = b.call(op::dequantize, {x});
  x = b.call(op::reduce_mean, {x}, ReduceAttrs{{1, 2}});
  const ValueId half = b.constant(numbers({DType::kF16, Shape{4}}, 0.5), "half");
  x = b.call(op::mul, {x, b.call(op::cast, {half}, DtypeAttrs{DType::kF32})});
  const ValueId palette = b.constant(Tensor::f32(Shape{4}, std::vector{1.f, 2.f, 1.f, 2.f}), "palette");
  x = b.call(op::add, {x, palette});
  const ValueId w = b.constant(numbers({DType::kI4, {2, 4}, blocks}, -0.5));
  x = b.call(op::fully_connected, {x, b.call(op::dequantize, {w})});
  Model model = finish(b, b.call(op::softmax, {x}));
  model.graph[model.graph.find("palette")].encoding = Encoding{.kind = Encoding::Kind::kPalette, .bits = 1};
  return model;
}

// Everything that a file can hold.
inline Model full_model() {
  Model model = small_model();
  model.preprocess->geometry = Geometry::kFit;
  model.preprocess->filter = ResizeFilter::kArea;
  model.preprocess->color = ColorOrder::kBgr;
  model.preprocess->scale = {1 / 57.12, 1 / 57.375, 1 / 58.395};
  model.preprocess->bias = {-1.804, -2.036, -2.118};
  model.preprocess->pad_value = 114;
  model.temperature = 1.3;
  model.threshold = 0.1;
  model.provenance.origin = "net small";
  for (std::uint8_t i = 0; i < 5; ++i) {
    SeenPhoto photo{.sha256 = {}, .split = static_cast<Split>(i % 3)};
    photo.sha256.fill(static_cast<std::uint8_t>(i * 40));
    model.provenance.photos.push_back(photo);
  }
  constexpr float kInf = std::numeric_limits<float>::infinity();
  model.calibration.push_back({"image", -0.1f, 1.7f, 1.0 / 3, 5e-324, 1'000'000'007, {1, 0, UINT64_MAX}});
  model.calibration.push_back({"scores", -kInf, kInf, -0.0, 1e300, 0, {}});
  model.opaque.push_back({"XTRA", Bytes::copy_of(std::as_bytes(std::span("0123456789")))});
  model.opaque.push_back({"zero", {}});
  return model;
}

// Where the header's and the table's fields stand.
inline constexpr std::size_t kVersionAt = 8, kCountAt = 12, kSizeAt = 16, kReservedAt = 24, kCrcAt = 28, kTableAt = 32;
inline constexpr std::size_t kEntryBytes = 24, kEntryCrcAt = 4, kEntryOffsetAt = 8, kEntryLengthAt = 16;

// A file's bytes, to be changed in place.
class Raw {
 public:
  explicit Raw(const Bytes& bytes)
      : data_(reinterpret_cast<const char*>(bytes.data()), reinterpret_cast<const char*>(bytes.data()) + bytes.size()) {
  }

  Bytes bytes() const { return Bytes::copy_of(std::as_bytes(std::span(data_))); }
  std::vector<char>& data() { return data_; }
  template <class T>
  T get(std::size_t at) const {
    T value{};
    if (at + sizeof value <= data_.size()) std::memcpy(&value, &data_[at], sizeof value);
    return value;
  }
  template <class T>
  void set(std::size_t at, T value) {
    if (at + sizeof value <= data_.size()) std::memcpy(&data_[at], &value, sizeof value);
  }
  static std::size_t entry(std::size_t section) { return kTableAt + section * kEntryBytes; }
  std::uint32_t count() const { return get<std::uint32_t>(kCountAt); }
  std::uint64_t offset(std::size_t section) const { return get<std::uint64_t>(entry(section) + kEntryOffsetAt); }
  std::uint64_t length(std::size_t section) const { return get<std::uint64_t>(entry(section) + kEntryLengthAt); }
  std::string tag(std::size_t section) const { return {&data_[entry(section)], 4}; }

  // Makes the stated size and every CRC true again, as far as the table still makes sense.
  void repair() {
    set<std::uint64_t>(kSizeAt, data_.size());
    const std::uint64_t table = std::uint64_t{count()} * kEntryBytes;
    if (data_.size() < kTableAt + table) return;
    for (std::size_t i = 0; i < count(); ++i) {
      if (offset(i) > data_.size() || length(i) > data_.size() - offset(i)) continue;
      set(entry(i) + kEntryCrcAt, crc(offset(i), length(i), 0));
    }
    set(kCrcAt, crc(kTableAt, table, crc(0, kCrcAt, 0)));
  }

 private:
  std::uint32_t crc(std::uint64_t at, std::uint64_t bytes, std::uint32_t before) const {
    if (bytes == 0) return before;
    return static_cast<std::uint32_t>(crc32_z(before, reinterpret_cast<const Bytef*>(&data_[at]), bytes));
  }

  std::vector<char> data_;
};

// The sections of a file that is as it should be.
inline std::vector<paw_file::Section> sections_of(const Bytes& file) { return paw_file::unpack(file, "test").value(); }

// The file with one section's bytes replaced, or added when there is none of that tag, all else in order again.
inline Bytes with_section(const Bytes& file, std::string_view tag, std::string_view contents) {
  std::vector<paw_file::NewSection> sections;
  const Bytes data = Bytes::copy_of(std::as_bytes(std::span(contents)));
  bool found = false;
  for (const paw_file::Section& section : sections_of(file)) {
    found = found || section.tag == tag;
    sections.push_back({section.tag, {{0, section.tag == tag ? data : section.data}}});
  }
  if (!found) sections.push_back({std::string(tag), {{0, data}}});
  return paw_file::pack(sections);
}

inline Bytes without_section(const Bytes& file, std::string_view tag) {
  std::vector<paw_file::NewSection> sections;
  for (const paw_file::Section& section : sections_of(file)) {
    if (section.tag != tag) sections.push_back({section.tag, {{0, section.data}}});
  }
  return paw_file::pack(sections);
}

// A section's bytes as text; empty when there is none.
inline std::string section_text(const Bytes& file, std::string_view tag) {
  for (const paw_file::Section& section : sections_of(file)) {
    if (section.tag == tag) return {reinterpret_cast<const char*>(section.data.data()), section.data.size()};
  }
  return {};
}

}  // namespace paw::paw_testing
