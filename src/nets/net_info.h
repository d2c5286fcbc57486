// What a net's file describes itself with: the declaration of every net (net::pawnet, ...) and the three published
// ways of normalising pixels that they use.
#pragma once

#include "nets/nets.h"

namespace paw {

namespace net {
#define PAW_NET(name) extern const NetInfo name;
#include "nets/nets.inc"
#undef PAW_NET
}  // namespace net

// x / 127.5 - 1 on RGB; short side to `resize_short`, centre crop of `size`.
constexpr Preprocess inception_preprocess(std::int64_t size, std::int64_t resize_short, ResizeFilter filter) {
  return {.width = size,
          .height = size,
          .resize_short = resize_short,
          .filter = filter,
          .scale = {1 / 127.5, 1 / 127.5, 1 / 127.5},
          .bias = {-1, -1, -1}};
}

// (x - 127) / 128 on RGB: the EfficientNet-Lites.
constexpr Preprocess lite_preprocess(std::int64_t size) {
  // The published evaluation crops size / (size + 32) of the short side.
  return {.width = size,
          .height = size,
          .resize_short = size + 32,
          .filter = ResizeFilter::kBicubic,
          .scale = {1 / 128.0, 1 / 128.0, 1 / 128.0},
          .bias = {-127 / 128.0, -127 / 128.0, -127 / 128.0}};
}

// (x / 255 - mean) / std with the mean and standard deviation of ImageNet's RGB.
constexpr Preprocess imagenet_preprocess(std::int64_t size, std::int64_t resize_short, ResizeFilter filter) {
  return {.width = size,
          .height = size,
          .resize_short = resize_short,
          .filter = filter,
          .scale = {1 / (255 * 0.229), 1 / (255 * 0.224), 1 / (255 * 0.225)},
          .bias = {-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225}};
}

}  // namespace paw
