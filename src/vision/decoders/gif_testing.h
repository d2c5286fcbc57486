// Writes GIFs for tests.
#pragma once

#include <gif_lib.h>

#include "vision/photo_testing.h"

namespace paw {

struct GifFrame {
  int left = 0, top = 0, width = 0, height = 0;
  std::vector<std::uint8_t> indices;  // [height][width]
  int transparent = NO_TRANSPARENT_COLOR;
  bool interlaced = false;
};

inline int append_gif(GifFileType* gif, const GifByteType* data, int size) {
  append(*static_cast<File*>(gif->UserData), std::as_bytes(std::span(data, static_cast<std::size_t>(size))));
  return size;
}

inline void append_gif_frame(GifFileType* gif, const GifFrame& frame) {
  const GraphicsControlBlock control{
      .DisposalMode = 0, .UserInputFlag = false, .DelayTime = 10, .TransparentColor = frame.transparent};
  GifByteType extension[4];
  EGifGCBToExtension(&control, extension);
  EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, sizeof(extension), extension);
  EGifPutImageDesc(gif, frame.left, frame.top, frame.width, frame.height, frame.interlaced, nullptr);
  const auto put = [&](int y) {
    auto line = std::vector<GifPixelType>(frame.indices.begin() + y * frame.width,
                                          frame.indices.begin() + (y + 1) * frame.width);
    EGifPutLine(gif, line.data(), frame.width);
  };
  if (frame.interlaced) {
    for (int y = 0; y < frame.height; y += 8) put(y);
    for (int y = 4; y < frame.height; y += 8) put(y);
    for (int y = 2; y < frame.height; y += 4) put(y);
    for (int y = 1; y < frame.height; y += 2) put(y);
  } else {
    for (int y = 0; y < frame.height; ++y) put(y);
  }
}

// `colors`: a power of two of them.
inline File encode_gif(int width, int height, const std::vector<GifColorType>& colors,
                       const std::vector<GifFrame>& frames) {
  File file;
  int error = 0;
  GifFileType* gif = EGifOpen(&file, append_gif, &error);
  EGifSetGifVersion(gif, true);
  ColorMapObject* map = GifMakeMapObject(static_cast<int>(colors.size()), colors.data());
  EGifPutScreenDesc(gif, width, height, 8, 0, map);
  for (const GifFrame& frame : frames) append_gif_frame(gif, frame);
  EGifCloseFile(gif, &error);
  GifFreeMapObject(map);
  return file;
}

// 256 colours without a pattern.
inline std::vector<GifColorType> gif_colors() {
  Random random(3);
  std::vector<GifColorType> colors(256);
  for (auto& color : colors) {
    color = {static_cast<GifByteType>(random.below(256)), static_cast<GifByteType>(random.below(256)),
             static_cast<GifByteType>(random.below(256))};
  }
  return colors;
}

inline GifFrame random_gif_frame(int width, int height, std::uint64_t seed = 1) {
  GifFrame frame{.left = 0, .top = 0, .width = width, .height = height, .indices = {}};
  Random random(seed);
  for (int i = 0; i < width * height; ++i) frame.indices.push_back(static_cast<std::uint8_t>(random.below(256)));
  return frame;
}

// The frame alone, as it is to be decoded.
inline Image gif_picture(const GifFrame& frame, const std::vector<GifColorType>& colors) {
  Image image = blank(frame.width, frame.height, 255);
  for (std::size_t i = 0; i < frame.indices.size(); ++i) {
    if (frame.indices[i] == frame.transparent) continue;
    const GifColorType color = colors[frame.indices[i]];
    image.rgb[3 * i] = color.Red;
    image.rgb[3 * i + 1] = color.Green;
    image.rgb[3 * i + 2] = color.Blue;
  }
  return image;
}

}  // namespace paw
