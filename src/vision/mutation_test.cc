// Any bytes give a picture of the right size or a typed error: no crash, nothing printed, no more than 256 MB.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "base/rounds_testing.h"
#include "vision/color_profile_testing.h"
#include "vision/decoders/bmp_testing.h"
#include "vision/decoders/gif_testing.h"
#include "vision/decoders/heic_testing.h"
#include "vision/decoders/jpeg_testing.h"
#include "vision/decoders/png_testing.h"
#include "vision/decoders/webp_testing.h"

#include <atomic>

#if defined(__SANITIZE_ADDRESS__)
// Of the sanitizer's run time; gcc 12 does not install the header.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*)(const volatile void*, std::size_t),
                                                         void (*)(const volatile void*));
extern "C" std::size_t __sanitizer_get_allocated_size(const volatile void*);
#endif

namespace paw::mutation_test {

constexpr int kRounds = rounds(2'000);  // of each format, over all its files
constexpr std::size_t kMaxMemory = std::size_t{256} << 20;
// A header may claim up to this: 48 MB of pixels.
constexpr DecodeLimits kLimits{.max_pixels = 16'000'000, .max_side = 65'535};

// The most memory held at once since the last `watch_memory`. Under the address sanitizer what was asked of malloc,
// touched or not; elsewhere how the process grew.
#if defined(__SANITIZE_ADDRESS__)
std::atomic<std::ptrdiff_t> held_memory = 0, peak_memory = 0;

void count_malloc(const volatile void*, std::size_t bytes) {
  const std::ptrdiff_t held = held_memory += static_cast<std::ptrdiff_t>(bytes);
  if (held > peak_memory) peak_memory = held;
}
void count_free(const volatile void* memory) {
  if (memory != nullptr) held_memory -= static_cast<std::ptrdiff_t>(__sanitizer_get_allocated_size(memory));
}

void watch_memory() {
  static const int installed = __sanitizer_install_malloc_and_free_hooks(count_malloc, count_free);
  EXPECT_NE(installed, 0);
  held_memory = peak_memory = 0;
}

std::size_t most_memory() { return static_cast<std::size_t>(peak_memory.load()); }
#else
std::size_t resident_at_first = 0;

std::size_t peak_resident() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) << 10;
}

void watch_memory() { resident_at_first = peak_resident(); }

std::size_t most_memory() { return peak_resident() - resident_at_first; }
#endif

// Damage of several kinds: bytes flipped or set to edge values, integers replaced, a part cut out, doubled or cut off.
File mutated(const File& good, Random& random) {
  File file = good;
  constexpr std::uint8_t kEdges[] = {0x00, 0x01, 0x7F, 0x80, 0xFF};
  for (std::uint64_t i = 0; i <= random.below(4); ++i) {
    const std::size_t at = random.below(file.size());
    switch (random.below(6)) {
      case 0: file[at] ^= static_cast<std::byte>(1 << random.below(8)); break;
      case 1: file[at] = static_cast<std::byte>(kEdges[random.below(std::size(kEdges))]); break;
      case 2: file[at] = static_cast<std::byte>(random.below(256)); break;
      case 3:
        for (std::size_t j = at; j < std::min(at + 4, file.size()); ++j)
          file[j] = random.below(2) == 0 ? std::byte{0xFF} : std::byte{0};
        break;
      case 4: {
        const std::size_t end = std::min(at + 1 + random.below(16), file.size());
        const File part(file.begin() + static_cast<std::ptrdiff_t>(at),
                        file.begin() + static_cast<std::ptrdiff_t>(end));
        if (random.below(2) == 0 && part.size() < file.size()) {
          file.erase(file.begin() + static_cast<std::ptrdiff_t>(at), file.begin() + static_cast<std::ptrdiff_t>(end));
        } else {
          file.insert(file.begin() + static_cast<std::ptrdiff_t>(at), part.begin(), part.end());
        }
        break;
      }
      default:
        if (random.below(4) == 0) file.resize(1 + at);
    }
  }
  return file;
}

void decode_one(const File& file) {
  const auto header = read_photo_header(file, "photo", kLimits);
  const auto photo = decode_photo(file, "photo", kLimits);
  if (!header) {
    EXPECT_EQ(header.error().code, ErrorCode::kBadData);
  }
  if (!photo) {
    EXPECT_EQ(photo.error().code, ErrorCode::kBadData);
    EXPECT_FALSE(photo.error().message.empty());
    return;
  }
  const Image& image = photo->image;
  EXPECT_GT(image.width, 0);
  EXPECT_GT(image.height, 0);
  EXPECT_LE(image.width * image.height, kLimits.max_pixels);
  EXPECT_EQ(image.rgb.size(), static_cast<std::size_t>(3 * image.width * image.height));
  EXPECT_TRUE(photo->missing >= 0 && photo->missing < 1);
}

void decode_mutations(const std::vector<File>& files) {
  Random random(2026);
  watch_memory();
  testing::internal::CaptureStderr();
  for (int round = 0; round < kRounds; ++round)
    decode_one(mutated(files[static_cast<std::size_t>(round) % files.size()], random));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_LT(most_memory(), kMaxMemory);
}

TEST(Mutation, Jpeg) {
  const Image picture = smooth_picture(40, 24);
  std::vector<std::uint8_t> inks(40 * 24 * 4, 100);
  decode_mutations({encode_jpeg(picture, {.exif = exif_block(6), .icc = srgb_profile()}),
                    encode_jpeg(picture, {.progressive = true, .subsampled = true}),
                    encode_jpeg(picture, {.arithmetic = true}), encode_jpeg(40, 24, inks, {.stored = JCS_YCCK}),
                    encode_jpeg(picture, {.restart_interval = 2})});
}

TEST(Mutation, Png) {
  const Image picture = random_picture(20, 12);
  PngSettings palette{
      .color_type = PNG_COLOR_TYPE_PALETTE, .palette = std::vector<png_color>(200), .palette_alpha = {0, 128, 255}};
  decode_mutations({encode_png(picture, {.exif = exif_block(5, true, false), .icc = srgb_profile()}),
                    encode_png(20, 12, std::vector<std::uint8_t>(20 * 12 * 8, 90),
                               {.color_type = PNG_COLOR_TYPE_RGB_ALPHA, .bits = 16, .interlaced = true}),
                    encode_png(20, 12, std::vector<std::uint8_t>(20 * 12, 1), palette)});
}

TEST(Mutation, Webp) {
  const Image picture = random_picture(20, 12);
  const File lossless = encode_webp_lossless(picture), lossy = encode_webp(smooth_picture(20, 12), 80);
  decode_mutations({lossless, lossy, encode_webp_rgba(20, 12, std::vector<std::uint8_t>(20 * 12 * 4, 70), false),
                    extended_webp(lossless, 20, 12, exif_block(7), srgb_profile()),
                    animated_webp(24, 16, {{lossless, 2, 2, 20, 12}, {lossy, 0, 0, 20, 12}})});
}

TEST(Mutation, Gif) {
  GifFrame transparent = random_gif_frame(20, 12);
  transparent.transparent = 5;
  transparent.interlaced = true;
  decode_mutations({encode_gif(20, 12, gif_colors(), {transparent}),
                    encode_gif(24, 16, gif_colors(), {random_gif_frame(20, 12), random_gif_frame(20, 12, 2)})});
}

TEST(Mutation, Bmp) {
  const auto bytes = [](std::size_t count) { return File(count, std::byte{0x51}); };
  const std::vector<std::array<std::uint8_t, 3>> colors(16, {1, 2, 3});
  decode_mutations(
      {encode_bmp(random_picture(20, 12)),
       encode_bmp(20, 12, bytes(60), {.bits = 8, .compression = 1, .colors = colors}),
       encode_bmp(20, 12, bytes(60), {.bits = 4, .compression = 2, .colors = colors}),
       encode_bmp(20, 12, bytes(960), {.bits = 32, .compression = 3, .masks = {0xFF, 0xFF00, 0xFF0000, 0xFF000000}})});
}

TEST(Mutation, Heic) {
  if (!can_encode_heic()) GTEST_SKIP() << "libheif has no HEVC encoder here";
  decode_mutations({encode_heic(smooth_picture(64, 64),
                                {.orientation = 6, .exif = exif_block(6, true, false), .icc = srgb_profile()}),
                    encode_heic(64, 64, std::vector<std::uint8_t>(64 * 64 * 4, 120))});
}

TEST(Mutation, EveryLengthOfEveryFormat) {
  const Image picture = smooth_picture(16, 16);
  testing::internal::CaptureStderr();
  for (const File& file : {encode_jpeg(picture), encode_png(picture), encode_webp_lossless(picture),
                           encode_bmp(picture), encode_gif(16, 16, gif_colors(), {random_gif_frame(16, 16)})}) {
    for (std::size_t size = 0; size < file.size(); ++size)
      decode_one({file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)});
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace paw::mutation_test
