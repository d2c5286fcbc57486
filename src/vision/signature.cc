#include "vision/signature.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace paw {

namespace {

constexpr int kFine = 64;   // side of the grey picture that parts are taken from
constexpr int kSmall = 32;  // of what is transformed
constexpr int kLow = 8;     // frequencies kept per axis
constexpr int kCompared = 16;

// Place of a cell in a square of that side.
std::size_t cell_at(int x, int y, int side) {
  return static_cast<std::size_t>(y) * static_cast<std::size_t>(side) + static_cast<std::size_t>(x);
}

struct Part {
  double x, y, size;  // of the square's side
};

std::array<Part, PhotoSignature::kParts> parts() {
  std::array<Part, PhotoSignature::kParts> all{};
  all[0] = {0, 0, 1};
  all[1] = {0.05, 0.05, 0.9};
  std::size_t next = 2;
  for (const double y : {0.0, 0.1, 0.2}) {
    for (const double x : {0.0, 0.1, 0.2}) all[next++] = {x, y, 0.8};
  }
  return all;
}

// Box averages: `count` cells over `extent` pixels; every pixel counts by its share in the cell.
std::vector<double> gray_square(const Image& image, int side) {
  const auto width = static_cast<int>(image.width), height = static_cast<int>(image.height);
  std::vector<double> rows(cell_at(0, height, side)), out(cell_at(0, side, side));
  const auto average = [side](int extent, int cell, const auto& at) {
    const double from = static_cast<double>(cell) * extent / side, to = static_cast<double>(cell + 1) * extent / side;
    double sum = 0;
    for (int i = static_cast<int>(from); i < extent && i < to; ++i) {
      sum += at(i) * (std::min<double>(i + 1, to) - std::max<double>(i, from));
    }
    return sum / (to - from);
  };
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* row = image.rgb.data() + static_cast<std::ptrdiff_t>(3) * width * y;
    const auto gray = [row](int x) { return 0.299 * row[3 * x] + 0.587 * row[3 * x + 1] + 0.114 * row[3 * x + 2]; };
    for (int x = 0; x < side; ++x) rows[cell_at(x, y, side)] = average(width, x, gray);
  }
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const auto column = [&](int i) { return rows[cell_at(x, i, side)]; };
      out[cell_at(x, y, side)] = average(height, y, column);
    }
  }
  return out;
}

double bilinear(const std::vector<double>& square, int side, double x, double y) {
  x = std::clamp(x - 0.5, 0.0, side - 1.0);
  y = std::clamp(y - 0.5, 0.0, side - 1.0);
  const int left = std::min(static_cast<int>(x), side - 2), top = std::min(static_cast<int>(y), side - 2);
  const double u = x - left, v = y - top;
  const double* at = square.data() + top * side + left;
  return (1 - v) * ((1 - u) * at[0] + u * at[1]) + v * ((1 - u) * at[side] + u * at[side + 1]);
}

// A part of a square of that side, as a square of `to` cells; two samples per cell and axis.
std::vector<double> resampled(const std::vector<double>& square, int side, const Part& part, int to) {
  std::vector<double> out;
  for (int y = 0; y < to; ++y) {
    for (int x = 0; x < to; ++x) {
      double sum = 0;
      for (int k = 0; k < 4; ++k) {
        const double u = (x + (k % 2 == 0 ? 0.25 : 0.75)) / to, v = (y + (k < 2 ? 0.25 : 0.75)) / to;
        sum += bilinear(square, side, side * (part.x + part.size * u), side * (part.y + part.size * v));
      }
      out.push_back(sum / 4);
    }
  }
  return out;
}

