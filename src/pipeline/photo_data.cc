#include "pipeline/photo_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "vision/manifest.h"
#include "vision/split.h"

namespace paw {

namespace {

// Decodes every usable photo once, into the cache, and gives each entry that cannot be decoded its verdict and reason.
class Gate {
 public:
  Gate(Dataset& dataset, PhotoCache& cache, Progress& progress)
      : dataset_(dataset), cache_(cache), progress_(progress) {
    for (std::size_t i = 0; i < dataset.entries.size(); ++i) {
      if (dataset.entries[i].ok()) usable_.push_back(i);
    }
    verdicts_.resize(dataset.entries.size());
  }

  void run(int threads) {
    progress_.start("photos", usable_.size(), "photos");
    std::vector<std::jthread> team;
    for (int t = 1; t < threads; ++t) team.emplace_back([this] { work(); });
    work();
    team.clear();
    progress_.finish();
  }

  // Empty: it can be decoded.
  const std::string& reason(std::size_t entry) const { return verdicts_[entry]; }

 private:
  void work() {
    for (std::size_t i = next_++; i < usable_.size(); i = next_++) {
      const DatasetEntry& entry = dataset_.entries[usable_[i]];
      const auto image = cache_.read(dataset_.root / entry.path, to_hex(*entry.sha256));
      if (!image) verdicts_[usable_[i]] = image.error().message;
      const std::scoped_lock lock(mutex_);
      progress_.advance();
    }
  }

  Dataset& dataset_;
  PhotoCache& cache_;
  Progress& progress_;
  std::vector<std::size_t> usable_;
  std::vector<std::string> verdicts_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;
};

struct Chosen {
  std::vector<std::size_t> entries;
  std::vector<SplitItem> items;
};

std::string manifest_of(const Dataset& dataset, const Gate& gate, const std::vector<std::optional<Split>>& splits) {
  std::vector<ManifestRow> rows;
  for (std::size_t i = 0; i < dataset.entries.size(); ++i) {
    const DatasetEntry& entry = dataset.entries[i];
    ManifestRow row{.path = entry.path,
                    .sha256 = {},
                    .label = entry.label,
                    .split = splits[i],
                    .verdict = std::string(name(entry.verdict)),
                    .reason = entry.reason};
    if (entry.ok()) {
      row.sha256 = entry.sha256;
      if (!gate.reason(i).empty()) {
        row.verdict = "not_decodable";
        row.reason = gate.reason(i);
      }
    }
    rows.push_back(std::move(row));
  }
  return manifest_text(rows);
}

}  // namespace

Result<PhotoData> load_photo_data(const std::string& root, PhotoCache& cache, std::uint64_t seed, int threads,
                                  Progress& progress) {
  PAW_ASSIGN_OR_RETURN(Dataset dataset, scan_dataset(root, progress));
  Gate gate(dataset, cache, progress);
  gate.run(threads);
  Chosen chosen;
  PhotoData data{.labels = dataset.classes};
  for (std::size_t i = 0; i < dataset.entries.size(); ++i) {
    const DatasetEntry& entry = dataset.entries[i];
    if (entry.ok() && gate.reason(i).empty()) {
      chosen.entries.push_back(i);
      chosen.items.push_back({.label = entry.label, .sha256 = *entry.sha256, .group = {}, .given = entry.split});
    } else if (entry.verdict != Verdict::kSystemFile) {
      ++data.left_out;
    }
  }
  const std::vector<Split> splits = split_items(chosen.items, seed);
  std::vector<std::optional<Split>> by_entry(dataset.entries.size());
  for (std::size_t k = 0; k < splits.size(); ++k) {
    const DatasetEntry& entry = dataset.entries[chosen.entries[k]];
    by_entry[chosen.entries[k]] = splits[k];
    const auto label = std::ranges::lower_bound(data.labels, entry.label) - data.labels.begin();
    auto& side = splits[k] == Split::kTrain ? data.train : splits[k] == Split::kVal ? data.val : data.test;
    side.push_back({dataset.root / entry.path, to_hex(*entry.sha256), label, entry.path, {}});
  }
  data.manifest = manifest_of(dataset, gate, by_entry);
  if (data.labels.size() < 2) {
    return fail(ErrorCode::kBadData, root, fmt::format("has {} class of photos", data.labels.size()),
                "put the photos of each class into a folder of its own");
  }
  if (data.train.empty() || data.val.empty() || data.test.empty()) {
    return fail(ErrorCode::kBadData, root,
                fmt::format("has too few photos: {} for training, {} for validation, {} for the test",
                            data.train.size(), data.val.size(), data.test.size()),
                "three per class at least; hundreds are better. `paw data check` says which files were left out");
  }
  return data;
}

}  // namespace paw
