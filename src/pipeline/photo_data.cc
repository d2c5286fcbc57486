#include "pipeline/photo_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "host/text.h"
#include "vision/manifest.h"
#include "vision/split.h"

namespace paw {

namespace {

// What every usable file of a data set is, found on several threads.
class FactFinder {
 public:
  FactFinder(Dataset& dataset, PhotoCache& cache, Progress& progress)
      : dataset_(dataset), cache_(cache), progress_(progress), facts_(dataset.entries.size()) {
    for (std::size_t i = 0; i < dataset.entries.size(); ++i) {
      if (dataset.entries[i].usable()) usable_.push_back(i);
    }
  }

  std::vector<PhotoFacts> run(int threads) {
    progress_.start("photos", usable_.size(), "photos");
    std::vector<std::jthread> team;
    for (int t = 1; t < threads; ++t) team.emplace_back([this] { work(); });
    work();
    team.clear();
    progress_.finish();
    return std::move(facts_);
  }

 private:
  void work() {
    for (std::size_t i = next_++; i < usable_.size(); i = next_++) {
      DatasetEntry& entry = dataset_.entries[usable_[i]];
      auto facts = cache_.facts(dataset_.root / entry.path, to_hex(*entry.sha256));
      if (facts) {
        facts_[usable_[i]] = std::move(*facts);
      } else {
        entry.verdict = Verdict::kUnreadable;
        entry.reason = facts.error().message;
      }
      const std::scoped_lock lock(mutex_);
      progress_.advance();
    }
  }

  Dataset& dataset_;
  PhotoCache& cache_;
  Progress& progress_;
  std::vector<PhotoFacts> facts_;
  std::vector<std::size_t> usable_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;
};

std::string manifest_of(const Dataset& dataset, const std::vector<std::optional<Split>>& splits) {
  std::vector<ManifestRow> rows;
  for (std::size_t i = 0; i < dataset.entries.size(); ++i) {
    const DatasetEntry& entry = dataset.entries[i];
    rows.push_back({.path = entry.path,
                    .sha256 = entry.sha256,
                    .label = entry.label,
                    .split = splits[i],
                    .verdict = std::string(name(entry.verdict)),
                    .reason = entry.reason});
  }
  return manifest_text(rows);
}

// Sides of every entry; none for those that are not used.
std::vector<std::optional<Split>> split_entries(const Dataset& dataset, std::uint64_t seed) {
  std::vector<std::size_t> places;
  std::vector<SplitItem> items;
  for (std::size_t i = 0; i < dataset.entries.size(); ++i) {
    const DatasetEntry& entry = dataset.entries[i];
    if (!entry.usable()) continue;
    places.push_back(i);
    items.push_back({.label = entry.label, .sha256 = *entry.sha256, .group = entry.group, .given = entry.split});
  }
  const std::vector<Split> splits = split_items(items, seed);
  std::vector<std::optional<Split>> sides(dataset.entries.size());
  for (std::size_t k = 0; k < splits.size(); ++k) sides[places[k]] = splits[k];
  return sides;
}

}  // namespace

Result<PhotoData> check_photo_data(const std::string& root, PhotoCache& cache, int threads, Progress& progress) {
  PhotoData data;
  PAW_ASSIGN_OR_RETURN(data.dataset, scan_dataset(root, progress));
  const std::vector<PhotoFacts> facts = FactFinder(data.dataset, cache, progress).run(threads);
  data.findings = judge(data.dataset, facts);
  data.labels = data.dataset.classes;
  data.left_out = std::ranges::count_if(data.dataset.entries, [](const DatasetEntry& entry) {
    return !entry.usable() && !of_class(entry.verdict) && entry.verdict != Verdict::kSystemFile;
  });
  return data;
}

Result<PhotoData> load_photo_data(const std::string& root, PhotoCache& cache, std::uint64_t seed, int threads,
                                  Progress& progress) {
  PAW_ASSIGN_OR_RETURN(PhotoData data, check_photo_data(root, cache, threads, progress));
  const std::vector<std::optional<Split>> sides = split_entries(data.dataset, seed);
  data.manifest = manifest_of(data.dataset, sides);
  for (std::size_t i = 0; i < sides.size(); ++i) {
    if (!sides[i]) continue;
    const DatasetEntry& entry = data.dataset.entries[i];
    const auto label = std::ranges::lower_bound(data.labels, entry.label) - data.labels.begin();
    auto& side = *sides[i] == Split::kTrain ? data.train : *sides[i] == Split::kVal ? data.val : data.test;
    side.push_back({data.dataset.root / entry.path, to_hex(*entry.sha256), label, entry.path, entry.group});
  }
  constexpr const char* kHint = "`paw data check` says what became of every file";
  if (data.labels.size() < 2) {
    return fail(ErrorCode::kBadData, root, fmt::format("has {} class of photos", data.labels.size()),
                "put the photos of each class into a folder of its own");
  }
  if (data.train.empty() || data.val.empty() || data.test.empty()) {
    return fail(ErrorCode::kBadData, root,
                fmt::format("has too few usable photos: {} for training, {} for validation, {} for the test",
                            data.train.size(), data.val.size(), data.test.size()),
                std::string("three per class at least; hundreds are better. ") + kHint);
  }
  const std::int64_t only = data.train.front().label;
  if (std::ranges::all_of(data.train, [&](const auto& photo) { return photo.label == only; })) {
    return fail(
        ErrorCode::kBadData, root,
        fmt::format("has usable photos of one class alone, {}", printable(data.labels[static_cast<std::size_t>(only)])),
        std::string("name the folder that holds a folder of photos per class. ") + kHint);
  }
  return data;
}

}  // namespace paw
