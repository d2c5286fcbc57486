#include "vision/augment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "vision/decode.h"
#include "vision/write_jpeg.h"

namespace paw {

namespace {

std::uint8_t to_byte(double v) { return static_cast<std::uint8_t>(std::lround(std::clamp(v, 0.0, 255.0))); }

double spread(double most, Random& random) { return random.uniform(-most, most); }

void mirror(Image& picture) {
  const auto width = static_cast<std::size_t>(picture.width);
  for (std::size_t row = 0; row < static_cast<std::size_t>(picture.height); ++row) {
    std::uint8_t* line = picture.rgb.data() + row * width * 3;
    for (std::size_t x = 0; x < width / 2; ++x)
      std::swap_ranges(line + x * 3, line + x * 3 + 3, line + (width - 1 - x) * 3);
  }
}

// Index inside [0, n) as seen in mirrors at both edges.
std::int64_t mirrored(std::int64_t i, std::int64_t n) {
  if (i >= 0 && i < n) return i;
  const std::int64_t period = std::max<std::int64_t>(2 * n - 2, 1);
  i = ((i % period) + period) % period;
  return i < n ? i : period - i;
}

struct Sampler {
  const Image& image;
  double at(std::int64_t x, std::int64_t y, int c) const {
    const std::int64_t pixel = mirrored(y, image.height) * image.width + mirrored(x, image.width);
    return image.rgb[static_cast<std::size_t>(pixel * 3 + c)];
  }
  double bilinear(double x, double y, int c) const {
    const double left = std::floor(x), top = std::floor(y);
    const double fx = x - left, fy = y - top;
    const auto ix = static_cast<std::int64_t>(left), iy = static_cast<std::int64_t>(top);
    return (at(ix, iy, c) * (1 - fx) + at(ix + 1, iy, c) * fx) * (1 - fy) +
           (at(ix, iy + 1, c) * (1 - fx) + at(ix + 1, iy + 1, c) * fx) * fy;
  }
};

void rotate(Image& picture, double degrees) {
  const Image before = picture;
  const Sampler sampler{before};
  const double angle = degrees * std::numbers::pi / 180, cos = std::cos(angle), sin = std::sin(angle);
  const double cx = static_cast<double>(picture.width - 1) / 2, cy = static_cast<double>(picture.height - 1) / 2;
  std::uint8_t* to = picture.rgb.data();
  for (std::int64_t y = 0; y < picture.height; ++y) {
    for (std::int64_t x = 0; x < picture.width; ++x) {
      const double dx = static_cast<double>(x) - cx, dy = static_cast<double>(y) - cy;
      for (int c = 0; c < 3; ++c)
        *to++ = to_byte(sampler.bilinear(cx + cos * dx - sin * dy, cy + sin * dx + cos * dy, c));
    }
  }
}

// 1 2 1 in both directions.
void blur(Image& picture) {
  const Image before = picture;
  const Sampler sampler{before};
  std::uint8_t* to = picture.rgb.data();
  for (std::int64_t y = 0; y < picture.height; ++y) {
    for (std::int64_t x = 0; x < picture.width; ++x) {
      for (int c = 0; c < 3; ++c) {
        double sum = 0;
        for (int j = -1; j <= 1; ++j) {
          for (int i = -1; i <= 1; ++i) sum += sampler.at(x + i, y + j, c) * (2 - std::abs(i)) * (2 - std::abs(j));
        }
        *to++ = to_byte(sum / 16);
      }
    }
  }
}

// Colours as a linear map [3][4], the last column being an offset.
using ColorMap = std::array<std::array<double, 4>, 3>;

// Saturation and hue stretch and turn the I-Q plane of NTSC's YIQ, written as one matrix on RGB; luma stays.
ColorMap color_map(const Augmentation& a, Random& random) {
  const double brightness = spread(a.brightness, random) * 255, contrast = 1 + spread(a.contrast, random);
  const double saturation = 1 + spread(a.saturation, random);
  const double hue = spread(a.hue, random) * std::numbers::pi / 180;
  const double u = saturation * std::cos(hue), w = saturation * std::sin(hue);
  const ColorMap turn = {
      {{0.299 + 0.701 * u + 0.168 * w, 0.587 - 0.587 * u + 0.330 * w, 0.114 - 0.114 * u - 0.497 * w, 0},
       {0.299 - 0.299 * u - 0.328 * w, 0.587 + 0.413 * u + 0.035 * w, 0.114 - 0.114 * u + 0.292 * w, 0},
       {0.299 - 0.300 * u + 1.250 * w, 0.587 - 0.588 * u - 1.050 * w, 0.114 + 0.886 * u - 0.203 * w, 0}}};
  ColorMap map = turn;
  for (auto& row : map) {
    for (int i = 0; i < 3; ++i) row[static_cast<std::size_t>(i)] *= contrast;
    row[3] = 127.5 * (1 - contrast) + brightness;
  }
  return map;
}

void recolor(const ColorMap& map, Image& picture) {
  std::array<std::array<float, 4>, 3> m;
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t i = 0; i < 4; ++i) m[c][i] = static_cast<float>(map[c][i] + (i == 3 ? 0.5 : 0));  // rounds
  }
  for (std::size_t at = 0; at + 2 < picture.rgb.size(); at += 3) {
    std::uint8_t* rgb = picture.rgb.data() + at;
    const auto r = static_cast<float>(rgb[0]), g = static_cast<float>(rgb[1]), b = static_cast<float>(rgb[2]);
    for (std::size_t c = 0; c < 3; ++c) {
      rgb[c] = static_cast<std::uint8_t>(std::clamp(m[c][0] * r + m[c][1] * g + m[c][2] * b + m[c][3], 0.0f, 255.0f));
    }
  }
}

