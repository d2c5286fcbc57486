#include "vision/photo_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "host/text.h"
#include "vision/orientation.h"

namespace paw {

namespace {

struct Suffix {
  std::string_view text;
  PhotoFormat format;
};
constexpr Suffix kSuffixes[] = {
    {"jpg", PhotoFormat::kJpeg},  {"jpeg", PhotoFormat::kJpeg}, {"jpe", PhotoFormat::kJpeg},
    {"jfif", PhotoFormat::kJpeg}, {"png", PhotoFormat::kPng},   {"webp", PhotoFormat::kWebp},
    {"bmp", PhotoFormat::kBmp},   {"dib", PhotoFormat::kBmp},   {"gif", PhotoFormat::kGif},
    {"heic", PhotoFormat::kHeic}, {"heif", PhotoFormat::kHeic}, {"hif", PhotoFormat::kHeic},
};

void say(PhotoFacts& facts, Verdict verdict, std::string reason = {}) {
  if (reason.empty()) reason = usual_reason(verdict);
  facts.findings.push_back({verdict, std::move(reason)});
}

template <class T>
void put(std::vector<std::byte>& out, const T& value) {
  const auto bytes = std::as_bytes(std::span(&value, 1));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

// Takes a value from the front; false when there are too few bytes.
template <class T>
bool take(std::span<const std::byte>& in, T& value) {
  if (in.size() < sizeof(T)) return false;
  std::memcpy(&value, in.data(), sizeof(T));
  in = in.subspan(sizeof(T));
  return true;
}

}  // namespace

PhotoFacts facts_of(const DecodeReport& photo) {
  PhotoFacts facts{.findings = {}, .format = photo.header.format, .signature = {}};
  const PhotoHeader& h = photo.header;
  if (h.gray) say(facts, Verdict::kGray);
  if (h.bits > 8) say(facts, Verdict::kDeep, fmt::format("has {} bits per channel; 8 are used", h.bits));
  if (h.cmyk) say(facts, Verdict::kCmyk);
  if (h.alpha) say(facts, Verdict::kAlpha);
  if (h.animated) say(facts, Verdict::kAnimated);
  if (photo.missing > 0) {
    say(facts, photo.missing > kMostMissing ? Verdict::kTruncated : Verdict::kCutShort,
        fmt::format("ends too early: {:.0f} % of its rows are missing", std::max(1.0, photo.missing * 100)));
  } else if (photo.warning.ends_with(kTrailingBytes)) {
    say(facts, Verdict::kTrailingData, fmt::format("has {}", photo.warning));
  } else if (!photo.warning.empty()) {
    say(facts, Verdict::kDamaged, fmt::format("is damaged: {}", printable(photo.warning)));
  }
  const std::int64_t shorter = std::min(h.width, h.height), longer = std::max(h.width, h.height);
  const bool swaps = swaps_sides(h.orientation);
  const std::string size = fmt::format("is {} x {} pixels", swaps ? h.height : h.width, swaps ? h.width : h.height);
  if (static_cast<double>(longer) > kMostAspect * static_cast<double>(shorter)) {
    say(facts, Verdict::kExtremeAspect, fmt::format("{}: a square cut from it shows nearly nothing", size));
  }
  if (shorter < kLeastSide)
    say(facts, Verdict::kTooSmall, fmt::format("{}: at least {} a side are needed", size, kLeastSide));
  std::ranges::sort(facts.findings, {}, &Finding::verdict);  // one finding per verdict
  return facts;
}

PhotoFacts facts_of_failure(std::span<const std::byte> file, const Error& error) {
  PhotoFacts facts{.findings = {}, .format = photo_format(file), .signature = {}};
  if (file.empty()) {
    say(facts, Verdict::kEmptyFile);
  } else if (!facts.format) {
    say(facts, Verdict::kNotAnImage);
  } else {
    constexpr DecodeLimits kNone{.max_pixels = std::numeric_limits<std::int64_t>::max(),
                                 .max_side = std::numeric_limits<std::int32_t>::max()};
    const DecodeLimits limits;
    const auto header = read_photo_header(file, error.where, kNone);
    const bool large = header && (std::max(header->width, header->height) > limits.max_side ||
                                  header->width > limits.max_pixels / std::max<std::int64_t>(header->height, 1));
    say(facts, large ? Verdict::kTooLarge : Verdict::kUndecodable, printable(error.message));
  }
  return facts;
}

std::optional<Finding> suffix_finding(std::string_view file_name, PhotoFormat format) {
  const std::size_t dot = file_name.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  std::string suffix;
  for (const char c : file_name.substr(dot + 1)) suffix += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const auto* known = std::ranges::find(kSuffixes, suffix, &Suffix::text);
  if (known == std::end(kSuffixes) || known->format == format) return std::nullopt;
  return Finding{Verdict::kWrongSuffix, fmt::format("is a {} file, whatever its name says", name(format))};
}

std::vector<std::byte> to_bytes(const PhotoFacts& facts) {
  std::vector<std::byte> out;
  put(out, static_cast<std::int32_t>(facts.format ? static_cast<int>(*facts.format) : -1));
  put(out, static_cast<std::uint32_t>(facts.findings.size()));
  for (const Finding& finding : facts.findings) {
    put(out, finding.verdict);
    put(out, static_cast<std::uint32_t>(finding.reason.size()));
    const auto text = std::as_bytes(std::span(finding.reason));
    out.insert(out.end(), text.begin(), text.end());
  }
  if (facts.signature) {
    put(out, facts.signature->hashes);
    put(out, facts.signature->mirrored);
    put(out, facts.signature->thumbnail);
  }
  return out;
}

std::optional<PhotoFacts> photo_facts_from(std::span<const std::byte> bytes) {
  PhotoFacts facts;
  std::int32_t format = 0;
  std::uint32_t count = 0;
  if (!take(bytes, format) || !take(bytes, count)) return std::nullopt;
  if (format > static_cast<std::int32_t>(PhotoFormat::kHeic)) return std::nullopt;
  if (format >= 0) facts.format = static_cast<PhotoFormat>(format);
  for (std::uint32_t i = 0; i < count; ++i) {
    Finding finding;
    std::uint32_t size = 0;
    if (!take(bytes, finding.verdict) || finding.verdict > Verdict::kOnePhoto) return std::nullopt;
    if (!take(bytes, size) || size > bytes.size()) return std::nullopt;
    finding.reason.assign(reinterpret_cast<const char*>(bytes.data()), size);
    bytes = bytes.subspan(size);
    facts.findings.push_back(std::move(finding));
  }
  if (bytes.empty()) return facts;
  PhotoSignature& signature = facts.signature.emplace();
  if (!take(bytes, signature.hashes) || !take(bytes, signature.mirrored) || !take(bytes, signature.thumbnail)) {
    return std::nullopt;
  }
  return bytes.empty() ? std::optional(facts) : std::nullopt;
}

}  // namespace paw
