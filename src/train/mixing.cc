#include "train/mixing.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/random.h"

namespace paw {

namespace {

constexpr std::uint64_t kStream = 0x6D69786564;  // of its own: orders and dropout draw from the same seed

// Marsaglia and Tsang 2000; below 1 as the variate of alpha + 1 times u^(1 / alpha).
double gamma_variate(double alpha, Random& random) {
  if (alpha < 1) {
    const double larger = gamma_variate(alpha + 1, random);
    return larger * std::pow(random.uniform(), 1 / alpha);
  }
  const double d = alpha - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  while (true) {
    const double x = random.normal(), v = std::pow(1 + c * x, 3);
    if (v > 0 && std::log(1 - random.uniform()) < 0.5 * x * x + d * (1 - v + std::log(v))) return d * v;
  }
}

double beta_variate(double alpha, Random& random) {
  const double a = gamma_variate(alpha, random), b = gamma_variate(alpha, random);
  if (a + b > 0) return a / (a + b);
  return random.uniform() < 0.5 ? 0 : 1;  // both underflowed: alpha is next to 0
}

// Calls f(first, second) for the two rows of each pair of examples.
template <class F>
void for_each_pair(std::span<float> rows, std::int64_t examples, const F& f) {
  const std::size_t row = rows.size() / static_cast<std::size_t>(examples);
  for (std::int64_t i = 0; i < examples / 2; ++i) {
    f(rows.subspan(static_cast<std::size_t>(i) * row, row),
      rows.subspan(static_cast<std::size_t>(examples - 1 - i) * row, row));
  }
}

void blend(std::span<float> rows, std::int64_t examples, double lambda) {
  const auto own = static_cast<float>(lambda), other = static_cast<float>(1 - lambda);
  for_each_pair(rows, examples, [&](std::span<float> a, std::span<float> b) {
    for (std::size_t i = 0; i < a.size(); ++i) {
      const float before = a[i];
      a[i] = own * before + other * b[i];
      b[i] = own * b[i] + other * before;
    }
  });
}

struct Rectangle {
  std::int64_t top, bottom, left, right;
};

// About 1 - lambda of the image, anywhere, cut at its edges.
Rectangle draw_rectangle(double lambda, std::int64_t height, std::int64_t width, Random& random) {
  const auto side = [&](std::int64_t extent) {
    const auto length = static_cast<std::int64_t>(std::sqrt(1 - lambda) * static_cast<double>(extent));
    const auto centre = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(extent)));
    return std::pair(std::max<std::int64_t>(centre - length / 2, 0), std::min(centre + length - length / 2, extent));
  };
  const auto [top, bottom] = side(height);
  const auto [left, right] = side(width);
  return {top, bottom, left, right};
}

void swap_rectangles(std::span<float> images, const Shape& shape, const Rectangle& r) {
  for_each_pair(images, shape[0], [&](std::span<float> a, std::span<float> b) {
    for (std::int64_t y = r.top; y < r.bottom; ++y) {
      const auto from = static_cast<std::size_t>((y * shape[2] + r.left) * shape[3]);
      const auto count = static_cast<std::size_t>((r.right - r.left) * shape[3]);
      std::ranges::swap_ranges(a.subspan(from, count), b.subspan(from, count));
    }
  });
}

}  // namespace

Status check_mixing(const Mixing& mixing, const Shape& inputs) {
  for (const auto& [name, alpha] : {std::pair("mixup", mixing.mixup), std::pair("CutMix", mixing.cutmix)}) {
    if (alpha >= 0 && !std::isinf(alpha)) continue;
    return fail(ErrorCode::kUsage, name, "alpha is " + std::to_string(alpha), "give a finite number of at least 0");
  }
  if (mixing.cutmix == 0 || inputs.rank() == 4) return {};
  return fail(ErrorCode::kUsage, "CutMix", "cuts images, but the net's input is " + inputs.text(), "use mixup");
}

void mix_batch(const Mixing& mixing, const Shape& shape, std::uint64_t seed, std::int64_t step, std::span<float> inputs,
               std::span<float> targets) {
  if (!mixing.any()) return;
  Random random(random_bits(seed, kStream, static_cast<std::uint64_t>(step)));
  const bool cut = mixing.cutmix > 0 && (mixing.mixup == 0 || random.uniform() < 0.5);
  double lambda = beta_variate(cut ? mixing.cutmix : mixing.mixup, random);
  if (cut) {
    const Rectangle r = draw_rectangle(lambda, shape[1], shape[2], random);
    swap_rectangles(inputs, shape, r);
    const auto area = static_cast<double>((r.bottom - r.top) * (r.right - r.left));
    lambda = 1 - area / static_cast<double>(shape[1] * shape[2]);
  } else {
    blend(inputs, shape[0], lambda);
  }
  blend(targets, shape[0], lambda);
}

}  // namespace paw
