#include "vision/preprocess.h"

#include <algorithm>
#include <limits>
#include <string>

#include "kernels/image/resizer.h"

namespace paw {

namespace {

std::unexpected<Error> bad(std::string_view where, std::string_view message) {
  return fail(ErrorCode::kBadData, where, message);
}

std::string size_text(std::int64_t width, std::int64_t height) {
  return std::to_string(width) + "x" + std::to_string(height);
}

// Whether the sides are in range and the pixels as many as they say.
Status check_photo(const Image& photo, std::string_view where) {
  const auto in_range = [](std::int64_t side) { return side >= 1 && side <= kMaxPhotoSide; };
  if (!in_range(photo.width) || !in_range(photo.height)) {
    return bad(where, "a photo's sides must be between 1 and " + std::to_string(kMaxPhotoSide) + ", got " +
                          size_text(photo.width, photo.height));
  }
  const auto needed = static_cast<std::size_t>(photo.width * photo.height * 3);
  if (photo.rgb.size() == needed) return {};
  return bad(where, size_text(photo.width, photo.height) + " pixels are " + std::to_string(needed) + " bytes, got " +
                        std::to_string(photo.rgb.size()));
}

Status check_part(const Image& photo, const PhotoPart& part, std::string_view where) {
  const auto inside = [](std::int64_t at, std::int64_t size, std::int64_t whole) {
    return at >= 0 && size >= 1 && size <= whole && at <= whole - size;
  };
  if (inside(part.x, part.width, photo.width) && inside(part.y, part.height, photo.height)) return {};
  return bad(where, "the part " + size_text(part.width, part.height) + " at " + std::to_string(part.x) + "," +
                        std::to_string(part.y) + " leaves the photo, which is " + size_text(photo.width, photo.height));
}

// Of element `channel` out of every `channels`.
template <class T>
ChannelStats stats_of(std::span<const T> values, std::size_t channel, std::size_t channels) {
  ChannelStats s{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(), 0};
  double sum = 0;
  for (std::size_t i = channel; i < values.size(); i += channels) {
    const auto v = static_cast<double>(values[i]);
    s = {std::min(s.min, v), std::max(s.max, v), 0};
    sum += v;
  }
  const std::size_t count = values.size() / channels;
  s.mean = sum / static_cast<double>(count);
  return s;
}

}  // namespace

// Enumerators of the record and of the kernels stand in the same order; the tests compare their names.
Result<ImageResize> plan_picture(const Preprocess& p, std::int64_t width, std::int64_t height, std::string_view where) {
  const ImageRequest request{.photo_width = width,
                             .photo_height = height,
                             .width = p.width,
                             .height = p.height,
                             .geometry = static_cast<ImageGeometry>(p.geometry),
                             .resize_short = p.resize_short,
                             .filter = static_cast<ImageFilter>(p.filter),
                             .pad_value = p.pad_value};
  ImageResize resize;
  if (const char* problem = plan_image_resize(request, resize)) return bad(where, problem);
  return resize;
}

Result<Preprocessor> Preprocessor::create(const Preprocess& preprocess) {
  if (std::string problem = check_preprocess(preprocess); !problem.empty()) {
    return fail(ErrorCode::kUnsupported, "preprocessing", problem);
  }
  PAW_ASSIGN_OR_RETURN(const Isa isa, choose_isa());
  Preprocessor out;
  out.preprocess_ = preprocess;
  out.color_ = static_cast<ImageColor>(preprocess.color);
  out.kernels_ = &kernel_table(isa);
  image_values(out.color_, preprocess.scale.data(), preprocess.bias.data(), out.values_.data());
  return out;
}

std::int64_t Preprocessor::input_size() const {
  return preprocess_.width * preprocess_.height * image_channels(color_);
}

Status Preprocessor::picture(const Image& photo, Image& out, std::string_view where) {
  return picture(photo, {0, 0, photo.width, photo.height}, out, where);
}

Status Preprocessor::picture(const Image& photo, const PhotoPart& part, Image& out, std::string_view where) {
  PAW_RETURN_IF_ERROR(check_photo(photo, where));
  PAW_RETURN_IF_ERROR(check_part(photo, part, where));
  PAW_ASSIGN_OR_RETURN(resize_, plan_picture(preprocess_, part.width, part.height, where));
  resize_.row_bytes = 3 * photo.width;
  memory_.prepare(resize_, resize_image_bytes(resize_));
  out.set_size(preprocess_.width, preprocess_.height);
  const std::uint8_t* from = photo.rgb.data() + part.y * resize_.row_bytes + 3 * part.x;
  resize_image(*kernels_, resize_, memory_.tables(), from, out.rgb.data(), memory_.scratch());
  return {};
}

Status Preprocessor::values(const Image& picture, std::span<float> input, std::string_view where) const {
  PAW_RETURN_IF_ERROR(check_photo(picture, where));
  if (picture.width != preprocess_.width || picture.height != preprocess_.height) {
    return bad(where, "a picture of " + size_text(preprocess_.width, preprocess_.height) + " was expected, got " +
                          size_text(picture.width, picture.height));
  }
  if (static_cast<std::int64_t>(input.size()) != input_size()) {
    return fail(ErrorCode::kInternal, where,
                "the input has " + std::to_string(input_size()) + " numbers, not " + std::to_string(input.size()));
  }
  image_to_floats(color_, values_.data(), picture.rgb.data(), input.data(), picture.width * picture.height);
  return {};
}

Status Preprocessor::run(const Image& photo, std::span<float> input, std::string_view where) {
  PAW_RETURN_IF_ERROR(picture(photo, picture_, where));
  return values(picture_, input, where);
}

Result<PreprocessTrace> Preprocessor::trace(const Image& photo, std::span<float> input, std::string_view where) {
  PreprocessTrace trace;
  PAW_RETURN_IF_ERROR(picture(photo, trace.picture, where));
  PAW_RETURN_IF_ERROR(values(trace.picture, input, where));
  trace.resize = resize_;
  const auto channels = static_cast<std::size_t>(image_channels(color_));
  for (std::size_t c = 0; c < 3; ++c)
    trace.pixels[c] = stats_of(std::span<const std::uint8_t>(trace.picture.rgb), c, 3);
  for (std::size_t c = 0; c < channels; ++c) trace.values[c] = stats_of(std::span<const float>(input), c, channels);
  return trace;
}

}  // namespace paw
