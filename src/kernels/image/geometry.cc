// Where the pixels of a picture come from. All roundings are here.
#include "kernels/image/image.h"

namespace paw {

namespace {

// The largest side that a photo has after scaling its short side to resize_short.
constexpr std::int64_t kMaxScaled = kMaxPhotoSide * kMaxPictureSide;
static_assert(kMaxScaled < std::int64_t{1} << 31);

bool within(std::int64_t value, std::int64_t low, std::int64_t high) { return value >= low && value <= high; }

// a / b, to the nearest integer, halves to the even one; a >= 0, b > 0.
std::int64_t divide_half_even(std::int64_t a, std::int64_t b) {
  const std::int64_t q = a / b, twice = a % b * 2;
  return q + ((twice > b || (twice == b && q % 2 == 1)) ? 1 : 0);
}

ImageAxis axis(std::int64_t source, std::int64_t scaled, std::int64_t target) {
  ImageAxis a{.source = static_cast<std::int32_t>(source),
              .scaled = static_cast<std::int32_t>(scaled),
              .count = static_cast<std::int32_t>(scaled < target ? scaled : target),
              .target = static_cast<std::int32_t>(target)};
  if (scaled > target) a.first = static_cast<std::int32_t>(divide_half_even(scaled - target, 2));
  if (scaled < target) a.pad = static_cast<std::int32_t>(divide_half_even(target - scaled, 2));
  return a;
}

const char* check_request(const ImageRequest& r) {
  if (!within(r.photo_width, 1, kMaxPhotoSide) || !within(r.photo_height, 1, kMaxPhotoSide)) {
    return "the photo's sides must be between 1 and 65535";
  }
  if (!within(r.width, 1, kMaxPictureSide) || !within(r.height, 1, kMaxPictureSide)) {
    return "the picture's sides must be between 1 and 16384";
  }
  const std::int64_t longer = r.width > r.height ? r.width : r.height;
  if (r.geometry == ImageGeometry::kCrop && !within(r.resize_short, longer, kMaxPictureSide)) {
    return "resize_short must be at least the picture's longer side and at most 16384";
  }
  if (!within(static_cast<std::int64_t>(r.geometry), 0, 2)) return "the geometry is unknown";
  if (!within(static_cast<std::int64_t>(r.filter), 0, 3)) return "the filter is unknown";
  return within(r.pad_value, 0, 255) ? nullptr : "pad_value must be between 0 and 255";
}

const char* check_axis(const ImageAxis& a) {
  if (!within(a.source, 1, kMaxPhotoSide)) return "the photo's sides must be between 1 and 65535";
  if (!within(a.target, 1, kMaxPictureSide)) return "the picture's sides must be between 1 and 16384";
  if (!within(a.scaled, 1, kMaxScaled)) return "the scaled size is out of range";
  if (a.count < 1 || !within(a.first, 0, std::int64_t{a.scaled} - a.count)) return "the window leaves the scaled photo";
  return within(a.pad, 0, std::int64_t{a.target} - a.count) ? nullptr : "the window leaves the picture";
}

}  // namespace

const char* plan_image_resize(const ImageRequest& r, ImageResize& out) {
  if (const char* problem = check_request(r)) return problem;
  const std::int64_t w = r.photo_width, h = r.photo_height;
  std::int64_t scaled_w = r.width, scaled_h = r.height;
  if (r.geometry == ImageGeometry::kCrop) {
    scaled_w = w <= h ? r.resize_short : r.resize_short * w / h;
    scaled_h = w <= h ? r.resize_short * h / w : r.resize_short;
  } else if (r.geometry == ImageGeometry::kFit) {
    // At least one pixel, however flat the photo.
    if (w * r.height > h * r.width) {
      scaled_h = divide_half_even(h * r.width, w);
      scaled_h = scaled_h < 1 ? 1 : scaled_h;
    } else {
      scaled_w = divide_half_even(w * r.height, h);
      scaled_w = scaled_w < 1 ? 1 : scaled_w;
    }
  }
  out = {.x = axis(w, scaled_w, r.width),
         .y = axis(h, scaled_h, r.height),
         .filter = r.filter,
         .pad_value = static_cast<std::int32_t>(r.pad_value),
         .row_bytes = 3 * w};
  return nullptr;
}

ImageResize resize_as_stored(const ImageResize& upright, int orientation) {
  const auto mirrored = [](ImageAxis a) {
    a.first = a.scaled - a.first - a.count;
    a.pad = a.target - a.pad - a.count;
    a.mirrored = !a.mirrored;
    return a;
  };
  ImageResize out = upright;
  if (orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7) out.x = mirrored(out.x);
  if (orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8) out.y = mirrored(out.y);
  if (orientation >= 5 && orientation <= 8) {
    out.columns_first = !out.columns_first;
    const ImageAxis x = out.x;
    out.x = out.y;
    out.y = x;
  }
  out.row_bytes = 3 * std::int64_t{out.x.source};
  return out;
}

const char* check_image_resize(const ImageResize& p, std::uint64_t photo_bytes, std::uint64_t picture_bytes) {
  if (const char* problem = check_axis(p.x)) return problem;
  if (const char* problem = check_axis(p.y)) return problem;
  if (!within(static_cast<std::int64_t>(p.filter), 0, 3)) return "the filter is unknown";
  if (!within(p.pad_value, 0, 255)) return "pad_value must be between 0 and 255";
  constexpr std::int64_t kMaxRowBytes = std::int64_t{1} << 40;  // times 65535 is below 2^63
  if (!within(p.row_bytes, 3 * std::int64_t{p.x.source}, kMaxRowBytes)) return "the row length is out of range";
  const std::int64_t needed = (std::int64_t{p.y.source} - 1) * p.row_bytes + 3 * std::int64_t{p.x.source};
  if (photo_bytes < static_cast<std::uint64_t>(needed)) return "the photo is too small";
  const std::int64_t made = 3 * std::int64_t{p.x.target} * p.y.target;
  return picture_bytes < static_cast<std::uint64_t>(made) ? "the picture is too small" : nullptr;
}

}  // namespace paw
