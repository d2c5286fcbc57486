#include "pipeline/trace_images.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host/file.h"
#include "host/text.h"
#include "vision/feature_sheet.h"
#include "vision/write_png.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = 60;  // of one part of a name; file systems take 255 in all

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// As write_trace_images names them.
bool is_trace_image(std::string_view name) {
  const std::size_t digits =
      std::min(name.size(), static_cast<std::size_t>(std::ranges::find_if_not(name, is_digit) - name.begin()));
  return digits >= 3 && name.substr(digits).starts_with('_') && name.ends_with(".png");
}

Status prepare(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  std::vector<fs::path> old;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (is_trace_image(at->path().filename().string())) old.push_back(at->path());
  }
  for (const fs::path& path : old) {
    if (!error) fs::remove(path, error);
  }
  if (!error) return {};
  return fail(ErrorCode::kIo, printable(folder.string()), "cannot hold the pictures: " + error.message(),
              "name another folder");
}

Status write(const Image& image, const fs::path& path) {
  PAW_ASSIGN_OR_RETURN(const Bytes png, write_png(image));
  return write_file_unsynced(path, png.span());
}

}  // namespace

std::string file_part(std::string_view text) {
  std::string part;
  for (const char c : text.substr(0, kMostBytes)) part += is_digit(c) || is_letter(c) || c == '.' || c == '-' ? c : '_';
  return part;
}

Image seen_picture(const Image& picture, const Preprocess& record, std::span<const float> input) {
  if (record.color != ColorOrder::kGray) return picture;
  Image gray{picture.width, picture.height, {}};
  for (const float value : input) {
    const double level = (value - record.bias[0]) / record.scale[0];
    gray.rgb.insert(gray.rgb.end(), 3, static_cast<std::uint8_t>(std::lround(std::clamp(level, 0.0, 255.0))));
  }
  return gray;
}

Status write_trace_images(const fs::path& folder, const Image& seen, const std::vector<NodeResult>& results,
                          std::vector<LayerTrace>& layers) {
  PAW_RETURN_IF_ERROR(prepare(folder));
  PAW_RETURN_IF_ERROR(write(seen, folder / "000_input.png"));
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Shape& shape = results[i].value.type.shape;
    if (shape.rank() != 4 || shape[0] != 1) continue;
    const std::vector<double> real = real_values(results[i].value);
    const std::vector<float> values(real.begin(), real.end());
    const FeatureSheet sheet = feature_sheet({values, shape[1], shape[2], shape[3]}, kMostMaps);
    LayerTrace& layer = layers[i];
    layer.image = fmt::format("{:03}_{}_{}.png", i + 1, file_part(layer.op), file_part(layer.name));
    layer.maps = sheet.shown;
    layer.channels = shape[3];
    PAW_RETURN_IF_ERROR(write(sheet.image, folder / layer.image));
  }
  return {};
}

}  // namespace paw
