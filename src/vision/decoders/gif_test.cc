#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vision/decoders/gif_testing.h"

namespace paw::gif_test {

using testing::HasSubstr;

TEST(Gif, FirstFrameIsExactInterlacedOrNot) {
  const auto colors = gif_colors();
  for (const bool interlaced : {false, true}) {
    GifFrame frame = random_gif_frame(31, 19);
    frame.interlaced = interlaced;
    const File file = encode_gif(31, 19, colors, {frame});
    const Photo photo = decoded(file);
    EXPECT_EQ(photo.image, gif_picture(frame, colors));
    EXPECT_EQ(photo.header.format, PhotoFormat::kGif);
    EXPECT_FALSE(photo.header.animated || photo.header.alpha);
    EXPECT_FALSE(header_of(file).animated);
    EXPECT_EQ(photo.warning, "");
    EXPECT_EQ(photo.missing, 0);
  }
}

TEST(Gif, TransparencyIsWhite) {
  const auto colors = gif_colors();
  GifFrame frame = random_gif_frame(16, 16);
  frame.transparent = frame.indices[5];
  const Photo photo = decoded(encode_gif(16, 16, colors, {frame}));
  EXPECT_TRUE(photo.header.alpha);
  EXPECT_EQ(photo.image, gif_picture(frame, colors));
  EXPECT_EQ(photo.image.rgb[15], 255);
}

TEST(Gif, AnimationIsSaid) {
  const auto colors = gif_colors();
  const GifFrame first = random_gif_frame(8, 8, 1), second = random_gif_frame(8, 8, 2);
  const File file = encode_gif(8, 8, colors, {first, second});
  const Photo photo = decoded(file);
  EXPECT_TRUE(photo.header.animated);
  EXPECT_TRUE(header_of(file).animated);
  EXPECT_EQ(photo.image, gif_picture(first, colors));
  EXPECT_EQ(photo.warning, "");
}

TEST(Gif, SmallFrameLiesOnAWhiteCanvasThatHoldsIt) {
  const auto colors = gif_colors();
  GifFrame frame = random_gif_frame(3, 2);
  frame.left = 2;
  frame.top = 1;
  const Image small = gif_picture(frame, colors);
  const Photo photo = decoded(encode_gif(4, 4, colors, {frame}));  // one column too narrow
  Image expected = blank(5, 4, 255);
  for (std::size_t y = 0; y < 2; ++y) std::copy_n(&small.rgb[9 * y], 9, &expected.rgb[3 * (5 * (y + 1) + 2)]);
  EXPECT_EQ(photo.image, expected);
}

TEST(Gif, TruncatedKeepsTheRowsThatAreThere) {
  const auto colors = gif_colors();
  const GifFrame frame = random_gif_frame(60, 80);
  const Photo photo = decoded(cut(encode_gif(60, 80, colors, {frame}), 0.6));
  EXPECT_EQ(photo.warning, "the file is truncated");
  EXPECT_NEAR(photo.missing, 0.45, 0.15);
  EXPECT_EQ(greatest_difference(photo.image, gif_picture(frame, colors), std::lround((1 - photo.missing) * 80)), 0);
  EXPECT_EQ(photo.image.rgb.back(), 128);
}

TEST(Gif, EndsEarlyOrLate) {
  const auto colors = gif_colors();
  File file = encode_gif(9, 9, colors, {random_gif_frame(9, 9)});
  const File without_end(file.begin(), file.end() - 1);
  EXPECT_EQ(decoded(without_end).warning, "the file is truncated");
  append(file, bytes_of("more"));
  EXPECT_THAT(decoded(file).warning, HasSubstr("4 bytes after the end"));
  for (const std::size_t size : {6U, 12U, 100U}) refusal(std::span(file).first(size));
}

}  // namespace paw::gif_test
