// What one photo file is, found by decoding it once: what the data gate judges by.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "vision/decode.h"
#include "vision/signature.h"
#include "vision/verdict.h"

namespace paw {

// Something that is found out about a file, and a sentence on it.
struct Finding {
  Verdict verdict = Verdict::kOk;
  std::string reason;
  bool operator==(const Finding&) const = default;
};

struct PhotoFacts {
  std::vector<Finding> findings;            // by grade, the gravest last; empty: nothing to say
  std::optional<PhotoFormat> format;        // none: not an image
  std::optional<PhotoSignature> signature;  // of a photo that can be used
  bool operator==(const PhotoFacts&) const = default;
};

// Limits of the gate: the photo is left out beyond them.
inline constexpr std::int64_t kLeastSide = 32;  // pixels of the shorter side
inline constexpr double kMostAspect = 8;        // longer side to shorter
inline constexpr double kMostMissing = 0.05;    // share of rows that a truncated file does not hold

// Of a decoded photo, without the signature.
PhotoFacts facts_of(const DecodeReport& photo);
// Of a file whose decoding failed with that error.
PhotoFacts facts_of_failure(std::span<const std::byte> file, const Error& error);
// The suffix of `file_name` names another format than `format`: said as a finding.
std::optional<Finding> suffix_finding(std::string_view file_name, PhotoFormat format);

// For keeping; nullopt: not what to_bytes gave.
std::vector<std::byte> to_bytes(const PhotoFacts& facts);
std::optional<PhotoFacts> photo_facts_from(std::span<const std::byte> bytes);

}  // namespace paw
