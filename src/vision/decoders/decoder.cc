#include "vision/decoders/decoder.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

namespace paw {

Status check_size(std::int64_t width, std::int64_t height, std::string_view where, const DecodeLimits& limits) {
  std::string broken;
  if (width <= 0 || height <= 0) {
    broken = "a side of zero";
  } else if (std::max(width, height) > limits.max_side) {
    broken = fmt::format("more than {} on a side", limits.max_side);
  } else if (width > limits.max_pixels / height) {
    broken = fmt::format("more than {:.1f} megapixels", static_cast<double>(limits.max_pixels) / 1e6);
  }
  if (broken.empty()) return {};
  return fail(ErrorCode::kBadData, std::string(where),
              fmt::format("the header claims {} x {} pixels: {}", width, height, broken));
}

Image make_image(std::int64_t width, std::int64_t height, Image memory) {
  const std::size_t bytes = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3;
  // Growing copies what is there: for nothing.
  if (bytes > memory.rgb.capacity()) memory.rgb = {};
  memory.rgb.resize(bytes);
  memory.width = width;
  memory.height = height;
  return memory;
}

Status mark_missing(Decoded& decoded, std::int64_t held, std::string_view where, bool bottom_up) {
  Image& image = decoded.image;
  held = std::clamp<std::int64_t>(held, 0, image.height);
  if (held == 0) {
    return fail(ErrorCode::kBadData, std::string(where),
                decoded.warning.empty() ? "holds no row of the picture"
                                        : fmt::format("holds no row of the picture ({})", decoded.warning));
  }
  const std::int64_t missing = image.height - held;
  decoded.missing = static_cast<double>(missing) / static_cast<double>(image.height);
  std::fill_n(row(image, bottom_up ? 0 : held), 3 * missing * image.width, kMissingGray);
  return {};
}

void composite_on_white(const std::uint8_t* rgba, std::uint8_t* rgb, std::int64_t pixels) {
  for (std::int64_t i = 0; i < pixels; ++i, rgba += 4, rgb += 3) {
    const unsigned alpha = rgba[3];
    for (int c = 0; c < 3; ++c) {
      rgb[c] = static_cast<std::uint8_t>((rgba[c] * alpha + 255 * (255 - alpha) + 127) / 255);
    }
  }
}

void complain(std::string& warning, std::string_view complaint) {
  if (warning.empty()) warning = complaint;
}

void complain_about_rest(std::string& warning, std::span<const std::byte> file, std::size_t end) {
  if (end >= file.size()) return;
  const auto rest = file.subspan(end);
  if (std::ranges::all_of(rest, [](std::byte b) { return b == std::byte{0}; })) return;
  complain(warning, fmt::format("{} {}", rest.size(), kTrailingBytes));
}

bool has_bytes(std::span<const std::byte> file, std::size_t offset, std::string_view text) {
  return file.size() >= offset && file.size() - offset >= text.size() &&
         std::memcmp(file.data() + offset, text.data(), text.size()) == 0;
}

}  // namespace paw
