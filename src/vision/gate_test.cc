// A data set with every fault planted by name: all are found and named, and good photos stay good.
#include "vision/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <map>

#include "host/blob_cache.h"
#include "vision/decoders/gif_testing.h"
#include "vision/decoders/heic_testing.h"
#include "vision/decoders/jpeg_testing.h"
#include "vision/decoders/png_testing.h"
#include "vision/draw/draw.h"
#include "vision/near_duplicates.h"
#include "vision/photo_cache.h"
#include "vision/photo_testing.h"

namespace paw::gate_test {

namespace fs = std::filesystem;
using draw::Species;
using testing::HasSubstr;

constexpr std::int64_t kSide = 96;

// Pictures that share no layout: drawn ones of one seed, one per index.
Image picture(std::uint64_t index) {
  return draw::draw_picture(index % 2 == 0 ? Species::kCat : Species::kDog, kSide, 7, index);
}

Image mirrored_and_cropped(const Image& image) {
  const std::int64_t edge = kSide / 12;
  Image out = blank(kSide - 2 * edge, kSide - edge);
  for (std::int64_t y = 0; y < out.height; ++y) {
    for (std::int64_t x = 0; x < out.width; ++x) {
      const std::int64_t from = 3 * ((y + edge) * kSide + (kSide - 1 - edge - x));
      for (std::int64_t c = 0; c < 3; ++c) {
        out.rgb[static_cast<std::size_t>(3 * (y * out.width + x) + c)] = image.rgb[static_cast<std::size_t>(from + c)];
      }
    }
  }
  return out;
}

std::vector<std::uint8_t> cmyk_of(const Image& image) {
  std::vector<std::uint8_t> samples;
  for (std::size_t i = 0; i < image.rgb.size(); i += 3) {
    for (std::size_t c = 0; c < 3; ++c) samples.push_back(image.rgb[i + c]);
    samples.push_back(255);
  }
  return samples;
}

std::vector<std::uint8_t> gray_of(const Image& image) {
  std::vector<std::uint8_t> samples;
  for (std::size_t i = 0; i < image.rgb.size(); i += 3) samples.push_back(image.rgb[i]);
  return samples;
}

// 16 bits per channel, the high byte first.
File deep_png(const Image& image) {
  std::vector<std::uint8_t> rows;
  for (const std::uint8_t v : image.rgb) rows.insert(rows.end(), {v, 7});
  return encode_png(image.width, image.height, rows, {.bits = 16});
}

// Eight greys by a palette, the first of them transparent.
File palette_png(const Image& image) {
  PngSettings settings{.color_type = PNG_COLOR_TYPE_PALETTE};
  for (int i = 0; i < 8; ++i) {
    const auto level = static_cast<png_byte>(32 * i);
    settings.palette.push_back({level, level, level});
  }
  settings.palette_alpha = {0};
  std::vector<std::uint8_t> rows = gray_of(image);
  for (std::uint8_t& v : rows) v /= 32;
  return encode_png(image.width, image.height, rows, settings);
}

File bomb() {
  File file = encode_png(blank(8, 8));
  for (const std::size_t at : {18u, 22u}) {  // width and height in IHDR: 60,000
    file[at] = std::byte{0xEA};
    file[at + 1] = std::byte{0x60};
  }
  // The header's checksum holds, so that only the size can be refused.
  const std::span header = std::span(file).subspan(16, 13);
  const File chunk = png_chunk("IHDR", header);
  std::ranges::copy(chunk, file.begin() + 8);
  return file;
}

class GateTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "paw-gate-test-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    root_ = folder_ / "photos";
    for (std::uint64_t i = 0; i < 6; ++i)
      put((i % 2 == 0 ? "cat/good" : "dog/good") + std::to_string(i) + ".jpg", encode_jpeg(picture(i)));
  }
  void TearDown() override { fs::remove_all(folder_); }

  void put(const std::string& name, std::span<const std::byte> file) const {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream out(root_ / name, std::ios::binary);
    out.write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
  }

  void check() {
    Progress silent(ProgressStyle::kSilent);
    auto dataset = scan_dataset(root_, silent);
    ASSERT_TRUE(dataset) << dataset.error().text();
    BlobCache blobs(folder_ / "cache", 1'000'000'000);
    PhotoCache cache(blobs, {.width = 56, .height = 56, .resize_short = 64});
    std::vector<PhotoFacts> facts(dataset->entries.size());
    for (std::size_t i = 0; i < facts.size(); ++i) {
      const DatasetEntry& entry = dataset->entries[i];
      if (!entry.usable()) continue;
      auto found = cache.facts(root_ / entry.path, to_hex(*entry.sha256));
      ASSERT_TRUE(found) << found.error().text();
      facts[i] = *found;
    }
    decoded_ = cache.decoded();
    findings_ = judge(*dataset, facts);
    dataset_ = *std::move(dataset);
    said_.clear();
    for (const DatasetEntry& entry : dataset_.entries) {
      EXPECT_EQ(entry.reason.empty(), entry.verdict == Verdict::kOk) << entry.path;
      said_[entry.path] = std::string(name(entry.verdict)) + ": " + entry.reason;
    }
  }
  void expect(const std::string& file, const char* verdict, const char* reason) {
    EXPECT_THAT(said_[file], testing::StartsWith(std::string(verdict) + ": ")) << file;
    EXPECT_THAT(said_[file], HasSubstr(reason)) << file;
  }

  fs::path folder_, root_;
  Dataset dataset_;
  GateFindings findings_;
  std::map<std::string, std::string> said_;
  std::int64_t decoded_ = 0;
};

