#include "pipeline/eval_photos.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/nearest.h"
#include "host/text.h"
#include "vision/dataset.h"

namespace paw {

namespace {

constexpr std::size_t kMostListed = 10;
constexpr std::int64_t kMostClasses = 10'000;  // their confusion matrix takes 800 MB

// "'cat', 'dog' and 3 more"
std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), kMostListed); ++i) {
    out += fmt::format("{}'{}'", i > 0 ? ", " : "", printable(names[i]));
  }
  if (names.size() > kMostListed) out += fmt::format(" and {} more", names.size() - kMostListed);
  return out;
}

Result<std::int64_t> class_count(const Graph& graph) {
  const TensorType& scores = graph.type(graph.outputs[0]);
  const Shape& shape = scores.shape;
  if (scores.dtype != DType::kF32 || shape.rank() != 2) {
    return fail(ErrorCode::kUnsupported, "model", fmt::format("its output {} is not one score per class", shape.text()),
                "only classifiers are evaluated");
  }
  if (shape[1] > kMostClasses) {
    return fail(ErrorCode::kUnsupported, "model",
                fmt::format("has {} classes; at most {} are evaluated", shape[1], kMostClasses));
  }
  return shape[1];
}

// The class of each folder.
struct Classes {
  std::vector<std::string> labels;
  std::map<std::string, std::int64_t> of_folder;
  std::string note;
};

std::unexpected<Error> no_class(const std::string& root, const std::vector<std::string>& strangers,
                                const Classes& classes, bool has_labels) {
  const std::vector<std::string_view> known(classes.labels.begin(), classes.labels.end());
  const auto near = nearest(strangers[0], known);
  std::string hint = "name each folder after one of the model's classes, or take away what the model cannot know";
  if (near) hint = fmt::format("is '{}' meant to be '{}'? Then rename the folder", printable(strangers[0]), *near);
  if (!has_labels) hint = "the model has no labels: name the folders by class number, or give one for every class";
  return fail(
      ErrorCode::kBadData, printable(root),
      fmt::format("{} no class of the model: {}; its classes: {}",
                  strangers.size() == 1 ? "a folder is" : "folders are", listed(strangers), listed(classes.labels)),
      hint);
}

Result<Classes> match_classes(const Model& model, std::int64_t count, const std::vector<std::string>& folders,
                              const std::string& root) {
  Classes classes{.labels = model.labels, .of_folder = {}, .note = {}};
  for (std::int64_t i = 0; model.labels.empty() && i < count; ++i) classes.labels.push_back(std::to_string(i));
  std::map<std::string_view, std::int64_t> numbers;
  for (std::size_t i = 0; i < classes.labels.size(); ++i) numbers.emplace(classes.labels[i], i);
  std::vector<std::string> strangers;
  for (const std::string& folder : folders) {
    const auto found = numbers.find(folder);
    if (found == numbers.end()) {
      strangers.push_back(folder);
    } else {
      classes.of_folder[folder] = found->second;
    }
  }
  if (strangers.empty()) return classes;
  if (!model.labels.empty() || std::ssize(folders) != count) {
    return no_class(root, strangers, classes, !model.labels.empty());
  }
  classes.labels = folders;
  for (std::int64_t i = 0; i < count; ++i) classes.of_folder[folders[static_cast<std::size_t>(i)]] = i;
  classes.note = "the model has no labels: the folders in sorted order are taken as its classes";
  return classes;
}

// Whether a photo that the model carries for `seen`, or that stands in a folder for `given`, is taken.
class Choice {
 public:
  static Result<Choice> of(const std::string& split) {
    if (const auto named = enum_named<Split>(split)) return Choice(*named, false);
    if (split == "auto" || split == "all") return Choice(std::nullopt, split == "all");
    return fail(ErrorCode::kUsage, "--split",
                fmt::format("'{}' is none of {}", printable(split), fmt::join(eval_split_names(), ", ")));
  }

  bool takes(std::optional<Split> seen, std::optional<Split> given) const {
    if (only_) return (seen ? seen : given) == only_;
    return all_ || !seen || *seen == Split::kTest;
  }

 private:
  Choice(std::optional<Split> only, bool all) : only_(only), all_(all) {}
  std::optional<Split> only_;
  bool all_;
};

std::unexpected<Error> nothing_left(const std::string& root, const std::string& split, std::int64_t left_out) {
  if (left_out == 0) {
    return fail(ErrorCode::kBadData, printable(root), "holds no photo",
                "make one folder per class, named after it, with its photos inside");
  }
  if (split == "auto") {
    return fail(ErrorCode::kBadData, printable(root),
                fmt::format("the model was trained or tuned on all {} photos", left_out),
                "give photos that it has not seen, or take these all the same with --split all");
  }
  return fail(ErrorCode::kBadData, printable(root),
              fmt::format("none of the {} photos belongs to the model's {} split", left_out, split),
              "see `paw help eval` for what each --split takes");
}

}  // namespace

std::vector<std::string> eval_split_names() {
  std::vector<std::string> names = {"auto"};
  for (const std::string_view name : enum_names(Split{})) names.emplace_back(name);
  names.emplace_back("all");
  return names;
}

Result<EvalPhotos> choose_eval_photos(const Model& model, const std::string& root, const std::string& split,
                                      Progress& progress) {
  PAW_ASSIGN_OR_RETURN(const Choice choice, Choice::of(split));
  PAW_ASSIGN_OR_RETURN(const std::int64_t count, class_count(model.graph));
  PAW_ASSIGN_OR_RETURN(const Dataset dataset, scan_dataset(root, progress));
  std::set<std::string> folders;
  for (const DatasetEntry& entry : dataset.entries) {
    if (entry.usable()) folders.insert(entry.label);
  }
  PAW_ASSIGN_OR_RETURN(Classes classes, match_classes(model, count, {folders.begin(), folders.end()}, root));
  EvalPhotos out{.labels = std::move(classes.labels), .note = std::move(classes.note)};
  for (const DatasetEntry& entry : dataset.entries) {
    const std::filesystem::path path = dataset.root / entry.path;
    if (!entry.usable()) {
      // A class may have few photos here or none; that says nothing against those that are there.
      const bool is_remark = entry.verdict == Verdict::kSystemFile || entry.verdict == Verdict::kEmptyClass ||
                             entry.verdict == Verdict::kOnePhoto;
      if (!is_remark) out.unusable.push_back({path.string(), entry.reason});
      continue;
    }
    const std::optional<Split> seen = model.provenance.split_of(*entry.sha256);
    if (seen) ++out.known[static_cast<std::size_t>(*seen)];
    if (choice.takes(seen, entry.split)) {
      out.photos.push_back({path, to_hex(*entry.sha256), classes.of_folder.at(entry.label)});
    } else {
      ++out.left_out;
    }
  }
  if (out.photos.empty()) return nothing_left(root, split, out.left_out);
  return out;
}

}  // namespace paw
