// Embedded ICC profiles to sRGB: what makes an iPhone's Display P3 and a camera's Adobe RGB look right. The only user
// of Little CMS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace paw {

// Pixels of one colour space to 8-bit sRGB: relative colorimetric with black point compensation, as viewers do it.
class ColorTransform {
 public:
  enum class From : std::uint8_t { kGray, kRgb, kCmyk, kCmykInverted };  // 1, 3, 4, 4 bytes per pixel

  // The error is a complaint in words: the profile is broken, too large, or not for such pixels.
  static std::expected<ColorTransform, std::string> open(std::span<const std::byte> icc, From from);

  // `from` and `to` may be the same memory for RGB.
  void apply(const std::uint8_t* from, std::uint8_t* to, std::size_t pixels) const;

 private:
  struct Close {
    void operator()(void* transform) const;
  };
  explicit ColorTransform(void* transform) : transform_(transform) {}
  std::unique_ptr<void, Close> transform_;
};

// Converts pixels to sRGB, and keeps the last profile open: opening one takes 2 ms, as long as decoding eight small
// photos, and the photos of one camera share theirs. One per thread.
class ProfileConverter {
 public:
  // Prepares for pixels with that profile. `gray`: all of them have R = G = B, and the profile may be one for gray. A
  // profile that moves no colour by more than one level is taken as sRGB: the pixels stay. Returns a complaint when the
  // profile is not usable (the pixels stay), else nothing.
  const std::string& open(std::span<const std::byte> icc, bool gray);
  // Converts pixels in place.
  void convert(std::uint8_t* rgb, std::size_t pixels) const;

 private:
  std::vector<std::byte> icc_;  // of what follows
  bool gray_ = false;
  std::string complaint_;
  std::vector<std::uint8_t> of_gray_;        // [256][3]; empty: not by a profile for gray
  std::optional<ColorTransform> transform_;  // nothing: the pixels stay
};

}  // namespace paw
