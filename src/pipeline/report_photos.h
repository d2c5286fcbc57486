// The photos of a run, for its report: found by the manifest, decoded, and made small.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/progress.h"
#include "ir/model.h"
#include "pipeline/photo_model.h"
#include "pipeline/report_record.h"
#include "report/html.h"
#include "vision/decode.h"
#include "vision/preprocess.h"

namespace paw {

// One thread's. Photos are named as in the manifest.
class ReportPhotos {
 public:
  // `folder` empty: there are none. Warns, once per photo and at most a few times, of what cannot be decoded.
  ReportPhotos(std::filesystem::path folder, Progress& progress) : folder_(std::move(folder)), progress_(progress) {}

  bool here() const { return !folder_.empty(); }
  // This object's, until the next call; null, with a warning, when it is gone or cannot be decoded.
  const Photo* decode(const std::string& path);
  std::int64_t decoded() const { return decoded_; }
  // What the page says instead of pictures; empty when there are photos.
  std::string why_not() const;

 private:
  std::filesystem::path folder_;
  Progress& progress_;
  PhotoDecoder decoder_;
  std::int64_t decoded_ = 0, warned_ = 0;
};

// The middle of a photo as a square of `side` pixels, for the page.
Result<Image> square_of(const Image& photo, std::int64_t side);
// The whole photo, at most `side` pixels wide and high.
Result<Image> whole_of(const Image& photo, std::int64_t side);
Result<report::Picture> picture_of(const Image& image, std::string alt, int quality = 80);
// Images of one size in rows of `columns`, two pixels apart on white.
Image sheet_of(const std::vector<Image>& images, std::int64_t columns);

// A test photo with the model's answer.
struct TestAnswer {
  std::string path;
  std::int64_t label = 0, said = 0;
  std::vector<double> scores;
  report::Picture picture;

  double score() const { return scores[static_cast<std::size_t>(said)]; }
  double label_score() const { return scores[static_cast<std::size_t>(label)]; }
  bool right() const { return label == said; }
};

// The model's answers to the test photos of the manifest that can be decoded; a picture each of `side` pixels.
Result<std::vector<TestAnswer>> answer_test_photos(const RunRecord& run, PhotoModel& model, ReportPhotos& photos,
                                                   std::int64_t side, Progress& progress);

}  // namespace paw
