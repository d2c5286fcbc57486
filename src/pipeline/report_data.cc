// The photos of a run, out of manifest.csv and the photos themselves.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "host/text.h"
#include "pipeline/report_parts.h"
#include "vision/verdict.h"

namespace paw {

namespace {

constexpr std::size_t kMostClasses = 40;  // in the table, and with a sheet
constexpr std::size_t kMostExamples = 8;  // of a finding
constexpr std::size_t kMostDoubted = 12;  // labels
constexpr std::int64_t kSheetSide = 96;   // of a photo on a sheet
constexpr std::int64_t kThumbSide = 160;
constexpr std::int64_t kSheetColumns = 8;

// Why it matters what the gate says, for people who meet it for the first time.
const char* why_it_matters(Verdict verdict) {
  using enum Verdict;
  switch (verdict) {
    case kGray:
      return "The model sees three equal colours; a whole class in grey would teach it that grey is the class.";
    case kDeep:
    case kCmyk:
    case kAlpha:
    case kAnimated: return "It was turned into what a phone's camera gives, 8-bit colours, before the model saw it.";
    case kWrongSuffix:
    case kTrailingData: return "It is read by its content all the same; other programs may refuse it.";
    case kDamaged:
    case kCutShort: return "Nearly all of the picture is there. A better copy would be worth having.";
    case kNearDuplicate:
      return "Two pictures that look the same must not stand in training and test: the test would ask what was learned "
             "by "
             "heart. Both stay on one side.";
    case kExactDuplicate:
    case kSplitDuplicate: return "A copy teaches nothing new, and in the test it would count a photo that was learned.";
    case kLabelConflict:
      return "The same picture under two labels cannot be right twice; until somebody decides, it teaches nothing.";
    case kTooSmall:
    case kExtremeAspect: return "Enlarged or cropped to the model's square, little of what is on it would be left.";
    case kTruncated:
    case kUndecodable:
    case kNotAnImage:
    case kEmptyFile:
    case kTooLarge: return "There is no picture to learn from.";
    case kMisplaced:
    case kLinkOutside:
    case kBrokenLink:
    case kLinkFolder:
    case kNotAFile:
    case kUnreadable:
    case kNameNotUtf8: return "It could not be told what it is and what class it belongs to.";
    case kEmptyClass:
    case kOnePhoto: return "A class needs photos to learn from and others to be tested on.";
    case kOk:
    case kSystemFile: break;
  }
  return "";
}

std::vector<report::Finding> findings_of(const RunRecord& run) {
  std::map<Verdict, report::Finding> found;
  for (const ManifestRow& row : run.manifest) {
    const auto verdict = std::ranges::find(all_verdicts(), row.verdict, [](Verdict v) { return name(v); });
    if (verdict == all_verdicts().end() || *verdict == Verdict::kOk || *verdict == Verdict::kSystemFile) continue;
    report::Finding& finding = found[*verdict];
    finding.verdict = row.verdict;
    std::ranges::replace(finding.verdict, '_', ' ');
    finding.used = usable(*verdict);
    finding.why = why_it_matters(*verdict);
    ++finding.count;
    if (finding.examples.size() < kMostExamples) finding.examples.push_back(row.path + ": " + row.reason);
  }
  std::vector<report::Finding> out;
  for (auto finding = found.rbegin(); finding != found.rend(); ++finding) out.push_back(std::move(finding->second));
  return out;
}

void count_row(report::ClassRow& count, const ManifestRow& row) {
  ++count.files;
  if (!row.split) ++count.left_out;
  if (row.split == Split::kTrain) ++count.train;
  if (row.split == Split::kVal) ++count.val;
  if (row.split == Split::kTest) ++count.test;
}

// Photos of the class, evenly spaced.
Result<report::Picture> class_sheet(const RunRecord& run, const std::string& label, std::size_t most,
                                    ReportPhotos& photos) {
  std::vector<const ManifestRow*> rows;
  for (const ManifestRow& row : run.manifest) {
    if (row.label == label && row.split) rows.push_back(&row);
  }
  std::vector<Image> images;
  const std::size_t count = std::min(most, rows.size());
  for (std::size_t i = 0; i < count && photos.here(); ++i) {
    const Photo* const photo = photos.decode(rows[i * rows.size() / count]->path);
    if (photo == nullptr) continue;
    PAW_ASSIGN_OR_RETURN(Image small, square_of(photo->image, kSheetSide));
    images.push_back(std::move(small));
  }
  if (images.empty()) return report::Picture{};
  return picture_of(sheet_of(images, kSheetColumns), fmt::format("{} photos of the class {}", images.size(), label),
                    78);
}

}  // namespace

Result<report::DataPart> data_of(const RunRecord& run, ReportPhotos& photos) {
  report::DataPart data{.files = std::ssize(run.manifest),
                        .classes = {},
                        .findings = findings_of(run),
                        .warnings = json_texts(json_at(run.result("train"), {"check", "warnings"})),
                        .likely_mislabels = {}};
  std::map<std::string, report::ClassRow> classes;
  for (const ManifestRow& row : run.manifest) {
    if (!row.label.empty()) count_row(classes[row.label], row);
  }
  // As many photos in all, however many classes there are.
  const std::size_t each = classes.size() <= 4 ? 32 : classes.size() <= 12 ? 16 : 8;
  for (auto& [label, row] : classes) {
    if (data.classes.size() == kMostClasses) break;
    row.label = label;
    PAW_ASSIGN_OR_RETURN(row.sheet, class_sheet(run, label, each, photos));
    data.classes.push_back(std::move(row));
  }
  data.more_classes = std::ssize(classes) - std::ssize(data.classes);
  for (const Json& row : json_rows(json_at(run.result("train"), {"likely_mislabels"}))) {
    if (data.likely_mislabels.size() == kMostDoubted) break;
    report::Shown shown{.path = json_text(json_at(row, {"path"})),
                        .label = json_text(json_at(row, {"label"})),
                        .said = json_text(json_at(row, {"suggested"})),
                        .score = json_number(json_at(row, {"score"})).value_or(0),
                        .picture = {}};
    if (const Photo* const photo = photos.decode(shown.path)) {
      PAW_ASSIGN_OR_RETURN(const Image small, square_of(photo->image, kThumbSide));
      PAW_ASSIGN_OR_RETURN(shown.picture, picture_of(small, fmt::format("photo labelled {}", shown.label)));
    }
    data.likely_mislabels.push_back(std::move(shown));
  }
  data.no_pictures = photos.why_not();
  return data;
}

}  // namespace paw
