#include "vision/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "host/text.h"
#include "vision/near_duplicates.h"

namespace paw {

namespace {

constexpr double kMostImbalance = 3;    // photos of the largest class to the smallest
constexpr std::size_t kFewPhotos = 50;  // of a class

// A photo that stands on several sides belongs to the one that judges.
int rank(const std::optional<Split>& split) { return split ? static_cast<int>(*split) : -1; }

class Judge {
 public:
  Judge(Dataset& dataset, const std::vector<PhotoFacts>& facts) : dataset_(dataset), facts_(facts) {}

  GateFindings run() {
    for (std::size_t i = 0; i < dataset_.entries.size(); ++i) {
      if (dataset_.entries[i].usable()) judge_file(i);
    }
    judge_copies();
    judge_likenesses();
    judge_classes(dataset_);
    warn();
    return std::move(findings_);
  }

 private:
  DatasetEntry& entry(std::size_t i) { return dataset_.entries[i]; }
  std::string path(std::size_t i) { return printable(entry(i).path); }

  // The gravest finding names the verdict, all of them the reason.
  void say(std::size_t i, Verdict verdict, const std::string& reason) {
    DatasetEntry& e = entry(i);
    e.verdict = std::max(e.verdict, verdict);
    if (!e.reason.empty()) e.reason += "; ";
    e.reason += reason;
  }

  void judge_file(std::size_t i) {
    const std::string& file = entry(i).path;
    if (facts_[i].format) {
      const auto suffix = suffix_finding(file.substr(file.rfind('/') + 1), *facts_[i].format);
      if (suffix) say(i, suffix->verdict, suffix->reason);
    }
    for (const Finding& finding : facts_[i].findings) say(i, finding.verdict, finding.reason);
  }

  void judge_copies() {
    std::map<Sha256, std::vector<std::size_t>> same;
    for (std::size_t i = 0; i < dataset_.entries.size(); ++i) {
      if (entry(i).usable()) same[*entry(i).sha256].push_back(i);
    }
    for (const auto& [hash, copies] : same) {
      if (copies.size() > 1) judge_copies(copies);
    }
  }

  void judge_copies(const std::vector<std::size_t>& copies) {
    const std::size_t first = copies.front();
    for (const std::size_t i : copies) {
      if (entry(i).label == entry(first).label) continue;
      for (const std::size_t k : copies) {
        const std::size_t other = entry(k).label == entry(first).label ? i : first;
        say(k, Verdict::kLabelConflict, fmt::format("the same bytes as {}: one of the labels is wrong", path(other)));
      }
      return;
    }
    const auto by_rank = [&](std::size_t i) { return rank(entry(i).split); };
    const std::size_t kept = *std::ranges::max_element(copies, {}, by_rank);
    for (const std::size_t i : copies) {
      if (i == kept) continue;
      const bool same_side = rank(entry(i).split) == rank(entry(kept).split);
      say(i, same_side ? Verdict::kExactDuplicate : Verdict::kSplitDuplicate,
          fmt::format("the same bytes as {}", path(kept)));
    }
  }

  void judge_likenesses() {
    std::vector<std::size_t> photos;
    std::vector<PhotoSignature> signatures;
    for (std::size_t i = 0; i < dataset_.entries.size(); ++i) {
      if (!entry(i).usable() || !facts_[i].signature) continue;
      photos.push_back(i);
      signatures.push_back(*facts_[i].signature);
    }
    const std::vector<NearDuplicates> pairs = find_near_duplicates(signatures);
    const auto groups = connect(photos.size(), pairs);
    std::map<std::uint32_t, std::vector<std::string>> paths;
    for (std::size_t k = 0; k < photos.size(); ++k) {
      if (!groups[k]) continue;
      entry(photos[k]).group = groups[k];
      paths[*groups[k]].push_back(entry(photos[k]).path);
    }
    for (auto& [group, members] : paths) findings_.near_duplicates.push_back(std::move(members));
    for (const NearDuplicates& pair : pairs) judge_pair(photos[pair.first], photos[pair.second], pair.likeness);
  }

  void judge_pair(std::size_t a, std::size_t b, double likeness) {
    const auto like = [&](std::size_t other) { return fmt::format("looks like {} ({:.3f})", path(other), likeness); };
    if (entry(a).label != entry(b).label) {
      say(a, Verdict::kLabelConflict, like(b) + ": one of the labels is wrong");
      say(b, Verdict::kLabelConflict, like(a) + ": one of the labels is wrong");
    } else if (rank(entry(a).split) != rank(entry(b).split)) {
      const bool a_goes = rank(entry(a).split) < rank(entry(b).split);
      say(a_goes ? a : b, Verdict::kSplitDuplicate, like(a_goes ? b : a) + ", on another side of the split");
    } else {
      say(a, Verdict::kNearDuplicate, like(b));
      say(b, Verdict::kNearDuplicate, like(a));
    }
  }

  void warn() {
    std::map<std::string, std::size_t> usable;
    for (const std::string& label : dataset_.classes) usable[label] = 0;
    std::map<Verdict, std::size_t> left_out;
    for (const DatasetEntry& e : dataset_.entries) {
      if (e.usable()) {
        ++usable[e.label];
      } else if (!of_class(e.verdict) && e.verdict != Verdict::kSystemFile) {
        ++left_out[e.verdict];
      }
    }
    for (const auto& [verdict, count] : left_out) {
      findings_.warnings.push_back(fmt::format("{} left out: {}", count, name(verdict)));
    }
    for (const auto& [label, count] : usable) {
      if (count >= kFewPhotos) continue;
      findings_.warnings.push_back(fmt::format("class {} has {} usable photo{}: hundreds are better", printable(label),
                                               count, count == 1 ? "" : "s"));
    }
    if (usable.empty()) return;
    const auto by_count = [](const auto& c) { return c.second; };
    const auto least = std::ranges::min_element(usable, {}, by_count),
               most = std::ranges::max_element(usable, {}, by_count);
    if (static_cast<double>(most->second) > kMostImbalance * static_cast<double>(least->second)) {
      findings_.warnings.push_back(fmt::format("the classes are not balanced: {} has {} usable photos, {} has {}",
                                               printable(most->first), most->second, printable(least->first),
                                               least->second));
    }
  }

  Dataset& dataset_;
  const std::vector<PhotoFacts>& facts_;
  GateFindings findings_;
};

}  // namespace

GateFindings judge(Dataset& dataset, const std::vector<PhotoFacts>& facts) { return Judge(dataset, facts).run(); }

}  // namespace paw