// The 8 x 8 lowest frequencies, without the constant one, as signs: bit v * 8 + u. `mirrored`: of the mirror image,
// whose odd horizontal frequencies have the other sign.
struct Signs {
  std::uint64_t plain = 0, mirrored = 0;
};
Signs low_frequencies(const std::vector<double>& square) {
  static const auto kCosines = [] {
    std::array<std::array<double, kSmall>, kLow> table{};
    for (std::size_t u = 0; u < kLow; ++u) {
      for (std::size_t x = 0; x < kSmall; ++x) {
        table[u][x] = std::cos(std::numbers::pi * static_cast<double>(u) * (static_cast<double>(x) + 0.5) / kSmall);
      }
    }
    return table;
  }();
  std::array<std::array<double, kSmall>, kLow> across{};
  for (std::size_t u = 0; u < kLow; ++u) {
    for (std::size_t y = 0; y < kSmall; ++y) {
      for (std::size_t x = 0; x < kSmall; ++x) across[u][y] += kCosines[u][x] * square[y * kSmall + x];
    }
  }
  Signs signs;
  for (std::size_t v = 0; v < kLow; ++v) {
    for (std::size_t u = 0; u < kLow; ++u) {
      if (u + v == 0) continue;
      double sum = 0;
      for (std::size_t y = 0; y < kSmall; ++y) sum += kCosines[v][y] * across[u][y];
      const std::uint64_t bit = std::uint64_t{1} << (v * kLow + u);
      if (sum > 0) signs.plain |= bit;
      if ((u % 2 == 0 ? sum : -sum) > 0) signs.mirrored |= bit;
    }
  }
  return signs;
}

// Made mean 0 and length 1; false for a flat one.
bool normalize(std::vector<double>& values) {
  double mean = 0, squares = 0;
  for (const double v : values) mean += v;
  mean /= static_cast<double>(values.size());
  for (double& v : values) {
    v -= mean;
    squares += v * v;
  }
  const double deviation = std::sqrt(squares / static_cast<double>(values.size()));
  if (deviation < 2) return false;  // grey levels: what is left is noise
  for (double& v : values) v /= std::sqrt(squares);
  return true;
}

}  // namespace

PhotoSignature signature_of(const Image& image) {
  PhotoSignature signature;
  const std::vector<double> fine = gray_square(image, kFine);
  const auto places = parts();
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Signs signs = low_frequencies(resampled(fine, kFine, places[i], kSmall));
    signature.hashes[i] = signs.plain;
    if (i == 0) signature.mirrored = signs.mirrored;
  }
  const std::vector<double> small = resampled(fine, kFine, places[0], static_cast<int>(PhotoSignature::kSide));
  std::ranges::transform(small, signature.thumbnail.begin(),
                         [](double v) { return static_cast<std::uint8_t>(std::lround(std::clamp(v, 0.0, 255.0))); });
  return signature;
}

double likeness(const PhotoSignature& whole, const PhotoSignature& other, bool mirror) {
  constexpr int kSide = static_cast<int>(PhotoSignature::kSide);
  std::vector<double> wanted(whole.thumbnail.begin(), whole.thumbnail.end());
  wanted = resampled(wanted, kSide, {0, 0, 1}, kCompared);
  if (!normalize(wanted)) return 0;
  std::vector<double> square(other.thumbnail.begin(), other.thumbnail.end());
  if (mirror) {
    for (int y = 0; y < kSide; ++y) std::reverse(square.begin() + y * kSide, square.begin() + (y + 1) * kSide);
  }
  double best = 0;
  for (int kept = kSide; kept >= kSide * 3 / 4; --kept) {
    for (int y = 0; y <= kSide - kept; ++y) {
      for (int x = 0; x <= kSide - kept; ++x) {
        const Part part{static_cast<double>(x) / kSide, static_cast<double>(y) / kSide,
                        static_cast<double>(kept) / kSide};
        std::vector<double> seen = resampled(square, kSide, part, kCompared);
        if (!normalize(seen)) continue;
        double sum = 0;
        for (std::size_t i = 0; i < seen.size(); ++i) sum += seen[i] * wanted[i];
        best = std::max(best, sum);
      }
    }
  }
  return best;
}

}  // namespace paw
