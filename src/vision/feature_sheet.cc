#include "vision/feature_sheet.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace paw {

namespace {

using Color = std::array<std::uint8_t, 3>;

constexpr Color kGap = {255, 255, 255}, kSame = {208, 208, 208};
constexpr std::int64_t kSmallest = 64, kLargest = 256;  // sides of a map on the sheet, about
constexpr std::int64_t kSpace = 2;                      // pixels between maps
constexpr std::int64_t kMostSquares = 4096;             // of a layer without extent
constexpr std::int64_t kRow = 64, kSquare = 12;         // squares per row; pixels of one

// One component of sRGB, 0 to 1 when the colour can be shown.
double encoded(double linear) {
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1 / 2.4) - 0.055;
}

// OKLCh (Ottosson 2020) to sRGB. Hue in degrees.
std::array<double, 3> from_oklch(double lightness, double chroma, double hue) {
  const double a = chroma * std::cos(hue * std::numbers::pi / 180);
  const double b = chroma * std::sin(hue * std::numbers::pi / 180);
  const double l = std::pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
  const double m = std::pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
  const double s = std::pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
  return {encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
          encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
          encoded(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

// As much of the chroma as sRGB can show: the lightness stays even.
Color heat_color_at(double level) {
  const double lightness = 0.18 + 0.75 * level, chroma = 0.1 + 0.07 * level, hue = 295 - 190 * level;
  const auto shown = [](const std::array<double, 3>& rgb) {
    return std::ranges::all_of(rgb, [](double v) { return v >= -1e-3 && v <= 1 + 1e-3; });
  };
  double low = 0, high = 1;
  if (shown(from_oklch(lightness, chroma, hue))) low = 1;
  for (int i = 0; i < 12 && low < 1; ++i) {
    const double middle = (low + high) / 2;
    (shown(from_oklch(lightness, middle * chroma, hue)) ? low : high) = middle;
  }
  Color color;
  const auto rgb = from_oklch(lightness, low * chroma, hue);
  for (std::size_t c = 0; c < 3; ++c) {
    color[c] = static_cast<std::uint8_t>(std::lround(255 * std::clamp(rgb[c], 0.0, 1.0)));
  }
  return color;
}

// One map, as it is seen: `at(y, x)` of height x width values.
struct Map {
  std::int64_t height = 0, width = 0;
  std::vector<double> values;
  double at(std::int64_t y, std::int64_t x) const { return values[static_cast<std::size_t>(y * width + x)]; }
};

// Averages blocks of `factor` x `factor`; those at the right and lower edge may be smaller.
Map channel_map(const FeatureMaps& maps, std::int64_t channel, std::int64_t factor) {
  Map map{(maps.height + factor - 1) / factor, (maps.width + factor - 1) / factor, {}};
  for (std::int64_t y = 0; y < maps.height; y += factor) {
    for (std::int64_t x = 0; x < maps.width; x += factor) {
      double sum = 0, count = 0;
      for (std::int64_t v = y; v < std::min(y + factor, maps.height); ++v) {
        for (std::int64_t u = x; u < std::min(x + factor, maps.width); ++u, ++count) {
          sum += maps.values[static_cast<std::size_t>((v * maps.width + u) * maps.channels + channel)];
        }
      }
      map.values.push_back(sum / count);
    }
  }
  return map;
}

// Draws every value as a square of `side` pixels, its upper left corner at (left, top).
void draw_map(const Map& map, std::int64_t side, std::int64_t left, std::int64_t top, Image& sheet) {
  double least = std::numeric_limits<double>::infinity(), greatest = -least;
  for (const double v : map.values) {
    if (!std::isfinite(v)) continue;
    least = std::min(least, v);
    greatest = std::max(greatest, v);
  }
  for (std::int64_t y = 0; y < map.height * side; ++y) {
    for (std::int64_t x = 0; x < map.width * side; ++x) {
      const double v = map.at(y / side, x / side);
      const bool has_level = std::isfinite(v) && greatest > least;
      const Color color = has_level ? heat_color((v - least) / (greatest - least)) : kSame;
      std::ranges::copy(color, &sheet.rgb[static_cast<std::size_t>(3 * ((top + y) * sheet.width + left + x))]);
    }
  }
}

Image blank_sheet(std::int64_t width, std::int64_t height) {
  Image sheet{width, height, {}};
  sheet.rgb.resize(static_cast<std::size_t>(3 * width * height));
  for (std::size_t i = 0; i < sheet.rgb.size(); ++i) sheet.rgb[i] = kGap[i % 3];
  return sheet;
}

FeatureSheet sheet_of_squares(const FeatureMaps& maps) {
  FeatureSheet sheet{.image = {}, .shown = std::min(maps.channels, kMostSquares)};
  Map map{(sheet.shown + kRow - 1) / kRow, std::min(sheet.shown, kRow), {}};
  map.values.assign(static_cast<std::size_t>(map.height * map.width), std::numeric_limits<double>::quiet_NaN());
  std::copy_n(maps.values.begin(), sheet.shown, map.values.begin());
  sheet.image = blank_sheet(map.width * kSquare, map.height * kSquare);
  draw_map(map, kSquare, 0, 0, sheet.image);
  return sheet;
}

}  // namespace

std::array<std::uint8_t, 3> heat_color(double level) {
  static const auto table = [] {
    std::array<Color, 256> colors;
    for (std::size_t i = 0; i < colors.size(); ++i) colors[i] = heat_color_at(static_cast<double>(i) / 255);
    return colors;
  }();
  return table[static_cast<std::size_t>(std::lround(255 * std::clamp(level, 0.0, 1.0)))];
}

FeatureSheet feature_sheet(const FeatureMaps& maps, std::int64_t most) {
  if (maps.height == 1 && maps.width == 1) return sheet_of_squares(maps);
  const std::int64_t longer = std::max(maps.height, maps.width);
  const std::int64_t factor = (longer + kLargest - 1) / kLargest, side = std::max<std::int64_t>(1, kSmallest / longer);
  const std::int64_t shown = std::min(maps.channels, most);
  const auto columns = static_cast<std::int64_t>(std::ceil(std::sqrt(static_cast<double>(shown))));
  const std::int64_t rows = (shown + columns - 1) / columns;
  const std::int64_t width = (maps.width + factor - 1) / factor * side,
                     height = (maps.height + factor - 1) / factor * side;
  FeatureSheet sheet{blank_sheet(columns * (width + kSpace) - kSpace, rows * (height + kSpace) - kSpace), shown};
  for (std::int64_t c = 0; c < shown; ++c) {
    draw_map(channel_map(maps, c, factor), side, c % columns * (width + kSpace), c / columns * (height + kSpace),
             sheet.image);
  }
  return sheet;
}

}  // namespace paw
