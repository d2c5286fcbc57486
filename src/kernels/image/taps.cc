// Filter weights and channel values, the only steps in floating point. Compiled without contraction (CMakeLists.txt):
// a fused multiply-add would round otherwise than Kotlin, Swift and JavaScript do. The definition of the weights is
// that of Pillow's resize; the cubic is that of R. Keys (1981) with a = -1/2.
#include "kernels/image/image.h"

namespace paw {

namespace {

double support_of(ImageFilter filter) {
  if (filter == ImageFilter::kBicubic) return 2.0;
  return filter == ImageFilter::kBilinear ? 1.0 : 0.5;
}

double triangle(double x) {
  x = x < 0.0 ? -x : x;
  return x < 1.0 ? 1.0 - x : 0.0;
}

double cubic(double x) {
  x = x < 0.0 ? -x : x;
  if (x < 1.0) return (1.5 * x - 2.5) * x * x + 1.0;
  return x < 2.0 ? (((x - 5.0) * x + 8.0) * x - 4.0) * -0.5 : 0.0;
}

double weight_at(ImageFilter filter, double x) {
  if (filter == ImageFilter::kBicubic) return cubic(x);
  if (filter == ImageFilter::kBilinear) return triangle(x);
  return x > -0.5 && x <= 0.5 ? 1.0 : 0.0;
}

// A filter as an axis widens it: when shrinking, it spans as many more source pixels as they become fewer.
struct Widened {
  double scale, factor, support;
  Widened(const ImageAxis& a, ImageFilter filter)
      : scale(static_cast<double>(a.source) / a.scaled),
        factor(scale < 1.0 ? 1.0 : scale),
        support(support_of(filter) * factor) {}
};

std::int32_t to_fixed(double weight) {
  const double scaled = weight * (1 << kImageWeightBits);
  return static_cast<std::int32_t>(weight < 0.0 ? scaled - 0.5 : scaled + 0.5);
}

ImageSpan nearest_tap(const ImageAxis& a, std::int64_t out, std::int32_t* weights) {
  weights[0] = 1 << kImageWeightBits;
  return {static_cast<std::int32_t>((2 * out + 1) * a.source / (2 * std::int64_t{a.scaled})), 1};
}

// The weights of output pixel `out`; their sum is taken in a first round, for no memory holds them as doubles.
ImageSpan taps_of(const ImageAxis& a, ImageFilter filter, const Widened& f, std::int64_t out, std::int32_t* weights) {
  const double center = (static_cast<double>(out) + 0.5) * f.scale;
  const double inverse = 1.0 / f.factor;
  const double low = center - f.support + 0.5, high = center + f.support + 0.5;
  const std::int32_t first = low < 0.0 ? 0 : static_cast<std::int32_t>(low);
  const std::int32_t end = high > a.source ? a.source : static_cast<std::int32_t>(high);
  const auto weight = [&](std::int32_t i) {
    return weight_at(filter, (static_cast<double>(i) - center + 0.5) * inverse);
  };
  double sum = 0.0;
  for (std::int32_t i = first; i < end; ++i) sum += weight(i);
  for (std::int32_t i = first; i < end; ++i) weights[i - first] = to_fixed(weight(i) / sum);
  return {first, end - first};
}

void mirror(const ImageAxis& a, ImageSpan& span, std::int32_t* weights) {
  span.first = a.source - span.first - span.count;
  for (std::int32_t low = 0, high = span.count - 1; low < high; ++low, --high) {
    const std::int32_t kept = weights[low];
    weights[low] = weights[high];
    weights[high] = kept;
  }
}

void fill(const ImageAxis& a, ImageFilter filter, std::int64_t stride, ImageSpan* spans, std::int32_t* weights) {
  const Widened widened(a, filter);
  for (std::int64_t i = 0; i < a.count; ++i, weights += stride) {
    for (std::int64_t k = 0; k < stride; ++k) weights[k] = 0;
    const std::int64_t out = a.mirrored ? a.scaled - 1 - (a.first + i) : a.first + i;
    ImageSpan& span = spans[i];
    span = filter == ImageFilter::kNearest ? nearest_tap(a, out, weights) : taps_of(a, filter, widened, out, weights);
    if (a.mirrored) mirror(a, span, weights);
    while (span.count > 1 && weights[span.count - 1] == 0) --span.count;
  }
}

// The most weights that an output pixel of the axis has, as a multiple of 8.
std::int64_t stride_of(const ImageAxis& a, ImageFilter filter) {
  if (filter == ImageFilter::kNearest) return 8;
  const double support = Widened(a, filter).support;
  auto whole = static_cast<std::int64_t>(support);
  whole += static_cast<double>(whole) < support ? 1 : 0;
  const std::int64_t most = 2 * whole + 1;
  return ceil_div(most < a.source ? most : a.source, 8) * 8;
}

}  // namespace

std::size_t image_table_bytes(const ImageResize& p) {
  const std::int64_t x = p.x.count * (sizeof(ImageSpan) + sizeof(std::int32_t) * stride_of(p.x, p.filter));
  const std::int64_t y = p.y.count * (sizeof(ImageSpan) + sizeof(std::int32_t) * stride_of(p.y, p.filter));
  return static_cast<std::size_t>(x + y);
}

ImageTables image_tables(const ImageResize& p, std::byte* memory) {
  const std::int64_t stride_x = stride_of(p.x, p.filter), stride_y = stride_of(p.y, p.filter);
  auto* spans_x = reinterpret_cast<ImageSpan*>(memory);
  auto* spans_y = spans_x + p.x.count;
  auto* weights_x = reinterpret_cast<std::int32_t*>(spans_y + p.y.count);
  auto* weights_y = weights_x + p.x.count * stride_x;
  fill(p.x, p.filter, stride_x, spans_x, weights_x);
  fill(p.y, p.filter, stride_y, spans_y, weights_y);
  return {{spans_x, weights_x, stride_x}, {spans_y, weights_y, stride_y}};
}

// Those whose filters, `2 support` wide, lie across the place. One more for the end of the range, one for rounding.
std::int64_t image_open(const ImageAxis& a, ImageFilter filter) {
  const Widened f(a, filter);
  const double most = 2.0 * f.support / f.scale + 2.0;
  return most < a.count ? static_cast<std::int64_t>(most) : a.count;
}

void image_values(ImageColor color, const double* scale, const double* bias, float* values) {
  for (int c = 0; c < image_channels(color); ++c) {
    for (int v = 0; v < 256; ++v) values[c * 256 + v] = static_cast<float>(v * scale[c] + bias[c]);
  }
}

void image_to_floats(ImageColor color, const float* values, const std::uint8_t* rgb, float* y, std::int64_t pixels) {
  if (color == ImageColor::kGray) {
    for (std::int64_t i = 0; i < pixels; ++i, rgb += 3) {
      y[i] = values[(19595 * rgb[0] + 38470 * rgb[1] + 7471 * rgb[2] + 32768) >> 16];
    }
    return;
  }
  const int first = color == ImageColor::kBgr ? 2 : 0;
  for (std::int64_t i = 0; i < pixels; ++i, rgb += 3, y += 3) {
    y[0] = values[rgb[first]];
    y[1] = values[256 + rgb[1]];
    y[2] = values[512 + rgb[2 - first]];
  }
}

}  // namespace paw
