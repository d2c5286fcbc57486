// For tests of resizing: every tier run on whole photos and on rows that arrive in pieces, and the definition written
// down without any cleverness: the whole photo resized in two passes, then cut and padded.
#pragma once

#include <algorithm>
#include <cmath>

#include "kernels/image/resizer.h"
#include "kernels/kernel_testing.h"

namespace paw {

struct Pixels {
  std::int64_t width = 0, height = 0;
  std::vector<std::uint8_t> rgb;
  bool operator==(const Pixels&) const = default;
};

inline Pixels blank(std::int64_t width, std::int64_t height, int value = 0) {
  return {width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width * height * 3), std::uint8_t(value))};
}

inline Pixels noise(Random& random, std::int64_t width, std::int64_t height) {
  Pixels p = blank(width, height);
  for (std::uint8_t& v : p.rgb)
    v = static_cast<std::uint8_t>(random.below(4) == 0 ? random.below(2) * 255 : random.below(256));
  return p;
}

// Pixels that a formula gives, as in docs/preprocess.md.
inline Pixels pattern(std::int64_t width, std::int64_t height) {
  Pixels p = blank(width, height);
  for (std::int64_t i = 0; i < width * height * 3; ++i) {
    const std::int64_t c = i % 3, x = i / 3 % width, y = i / 3 / width;
    p.rgb[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>((37 * x + 91 * y + 53 * c + 11 * x * y) % 256);
  }
  return p;
}

inline Pixels mirrored(const Pixels& p) {
  Pixels out = p;
  for (std::int64_t y = 0; y < p.height; ++y) {
    for (std::int64_t i = 0; i < p.width * 3; ++i) {
      const std::int64_t from = (y * p.width + (p.width - 1 - i / 3)) * 3 + i % 3;
      out.rgb[static_cast<std::size_t>(y * p.width * 3 + i)] = p.rgb[static_cast<std::size_t>(from)];
    }
  }
  return out;
}

// Tables and scratch of exactly the size that they take.
struct ResizeMemory {
  std::vector<std::int32_t> tables;
  std::vector<std::byte> scratch;
  ImageTables t;
  ResizeMemory(const ImageResize& r, std::size_t bytes) : tables(image_table_bytes(r) / 4), scratch(bytes) {
    t = image_tables(r, reinterpret_cast<std::byte*>(tables.data()));
  }
};

inline Pixels resized_whole(const KernelTable& kernels, const ImageResize& r, const std::vector<std::uint8_t>& photo) {
  Pixels out = blank(r.x.target, r.y.target, 0xA5);
  EXPECT_EQ(check_image_resize(r, photo.size(), out.rgb.size()), nullptr);
  ResizeMemory memory(r, resize_image_bytes(r));
  resize_image(kernels, r, memory.t, photo.data(), out.rgb.data(), memory.scratch.data());
  return out;
}

// Each piece of the photo in memory of its own.
inline Pixels resized_in_pieces(const KernelTable& kernels, const ImageResize& r,
                                const std::vector<std::uint8_t>& photo, const std::vector<Range>& pieces) {
  Pixels out = blank(r.x.target, r.y.target, 0xA5);
  pad_image(r, out.rgb.data());
  const Range columns{0, r.x.count};
  ResizeMemory memory(r, ImageResizer::bytes(r, columns));
  ImageResizer resizer(kernels, r, memory.t, columns, out.rgb.data(), memory.scratch.data());
  for (const Range piece : pieces) {
    const auto end = std::min(piece.end * r.row_bytes, static_cast<std::int64_t>(photo.size()));
    std::vector<std::uint8_t> rows(photo.begin() + piece.begin * r.row_bytes, photo.begin() + end);
    rows.resize(static_cast<std::size_t>((piece.end - piece.begin) * r.row_bytes + kImageSlack), 0x5A);
    resizer.push(rows.data(), piece.end - piece.begin);
  }
  return out;
}

// The picture, equal on every tier, of the whole photo or of pieces.
inline Pixels resized(const ImageResize& r, const Pixels& photo) {
  std::vector<Range> pieces = odd_pieces(r.y.source);
  std::reverse(pieces.begin(), pieces.end());
  const Pixels first = r.columns_first
                           ? resized_in_pieces(kernel_table(Isa::kPortable), r, photo.rgb, {{0, r.y.source}})
                           : resized_whole(kernel_table(Isa::kPortable), r, photo.rgb);
  for (const Isa isa : available_isas()) {
    if (!r.columns_first) {
      EXPECT_EQ(resized_whole(kernel_table(isa), r, photo.rgb), first) << name(isa);
    }
    EXPECT_EQ(resized_in_pieces(kernel_table(isa), r, photo.rgb, pieces), first) << name(isa) << " in pieces";
  }
  return first;
}

inline Pixels resized(const ImageRequest& request, const Pixels& photo) {
  ImageResize r;
  const char* problem = plan_image_resize(request, r);
  EXPECT_EQ(problem, nullptr) << problem;
  return problem == nullptr ? resized(r, photo) : Pixels{};
}

inline ImageRequest stretch_to(const Pixels& photo, std::int64_t width, std::int64_t height, ImageFilter filter) {
  return {.photo_width = photo.width,
          .photo_height = photo.height,
          .width = width,
          .height = height,
          .geometry = ImageGeometry::kStretch,
          .filter = filter};
}

namespace image_reference {

inline double filter_at(ImageFilter filter, double x) {
  if (filter == ImageFilter::kArea) return x > -0.5 && x <= 0.5 ? 1 : 0;
  x = std::abs(x);
  if (filter == ImageFilter::kBilinear) return std::max(0.0, 1 - x);
  if (x < 1) return ((-0.5 + 2) * x - (-0.5 + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
}

// Byte i of `scaled` along an axis of `source` bytes, `step` apart.
inline std::uint8_t resample(ImageFilter filter, std::int64_t source, std::int64_t scaled, std::int64_t i,
                             const std::uint8_t* bytes, std::int64_t step) {
  if (filter == ImageFilter::kNearest) return bytes[(2 * i + 1) * source / (2 * scaled) * step];
  const double scale = static_cast<double>(source) / static_cast<double>(scaled);
  const double factor = std::max(1.0, scale);
  const double support = (filter == ImageFilter::kBicubic ? 2 : filter == ImageFilter::kBilinear ? 1 : 0.5) * factor;
  const double center = (static_cast<double>(i) + 0.5) * scale;
  const auto low = static_cast<std::int64_t>(std::max(0.0, center - support + 0.5));
  const auto high = std::min(source, static_cast<std::int64_t>(center + support + 0.5));
  std::vector<double> weights;
  double sum = 0;
  for (std::int64_t k = low; k < high; ++k) {
    weights.push_back(filter_at(filter, (static_cast<double>(k) - center + 0.5) * (1 / factor)));
    sum += weights.back();
  }
  std::int64_t total = std::int64_t{1} << 21;
  for (std::int64_t k = low; k < high; ++k) {
    total += std::llround(weights[static_cast<std::size_t>(k - low)] / sum * (1 << 22)) * bytes[k * step];
  }
  EXPECT_LT(std::abs(total), std::int64_t{1} << 31);
  return static_cast<std::uint8_t>(std::clamp<std::int64_t>(total >> 22, 0, 255));
}

inline Pixels resize(const Pixels& photo, std::int64_t width, std::int64_t height, ImageFilter filter) {
  Pixels wide = blank(width, photo.height), out = blank(width, height);
  for (std::int64_t i = 0; i < width * photo.height * 3; ++i) {
    const std::uint8_t* row = photo.rgb.data() + i / (3 * width) * photo.width * 3 + i % 3;
    wide.rgb[static_cast<std::size_t>(i)] = resample(filter, photo.width, width, i / 3 % width, row, 3);
  }
  for (std::int64_t i = 0; i < width * height * 3; ++i) {
    const std::uint8_t* column = wide.rgb.data() + i % (3 * width);
    out.rgb[static_cast<std::size_t>(i)] = resample(filter, photo.height, height, i / (3 * width), column, 3 * width);
  }
  return out;
}

// All of it, then the window out of it.
inline Pixels resize(const ImageResize& r, const Pixels& photo) {
  const Pixels whole = resize(photo, r.x.scaled, r.y.scaled, r.filter);
  Pixels out = blank(r.x.target, r.y.target, r.pad_value);
  for (std::int64_t y = 0; y < r.y.count; ++y) {
    const auto from = whole.rgb.begin() + ((r.y.first + y) * whole.width + r.x.first) * 3;
    std::copy(from, from + 3 * r.x.count, out.rgb.begin() + ((r.y.pad + y) * out.width + r.x.pad) * 3);
  }
  return out;
}

}  // namespace image_reference
}  // namespace paw
