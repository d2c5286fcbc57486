#include "pipeline/app_vectors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <span>
#include <vector>

#include "host/sha256.h"
#include "vision/preprocess.h"

namespace paw {

namespace {

struct PhotoSize {
  std::int64_t width, height;
};

// Camera frames both ways up, a wide photo, a tall one, one that is smaller than any picture.
constexpr PhotoSize kPhotos[] = {{640, 480}, {480, 640}, {411, 97}, {61, 307}, {33, 50}};

constexpr std::string_view kColumns =
    "# geometry resize_short filter color pad_value width height scale*3 bias*3 photo_width photo_height "
    "window_x window_y window_width window_height picture input\n";

Image photo_of(PhotoSize size) {
  Image photo;
  photo.set_size(size.width, size.height);
  std::size_t at = 0;
  for (std::int64_t y = 0; y < size.height; ++y) {
    for (std::int64_t x = 0; x < size.width; ++x) {
      for (std::int64_t c = 0; c < 3; ++c) {
        photo.rgb[at++] = static_cast<std::uint8_t>(37 * x + 91 * y + 53 * c + 11 * x * y);
      }
    }
  }
  return photo;
}

template <class T>
std::string digest(std::span<const T> numbers) {
  return to_hex(sha256(std::as_bytes(numbers))).substr(0, 16);
}

Result<std::string> line_of(const Preprocess& p, PhotoSize size) {
  PAW_ASSIGN_OR_RETURN(Preprocessor preprocessor, Preprocessor::create(p));
  PAW_ASSIGN_OR_RETURN(const ImageResize resize, plan_picture(p, size.width, size.height, "test vector"));
  const Image photo = photo_of(size);
  Image picture;
  PAW_RETURN_IF_ERROR(preprocessor.picture(photo, picture, "test vector"));
  std::vector<float> input(static_cast<std::size_t>(preprocessor.input_size()));
  PAW_RETURN_IF_ERROR(preprocessor.run(photo, input, "test vector"));
  const auto share = [](const ImageAxis& axis, std::int32_t pixels) {
    return pixels * (static_cast<double>(axis.source) / axis.scaled);
  };
  return fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}\n", static_cast<int>(p.geometry),
                     p.resize_short, static_cast<int>(p.filter), static_cast<int>(p.color), p.pad_value, p.width,
                     p.height, fmt::join(p.scale, " "), fmt::join(p.bias, " "), size.width, size.height,
                     share(resize.x, resize.x.first), share(resize.y, resize.y.first), share(resize.x, resize.x.count),
                     share(resize.y, resize.y.count), digest<std::uint8_t>(picture.rgb), digest<float>(input));
}

// Every geometry at every usual size; filters, colours and ranges in turn.
std::vector<Preprocess> other_records() {
  std::vector<Preprocess> out;
  for (const std::int64_t side : {160, 224, 260}) {
    for (const Geometry geometry : {Geometry::kCrop, Geometry::kStretch, Geometry::kFit}) {
      const auto i = out.size();
      Preprocess p{.width = side, .height = side, .geometry = geometry, .resize_short = side * 8 / 7};
      p.filter = static_cast<ResizeFilter>(i % 4);
      p.color = static_cast<ColorOrder>(i % 3);
      p.pad_value = geometry == Geometry::kFit ? 114 : 0;
      if (i % 2 == 1) {
        p.scale = {1 / (255 * 0.229), 1 / (255 * 0.224), 1 / (255 * 0.225)};
        p.bias = {-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225};
      }
      out.push_back(p);
    }
  }
  return out;
}

}  // namespace

Result<std::string> app_vectors(const Preprocess& model) {
  std::string text(kColumns);
  for (const PhotoSize size : kPhotos) {
    PAW_ASSIGN_OR_RETURN(const std::string line, line_of(model, size));
    text += line;
  }
  std::size_t i = 0;
  for (const Preprocess& record : other_records()) {
    PAW_ASSIGN_OR_RETURN(const std::string line, line_of(record, kPhotos[i++ % std::size(kPhotos)]));
    text += line;
  }
  return text;
}

}  // namespace paw