TEST_F(GateTest, FilesThatAreNoGoodPhotoAreNamed) {
  const File jpeg = encode_jpeg(picture(10)), png = encode_png(picture(11));
  put("cat/empty.jpg", {});
  put("cat/text.jpg", bytes_of("this is text"));
  put("cat/png.jpg", png);
  put("cat/jpeg.png", jpeg);
  put("cat/cut90.jpg", cut(encode_jpeg(picture(12)), 0.9));
  put("cat/cut50.jpg", cut(encode_jpeg(picture(13)), 0.5));
  put("cat/header.jpg", std::span(jpeg).first(30));
  File trailed = encode_jpeg(picture(14));
  append(trailed, bytes_of("garbage after the end"));
  put("cat/trailed.jpg", trailed);
  put("cat/cmyk.jpg", encode_jpeg(kSide, kSide, cmyk_of(picture(15)), {.stored = JCS_CMYK}));
  put("cat/gray.jpg", encode_jpeg(kSide, kSide, gray_of(picture(16)), {.stored = JCS_GRAYSCALE}));
  put("cat/deep.png", deep_png(picture(17)));
  put("cat/palette.png", palette_png(picture(18)));
  put("cat/dot.png", encode_png(blank(1, 1)));
  put("cat/strip.png", encode_png(blank(10'000, 20)));
  put("cat/bomb.png", bomb());
  put("cat/animated.gif", encode_gif(64, 64, gif_colors(), {random_gif_frame(64, 64, 1), random_gif_frame(64, 64, 2)}));
  if (can_encode_heic()) put("cat/iphone.heic", encode_heic(picture(19)));
  for (int orientation = 2; orientation <= 8; ++orientation) {
    put("dog/exif" + std::to_string(orientation) + ".jpg",
        encode_jpeg(stored_for(picture(20 + static_cast<std::uint64_t>(orientation)), orientation),
                    {.exif = exif_block(orientation)}));
  }
  check();
  expect("cat/empty.jpg", "empty_file", "zero bytes");
  expect("cat/text.jpg", "not_an_image", "no image");
  expect("cat/png.jpg", "wrong_suffix", "is a png file");
  expect("cat/jpeg.png", "wrong_suffix", "is a jpeg file");
  expect("cat/cut90.jpg", "truncated", "% of its rows are missing");
  expect("cat/cut50.jpg", "truncated", "% of its rows are missing");
  expect("cat/header.jpg", "undecodable", "JPEG");
  expect("cat/trailed.jpg", "trailing_data", "21 bytes after the end");
  expect("cat/cmyk.jpg", "cmyk", "printing colours");
  expect("cat/gray.jpg", "gray", "no colours");
  expect("cat/deep.png", "deep", "16 bits");
  expect("cat/palette.png", "alpha", "transparent");
  expect("cat/dot.png", "too_small", "1 x 1");
  expect("cat/strip.png", "extreme_aspect", "10000 x 20");
  expect("cat/bomb.png", "too_large", "60000 x 60000");
  expect("cat/animated.gif", "animated", "first is used");
  if (can_encode_heic()) {
    EXPECT_EQ(said_["cat/iphone.heic"], "ok: ");
  }
  for (int orientation = 2; orientation <= 8; ++orientation) {
    EXPECT_EQ(said_["dog/exif" + std::to_string(orientation) + ".jpg"], "ok: ");
  }
  for (int i = 0; i < 6; ++i)
    EXPECT_EQ(said_[(i % 2 == 0 ? "cat/good" : "dog/good") + std::to_string(i) + ".jpg"], "ok: ");
  EXPECT_TRUE(findings_.near_duplicates.empty());
  EXPECT_THAT(findings_.warnings, testing::Contains("2 left out: truncated"));
  // With what was kept from before the answer is the same, and nothing is decoded again.
  const auto before = said_;
  EXPECT_GT(decoded_, 20);
  check();
  EXPECT_EQ(said_, before);
  EXPECT_EQ(decoded_, 0);
}

TEST_F(GateTest, CopiesAreFoundHoweverTheyLook) {
  put("cat/same.jpg", encode_jpeg(picture(0)));
  put("dog/conflict.jpg", encode_jpeg(picture(2)));
  put("dog/small.jpg", encode_jpeg(picture(1), {.quality = 40}));
  put("dog/turned.png", encode_png(mirrored_and_cropped(picture(3))));
  put("cat/dog_again.jpg", encode_jpeg(picture(5), {.quality = 60}));
  check();
  expect("cat/same.jpg", "exact_duplicate", "the same bytes as cat/good0.jpg");
  EXPECT_EQ(said_["cat/good0.jpg"], "ok: ");
  expect("dog/conflict.jpg", "label_conflict", "the same bytes as cat/good2.jpg");
  expect("cat/good2.jpg", "label_conflict", "the same bytes as dog/conflict.jpg");
  expect("dog/small.jpg", "near_duplicate", "looks like dog/good1.jpg");
  expect("dog/good1.jpg", "near_duplicate", "looks like dog/small.jpg");
  expect("dog/turned.png", "near_duplicate", "looks like dog/good3.jpg");
  expect("cat/dog_again.jpg", "label_conflict", "looks like dog/good5.jpg");
  expect("dog/good5.jpg", "label_conflict", "looks like cat/dog_again.jpg");
  using Group = std::vector<std::string>;
  EXPECT_EQ(findings_.near_duplicates, (std::vector<Group>{{"cat/dog_again.jpg", "dog/good5.jpg"},
                                                           {"dog/good1.jpg", "dog/small.jpg"},
                                                           {"dog/good3.jpg", "dog/turned.png"}}));
  std::map<std::string, std::optional<std::uint32_t>> groups;
  for (const DatasetEntry& entry : dataset_.entries) groups[entry.path] = entry.group;
  EXPECT_EQ(groups["dog/good1.jpg"], groups["dog/small.jpg"]);
  EXPECT_NE(groups["dog/good1.jpg"], groups["dog/good3.jpg"]);
  EXPECT_FALSE(groups["cat/good0.jpg"]);
}

TEST_F(GateTest, ACopyOnAnotherSideOfAGivenSplitLeavesTraining) {
  fs::remove_all(root_);
  for (const char* side : {"train", "val", "test"}) {
    for (std::uint64_t i = 0; i < 4; ++i) {
      put(std::string(side) + (i % 2 == 0 ? "/cat/" : "/dog/") + std::to_string(i) + ".jpg",
          encode_jpeg(picture(i + static_cast<std::uint64_t>(side[1]))));
    }
  }
  const std::uint64_t test = 'e', val = 'a';
  put("train/cat/leak.jpg", encode_jpeg(picture(test)));
  put("train/dog/alike.jpg", encode_jpeg(picture(test + 1), {.quality = 50}));
  put("val/cat/leak.jpg", encode_jpeg(picture(test + 2), {.quality = 50}));
  put("train/dog/val.jpg", encode_jpeg(picture(val + 3)));
  check();
  expect("train/cat/leak.jpg", "split_duplicate", "test/cat/0.jpg");
  expect("train/dog/alike.jpg", "split_duplicate", "test/dog/1.jpg");
  expect("val/cat/leak.jpg", "split_duplicate", "test/cat/2.jpg");
  expect("train/dog/val.jpg", "split_duplicate", "val/dog/3.jpg");
  for (const DatasetEntry& entry : dataset_.entries) {
    EXPECT_TRUE(!entry.path.starts_with("test/") || entry.verdict == Verdict::kOk) << entry.path << entry.reason;
  }
}

TEST_F(GateTest, PlacesAndClassesAreNamed) {
  put("fox/only.jpg", encode_jpeg(picture(30)));
  put("wolf/cut.jpg", cut(encode_jpeg(picture(31)), 0.5));
  fs::create_directories(root_ / "empty");
  put("cat/.DS_Store", bytes_of("x"));
  put("cat/Thumbs.db", bytes_of("x"));
  put("cat/.hidden.jpg", encode_jpeg(picture(32)));
  put("cat/bad\xFFname.jpg", encode_jpeg(picture(33)));
  put("../outside.jpg", encode_jpeg(picture(34)));
  fs::create_symlink(folder_ / "outside.jpg", root_ / "cat/link.jpg");
  put("stray.jpg", encode_jpeg(picture(35)));
  check();
  expect("fox", "one_photo", "one usable photo");
  expect("empty", "empty_class", "without a usable photo");
  expect("wolf", "empty_class", "without a usable photo");
  expect("cat/.DS_Store", "system_file", "");
  expect("cat/Thumbs.db", "system_file", "");
  expect("cat/.hidden.jpg", "system_file", "hidden");
  expect("cat/bad\xFFname.jpg", "name_not_utf8", "UTF-8");
  expect("cat/link.jpg", "link_outside", "leads out");
  expect("stray.jpg", "misplaced", "no class folder");
  EXPECT_THAT(findings_.warnings, testing::Contains("class fox has 1 usable photo: hundreds are better"));
  EXPECT_THAT(findings_.warnings, testing::Contains(HasSubstr("not balanced: cat has 3 usable photos, empty has 0")));
}

// 60 drawn pictures share their painter, not their picture.
TEST(NearDuplicates, DrawnPicturesAreNoneOfEachOther) {
  std::vector<PhotoSignature> signatures;
  for (std::uint64_t i = 0; i < 60; ++i) signatures.push_back(signature_of(picture(i)));
  EXPECT_TRUE(find_near_duplicates(signatures).empty());
  // Flat pictures are all the same, and none is a copy of another.
  for (int level = 0; level < 3; ++level)
    signatures.push_back(signature_of(blank(40, 40, static_cast<std::uint8_t>(100 + level))));
  EXPECT_TRUE(find_near_duplicates(signatures).empty());
}

TEST(NearDuplicates, GroupsAreConnectedPairs) {
  const std::vector<NearDuplicates> pairs = {{1, 4, 1}, {4, 6, 1}, {2, 3, 1}};
  const auto groups = connect(7, pairs);
  using Number = std::optional<std::uint32_t>;
  EXPECT_EQ(groups, (std::vector<Number>{{}, 0, 1, 1, 0, {}, 0}));
}

TEST(PhotoFacts, KeptBytesComeBackAndDamagedOnesDoNot) {
  PhotoFacts facts{.findings = {{Verdict::kGray, "has no colours"}, {Verdict::kTooSmall, ""}},
                   .format = PhotoFormat::kPng,
                   .signature = signature_of(picture(3))};
  for (int round = 0; round < 2; ++round) {
    const std::vector<std::byte> bytes = to_bytes(facts);
    EXPECT_EQ(photo_facts_from(bytes), facts);
    for (std::size_t size = 0; size < std::min<std::size_t>(bytes.size(), 60); ++size) {
      const auto part = photo_facts_from(std::span(bytes).first(size));
      EXPECT_TRUE(!part || part->findings != facts.findings || !part->signature);
    }
    facts.signature.reset();
    facts.format.reset();
  }
}

}  // namespace paw::gate_test
