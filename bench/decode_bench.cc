// Times decoding of a folder's JPEGs, and of a 12-megapixel one put together from them, beside libjpeg-turbo's own
// decoding with the same settings. Processor time of one core, files in memory; the median of rounds that take turns.
//
//   paw_decode_bench FOLDER [--rounds 5] [--json]
#include <fmt/core.h>

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <nlohmann/json.hpp>
// jpeglib.h wants <cstdio> first.
#include <jpeglib.h>

#include "flags_main.h"
#include "host/file.h"
#include "vision/decode.h"
#include "vision/orientation.h"

namespace paw {
namespace {

using File = std::vector<std::byte>;

struct Settings {
  std::string folder;
  std::int64_t rounds = 5;
  bool json = false;
};

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// libjpeg-turbo alone: no markers kept, no EXIF, no checks, and memory for the pixels that is there already.
std::size_t decode_plain(const File& file) {
  jpeg_decompress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, reinterpret_cast<const unsigned char*>(file.data()), static_cast<unsigned long>(file.size()));
  jpeg_read_header(&info, TRUE);
  info.out_color_space = JCS_RGB;
  info.dct_method = JDCT_ISLOW;
  jpeg_start_decompress(&info);
  const std::size_t stride = std::size_t{info.output_width} * 3;
  static std::vector<std::uint8_t> rgb;
  if (rgb.size() < stride * info.output_height) rgb.resize(stride * info.output_height);
  while (info.output_scanline < info.output_height) {
    JSAMPROW line = rgb.data() + stride * info.output_scanline;
    jpeg_read_scanlines(&info, &line, 1);
  }
  jpeg_finish_decompress(&info);
  jpeg_destroy_decompress(&info);
  return stride * info.output_height;
}

std::size_t decode_ours(const File& file) {
  static PhotoDecoder decoder;
  const auto photo = decoder.decode(file, "photo");
  return photo ? (*photo)->image.rgb.size() : 0;
}

// `image` at quality 90 and 4:2:0, as phones write it.
File encode(const Image& image) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &memory, &size);
  info.image_width = static_cast<JDIMENSION>(image.width);
  info.image_height = static_cast<JDIMENSION>(image.height);
  info.input_components = 3;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, 90, TRUE);
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    auto* line = const_cast<JSAMPROW>(image.rgb.data() + std::size_t{info.next_scanline} * info.image_width * 3);
    jpeg_write_scanlines(&info, &line, 1);
  }
  jpeg_finish_compress(&info);
  const auto* data = reinterpret_cast<const std::byte*>(memory);
  File file(data, data + size);
  std::free(memory);
  jpeg_destroy_compress(&info);
  return file;
}

// 4000 x 3000 pixels, tiled with one photo after the other.
Image large_picture(const std::vector<File>& files) {
  Image large{.width = 4'000, .height = 3'000, .rgb = std::vector<std::uint8_t>(36'000'000)};
  std::size_t next = 0;
  constexpr std::int64_t kTile = 250;
  for (std::int64_t top = 0; top < large.height; top += kTile) {
    for (std::int64_t left = 0; left < large.width; left += kTile) {
      const auto photo = decode_photo(files[next++ % files.size()], "photo");
      if (!photo) continue;
      const Image& tile = photo->image;
      const std::int64_t width = std::min(kTile, tile.width);
      for (std::int64_t y = 0; y < std::min(kTile, tile.height); ++y) {
        std::copy_n(&tile.rgb[static_cast<std::size_t>(3 * y * tile.width)], 3 * width,
                    &large.rgb[static_cast<std::size_t>(3 * ((top + y) * large.width + left))]);
      }
    }
  }
  return large;
}

template <class Body>
double measure(const std::vector<File>& files, Body body) {
  const double begin = processor_seconds();
  std::size_t bytes = 0;
  for (const File& file : files) bytes += body(file);
  const double seconds = processor_seconds() - begin;
  return bytes == 0 ? 0 : static_cast<double>(files.size()) / seconds;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// Pictures per second of ours and of the peer, and the median of the rounds' ratios of times.
nlohmann::ordered_json row(const char* name, const std::vector<File>& files, std::int64_t rounds) {
  std::vector<double> ours, peer, ratios;
  for (std::int64_t round = 0; round <= rounds; ++round) {
    const double a = measure(files, decode_ours), b = measure(files, decode_plain);
    if (round == 0) continue;  // warms up
    ours.push_back(a);
    peer.push_back(b);
    ratios.push_back(b / a);
  }
  return {{"what", name},
          {"pictures", files.size()},
          {"ours_per_s", median(ours)},
          {"libjpeg_turbo_per_s", median(peer)},
          {"time_ratio", median(ratios)}};
}

// Milliseconds to turn the large picture by a quarter.
double turn_ms(const Image& large, std::int64_t rounds) {
  std::vector<double> times;
  Image turned;
  for (std::int64_t round = 0; round <= rounds; ++round) {
    const double begin = processor_seconds();
    turn_upright(large, 6, turned);
    if (round > 0) times.push_back((processor_seconds() - begin) * 1e3);
  }
  return median(times);
}

std::vector<File> read_folder(const std::string& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  std::vector<File> files;
  for (const auto& path : paths) {
    const auto bytes = map_file(path);
    if (!bytes || photo_format(bytes->span()) != PhotoFormat::kJpeg || !decode_photo(bytes->span(), "")) continue;
    files.emplace_back(bytes->span().begin(), bytes->span().end());
  }
  return files;
}

int run(const Settings& settings) {
  const std::vector<File> files = read_folder(settings.folder);
  if (files.empty() || settings.rounds < 1) {
    fmt::print(stderr, "no JPEG in {}, or no rounds\n", settings.folder);
    return 2;
  }
  const Image large = large_picture(files);
  nlohmann::ordered_json result;
  result["rows"] = {row("photos", files, settings.rounds), row("12 megapixels", {encode(large)}, settings.rounds)};
  result["quarter_turn_of_12_megapixels_ms"] = turn_ms(large, settings.rounds);
  if (settings.json) {
    fmt::print("{}\n", result.dump());
    return 0;
  }
  for (const auto& line : result["rows"]) {
    fmt::print("{:14} {:5} pictures: {:8.1f}/s, libjpeg-turbo {:8.1f}/s, {:.3f} x its time\n",
               line["what"].get<std::string>(), line["pictures"].get<int>(), line["ours_per_s"].get<double>(),
               line["libjpeg_turbo_per_s"].get<double>(), line["time_ratio"].get<double>());
  }
  fmt::print("a quarter turn of 12 megapixels: {:.1f} ms\n", result["quarter_turn_of_12_megapixels_ms"].get<double>());
  return 0;
}

}  // namespace
}  // namespace paw

int main(int argc, char** argv) {
  paw::Settings settings;
  const std::vector<paw::Flag> flags{
      {"FOLDER", "", "JPEGs, in folders below too", &settings.folder, true},
      {"--rounds", "N", "", &settings.rounds},
      {"--json", "", "", &settings.json},
  };
  return paw::main_with_flags("paw_decode_bench", flags, argc, argv, [&] { return paw::run(settings); });
}