// Sums of four uniforms for normal variates (Irwin-Hall): a seventh of the time of exact ones, and the eye sees no
// tails.
void add_noise(Image& picture, double deviation, Random& random) {
  // Four uniforms on 0..65535: mean 4 * 65535 / 2, variance 4 * (65536^2 - 1) / 12.
  constexpr float kMean = 2 * 65535.0f;
  const auto scale = static_cast<float>(deviation / std::sqrt((65536.0 * 65536.0 - 1) / 3));
  for (std::uint8_t& v : picture.rgb) {
    const std::uint64_t bits = random.bits();
    const std::uint64_t sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48);
    const float noisy = static_cast<float>(v) + scale * (static_cast<float>(sum) - kMean);
    v = static_cast<std::uint8_t>(std::clamp(noisy + 0.5f, 0.0f, 255.0f));
  }
}

Status through_jpeg(Image& picture, const Augmentation& a, Random& random) {
  const auto qualities = static_cast<std::uint64_t>(a.most_quality - a.least_quality) + 1;
  const int quality = static_cast<int>(a.least_quality) + static_cast<int>(random.below(qualities));
  PAW_ASSIGN_OR_RETURN(const Bytes file, write_jpeg(picture, quality));
  PAW_ASSIGN_OR_RETURN(Photo photo, decode_photo(file.span(), "a picture of its own"));
  picture = std::move(photo.image);
  return {};
}

void erase(Image& picture, double most, Random& random) {
  const double area = random.uniform(0.02, most) * static_cast<double>(picture.width * picture.height);
  const double aspect = std::exp(random.uniform(-0.7, 0.7));
  const auto width = std::clamp<std::int64_t>(std::lround(std::sqrt(area * aspect)), 1, picture.width);
  const auto height = std::clamp<std::int64_t>(std::lround(std::sqrt(area / aspect)), 1, picture.height);
  const auto x = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(picture.width - width + 1)));
  const auto y = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(picture.height - height + 1)));
  for (std::int64_t row = y; row < y + height; ++row) {
    const auto begin = picture.rgb.begin() + (row * picture.width + x) * 3;
    std::fill(begin, begin + width * 3, std::uint8_t{127});
  }
}

}  // namespace

PhotoPart random_part(const Augmentation& augmentation, std::int64_t width, std::int64_t height, Random& random) {
  const auto w = static_cast<double>(width), h = static_cast<double>(height);
  const double most = std::log(augmentation.most_aspect);
  for (int attempt = 0; attempt < 10; ++attempt) {
    const double area = w * h * random.uniform(augmentation.least_area, 1);
    const double aspect = std::exp(random.uniform(-most, most));
    const std::int64_t part_w = std::lround(std::sqrt(area * aspect)), part_h = std::lround(std::sqrt(area / aspect));
    if (part_w < 1 || part_h < 1 || part_w > width || part_h > height) continue;
    const auto x = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(width - part_w + 1)));
    const auto y = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(height - part_h + 1)));
    return {x, y, part_w, part_h};
  }
  return {0, 0, width, height};
}

Status augment_picture(const Augmentation& augmentation, Image& picture, Random& random) {
  if (random.uniform() < augmentation.flip) mirror(picture);
  if (random.uniform() < augmentation.rotate) rotate(picture, spread(augmentation.rotation, random));
  recolor(color_map(augmentation, random), picture);
  if (random.uniform() < augmentation.blur) blur(picture);
  if (random.uniform() < augmentation.noise) add_noise(picture, augmentation.noise_deviation, random);
  if (random.uniform() < augmentation.jpeg) PAW_RETURN_IF_ERROR(through_jpeg(picture, augmentation, random));
  if (random.uniform() < augmentation.erase) erase(picture, augmentation.most_erased, random);
  return {};
}

}  // namespace paw
