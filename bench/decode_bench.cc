// Times decoding of a folder's JPEGs, and of a 12-megapixel one put together from them, beside libjpeg-turbo's own
// decoding with the same settings: alone, and with EXIF and resizing, as the photo cache does it. Processor time of one
// core, files in memory; least, median and most of rounds that take turns.
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
#include "vision/photo_cache.h"
#include "vision/resized_picture.h"

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

// The short side becomes `resize_short`.
std::unique_ptr<ResizedPicture> resizer(std::int64_t resize_short, ResizeFilter filter) {
  const Preprocess preprocess{.width = 1, .height = 1, .resize_short = resize_short, .filter = filter};
  return *ResizedPicture::create([preprocess](std::int64_t width, std::int64_t height, std::string_view where) {
    return plan_scaled_photo(preprocess, width, height, where);
  });
}

std::size_t decode_and_resize(const File& file, ResizedPicture& picture) {
  static PhotoDecoder decoder;
  return decoder.decode(file, "photo", picture) ? picture.picture().rgb.size() : 0;
}

// `image` at quality 90 and 4:2:0, as phones write it, with that orientation in EXIF: a TIFF block of one tag.
File encode(const Image& image, std::uint8_t orientation) {
  const std::uint8_t exif[] = {'E', 'x', 'i', 'f', 0, 0, 'I', 'I', 42,          0, 8, 0, 0, 0, 1, 0,
                               18,  1,   3,   0,   1, 0, 0,   0,   orientation, 0, 0, 0, 0, 0, 0, 0};
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
  jpeg_write_marker(&info, JPEG_APP0 + 1, exif, sizeof(exif));
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

// Where buffers lie relative to each other (the lower twelve bits of their addresses) changes the speed of both by up
// to 6 %, for as long as a process runs: every measurement begins with another layout.
void shift_heap() {
  static std::uint32_t state = 1;
  static std::vector<std::unique_ptr<std::byte[]>> blocks;
  state = state * 1'664'525 + 1'013'904'223;
  blocks.push_back(std::make_unique<std::byte[]>(16 * (1 + (state >> 16) % 4'096)));
}

template <class Body>
double measure(const std::vector<File>& files, Body body) {
  shift_heap();
  const double begin = processor_seconds();
  std::size_t bytes = 0;
  for (const File& file : files) bytes += body(file);
  const double seconds = processor_seconds() - begin;
  return bytes == 0 ? 0 : static_cast<double>(files.size()) / seconds;
}

// Least, median, most.
std::vector<double> spread(std::vector<double> values) {
  std::ranges::sort(values);
  return {values.front(), values[values.size() / 2], values.back()};
}

// Pictures per second of ours and of the peer, and the rounds' ratios of times.
template <class Ours>
nlohmann::ordered_json row(const char* name, const std::vector<File>& files, std::int64_t rounds, Ours ours) {
  std::vector<double> mine, peer, ratios;
  for (std::int64_t round = 0; round <= rounds; ++round) {
    const double a = measure(files, ours), b = measure(files, decode_plain);
    if (round == 0) continue;  // warms up
    mine.push_back(a);
    peer.push_back(b);
    ratios.push_back(b / a);
  }
  return {{"what", name},
          {"pictures", files.size()},
          {"ours_per_s", spread(mine)},
          {"libjpeg_turbo_per_s", spread(peer)},
          {"time_ratio", spread(ratios)}};
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
  const std::vector<File> upright = {encode(large, 1)}, turned = {encode(large, 6)};
  const auto resize = [](std::int64_t resize_short, ResizeFilter filter) {
    return [picture = std::shared_ptr(resizer(resize_short, filter))](const File& file) {
      return decode_and_resize(file, *picture);
    };
  };
  const std::int64_t rounds = settings.rounds;
  nlohmann::ordered_json result;
  result["rows"] = {
      row("photos", files, rounds, decode_ours),
      row("photos to 240, bicubic", files, rounds, resize(240, ResizeFilter::kBicubic)),
      row("12 megapixels", upright, rounds, decode_ours),
      row("12 megapixels, turned", turned, rounds, decode_ours),
      row("12 megapixels to 256, bilinear", upright, rounds, resize(256, ResizeFilter::kBilinear)),
      row("12 megapixels to 256, bicubic", upright, rounds, resize(256, ResizeFilter::kBicubic)),
      row("12 megapixels, turned, to 256, bilinear", turned, rounds, resize(256, ResizeFilter::kBilinear)),
      row("12 megapixels, turned, to 256, bicubic", turned, rounds, resize(256, ResizeFilter::kBicubic))};
  if (settings.json) {
    fmt::print("{}\n", result.dump());
    return 0;
  }
  for (const auto& line : result["rows"]) {
    const auto of = [&](const char* key, std::size_t i) { return line[key][i].get<double>(); };
    fmt::print("{:40} {:5} pictures: {:7.1f}/s, libjpeg-turbo {:7.1f}/s, {:.3f} x its time ({:.3f} to {:.3f})\n",
               line["what"].get<std::string>(), line["pictures"].get<int>(), of("ours_per_s", 1),
               of("libjpeg_turbo_per_s", 1), of("time_ratio", 1), of("time_ratio", 0), of("time_ratio", 2));
  }
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
