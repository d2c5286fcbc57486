// The picture size that HEVC data claim on their own, whatever the container around them says. Knows no container.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace paw {

struct CodedSize {
  std::int64_t width = 0, height = 0;

  bool operator==(const CodedSize&) const = default;
};

// Of a sequence parameter set, from its NAL header on; nullopt when it is none. Source: ITU-T H.265, 7.3.1.2, 7.3.2.2.
std::optional<CodedSize> sps_size(std::span<const std::byte> nal);

// The size of the largest picture that anything in `file` that reads as a sequence parameter set claims, wherever it
// stands: in the container's boxes or between the coded pictures. Random bytes read as one with small sizes now and
// then, as one with a huge size practically never (two numbers with a dozen leading zero bits each).
CodedSize largest_sps(std::span<const std::byte> file);

}  // namespace paw
