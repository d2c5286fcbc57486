// LABL, PROV and CALB: lists that may be long, in binary. Counts are believed only as far as bytes follow them.
#include "formats/paw/records.h"

#include <algorithm>

#include "formats/paw/byte_stream.h"
#include "formats/paw/container.h"
#include "host/text.h"

namespace paw::paw_file {

namespace {

constexpr std::size_t kMaxLabels = 1'000'000;
constexpr std::size_t kMaxText = 4096;  // bytes of a label, an origin or the name of a value

// Smallest size of one entry in the file, which bounds how many a section can hold.
constexpr std::size_t kLabelBytes = sizeof(std::uint32_t);
constexpr std::size_t kPhotoBytes = sizeof(SeenPhoto::sha256) + 1;
constexpr std::size_t kStatsBytes = 40;

std::string check_text(std::string_view text) {
  if (text.size() > kMaxText) return "is longer than " + std::to_string(kMaxText) + " bytes";
  if (const auto at = invalid_utf8(text)) return "is not UTF-8 at its byte " + std::to_string(*at);
  return {};
}

std::unexpected<Error> cut_off(std::string_view file, std::string_view tag) {
  return section_error(file, tag, "its length does not agree with what it holds");
}

bool before(const SeenPhoto& a, const SeenPhoto& b) {
  return a.sha256 != b.sha256 ? a.sha256 < b.sha256 : a.split < b.split;
}

ValueStats take_stats(ByteReader& in) {
  ValueStats stats;
  stats.value = in.take_text();
  stats.min = in.take<float>();
  stats.max = in.take<float>();
  stats.mean = in.take<double>();
  stats.variance = in.take<double>();
  stats.samples = in.take<std::uint64_t>();
  const auto bins = in.take<std::uint32_t>();
  stats.histogram.resize(std::min<std::size_t>(bins, in.left() / sizeof(std::uint64_t)));
  for (std::uint64_t& bin : stats.histogram) bin = in.take<std::uint64_t>();
  if (stats.histogram.size() < bins) in.take_text();  // not enough left: the reader is no longer ok
  return stats;
}

}  // namespace

std::string check_labels(const std::vector<std::string>& labels) {
  if (labels.size() > kMaxLabels) {
    return std::to_string(labels.size()) + " labels, at most " + std::to_string(kMaxLabels) + " are supported";
  }
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (const std::string problem = check_text(labels[i]); !problem.empty()) {
      return "label " + std::to_string(i) + " " + problem;
    }
  }
  return {};
}

Bytes encode_labels(const std::vector<std::string>& labels) {
  ByteWriter out;
  out.put(static_cast<std::uint32_t>(labels.size()));
  for (const std::string& label : labels) out.put_text(label);
  return out.finish();
}

Result<std::vector<std::string>> decode_labels(const Bytes& section, std::string_view file) {
  ByteReader in(section);
  const auto count = in.take<std::uint32_t>();
  if (count > kMaxLabels) {
    return section_error(file, "LABL", "states " + std::to_string(count) + " labels, at most 1000000 are supported");
  }
  if (count > in.left() / kLabelBytes) return cut_off(file, "LABL");
  std::vector<std::string> labels;
  labels.reserve(count);
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) labels.emplace_back(in.take_text());
  if (!in.complete()) return cut_off(file, "LABL");
  if (const std::string problem = check_labels(labels); !problem.empty()) return section_error(file, "LABL", problem);
  return labels;
}

std::string check_provenance(const Provenance& provenance) {
  const std::string problem = check_text(provenance.origin);
  return problem.empty() ? problem : "the origin " + problem;
}

Bytes encode_provenance(const Provenance& provenance) {
  std::vector<SeenPhoto> photos = provenance.photos;
  std::ranges::sort(photos, before);
  ByteWriter out;
  out.put_text(provenance.origin);
  out.put(static_cast<std::uint64_t>(photos.size()));
  for (const SeenPhoto& photo : photos) {
    out.put_bytes(photo.sha256);
    out.put(static_cast<std::uint8_t>(photo.split));
  }
  return out.finish();
}

Result<Provenance> decode_provenance(const Bytes& section, std::string_view file) {
  ByteReader in(section);
  Provenance provenance;
  provenance.origin = in.take_text();
  const auto count = in.take<std::uint64_t>();
  if (!in.ok() || in.left() % kPhotoBytes != 0 || count != in.left() / kPhotoBytes) return cut_off(file, "PROV");
  provenance.photos.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    SeenPhoto& photo = provenance.photos[i];
    in.take_bytes(photo.sha256);
    const auto split = in.take<std::uint8_t>();
    if (split >= enum_names(Split{}).size()) {
      return section_error(file, "PROV", "photo " + std::to_string(i) + " is of an unknown split");
    }
    photo.split = static_cast<Split>(split);
    if (i > 0 && before(photo, provenance.photos[i - 1])) {
      return section_error(file, "PROV", "photo " + std::to_string(i) + " is out of order");
    }
  }
  if (std::string problem = check_provenance(provenance); !problem.empty()) {
    return section_error(file, "PROV", std::move(problem));
  }
  return provenance;
}

std::string check_calibration(const std::vector<ValueStats>& calibration) {
  for (std::size_t i = 0; i < calibration.size(); ++i) {
    const ValueStats& stats = calibration[i];
    std::string problem = check_text(stats.value);
    if (!problem.empty()) problem.insert(0, "the name ");
    if (stats.min > stats.max) problem = "its least value is above its greatest";
    if (stats.variance < 0) problem = "its variance is negative";
    if (!problem.empty()) return "entry " + std::to_string(i) + ": " + problem;
  }
  return {};
}

Bytes encode_calibration(const std::vector<ValueStats>& calibration) {
  ByteWriter out;
  out.put(static_cast<std::uint32_t>(calibration.size()));
  for (const ValueStats& stats : calibration) {
    out.put_text(stats.value);
    out.put(stats.min);
    out.put(stats.max);
    out.put(stats.mean);
    out.put(stats.variance);
    out.put(stats.samples);
    out.put(static_cast<std::uint32_t>(stats.histogram.size()));
    for (const std::uint64_t bin : stats.histogram) out.put(bin);
  }
  return out.finish();
}

Result<std::vector<ValueStats>> decode_calibration(const Bytes& section, std::string_view file) {
  ByteReader in(section);
  const auto count = in.take<std::uint32_t>();
  if (count > in.left() / kStatsBytes) return cut_off(file, "CALB");
  std::vector<ValueStats> calibration;
  calibration.reserve(count);
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) calibration.push_back(take_stats(in));
  if (!in.complete()) return cut_off(file, "CALB");
  if (const std::string problem = check_calibration(calibration); !problem.empty()) {
    return section_error(file, "CALB", problem);
  }
  return calibration;
}

}  // namespace paw::paw_file
