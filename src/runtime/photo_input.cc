#include "runtime/photo_input.h"

#include "kernels/image/resizer.h"
#include "tensor/tensor.h"

namespace paw {

namespace {

bool known_color(ImageColor color) { return color >= ImageColor::kRgb && color <= ImageColor::kGray; }

std::size_t value_count(const PhotoRecord& record) {
  return static_cast<std::size_t>(record.width * record.height * image_channels(record.color));
}

}  // namespace

const char* plan_photo(const PhotoRecord& record, std::int64_t width, std::int64_t height, ImageResize& out) {
  if (!known_color(record.color)) return "the colour order is unknown";
  return plan_image_resize({.photo_width = width,
                            .photo_height = height,
                            .width = record.width,
                            .height = record.height,
                            .geometry = record.geometry,
                            .resize_short = record.resize_short,
                            .filter = record.filter,
                            .pad_value = record.pad_value},
                           out);
}

PhotoInput::PhotoInput(Isa isa) : kernels_(kernel_table(isa)) {}

void PhotoInput::prepare(const PhotoRecord& record, const ImageResize& resize) {
  if (ready_ && record == record_ && resize.x == resize_.x && resize.y == resize_.y) return;
  const std::size_t tables = (image_table_bytes(resize) + kBufferAlignment - 1) / kBufferAlignment * kBufferAlignment;
  const std::size_t bytes = tables + resize_image_bytes(resize);
  if (memory_.size() < bytes) memory_ = AlignedBuffer(bytes);
  tables_ = image_tables(resize, memory_.data());
  scratch_ = memory_.data() + tables;
  picture_.resize(static_cast<std::size_t>(record.width * record.height * 3));
  image_values(record.color, record.scale.data(), record.bias.data(), values_.data());
  record_ = record;
  resize_ = resize;
  ready_ = true;
}

const char* PhotoInput::run(const PhotoRecord& record, const std::uint8_t* pixels, std::int64_t width,
                            std::int64_t height, std::int64_t channels, const TensorType& type, void* to) {
  ImageResize resize;
  if (const char* problem = plan_photo(record, width, height, resize)) return problem;
  if (channels != 3 && channels != 4) return "photos have 3 or 4 channels";
  const std::size_t count = value_count(record);
  if (static_cast<std::size_t>(type.shape.elements()) != count) return "the picture is not of the input's size";
  prepare(record, resize);
  if (channels == 4) {
    const auto all = static_cast<std::size_t>(width * height);
    rgb_.resize(3 * all);
    for (std::size_t i = 0; i < all; ++i) {
      for (std::size_t c = 0; c < 3; ++c) rgb_[3 * i + c] = pixels[4 * i + c];
    }
    pixels = rgb_.data();
  }
  resize_image(kernels_, resize, tables_, pixels, picture_.data(), scratch_);
  const std::int64_t points = record.width * record.height;
  if (type.dtype == DType::kF32) {
    image_to_floats(record.color, values_.data(), picture_.data(), static_cast<float*>(to), points);
    return nullptr;
  }
  floats_.resize(count);
  image_to_floats(record.color, values_.data(), picture_.data(), floats_.data(), points);
  const double scale = type.quant ? static_cast<double>(type.quant->scale[0]) : 1;
  const std::int32_t zero = type.quant ? type.quant->zero_point[0] : 0;
  for (std::size_t i = 0; i < count; ++i) {
    store_element(type.dtype, static_cast<std::byte*>(to), static_cast<std::int64_t>(i), floats_[i] / scale + zero);
  }
  return nullptr;
}

}  // namespace paw
