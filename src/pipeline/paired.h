// Two models' answers to the same labelled photos, pair by pair: only photos on which one is right and the other wrong
// tell them apart.
#pragma once

#include <cstdint>

namespace paw {

struct Interval {
  double low = 0, high = 0;
};

struct PairedAnswers {
  std::int64_t images = 0;
  std::int64_t right_before = 0;
  std::int64_t lost = 0;    // right before, wrong after
  std::int64_t gained = 0;  // wrong before, right after

  std::int64_t right_after() const { return right_before - lost + gained; }
  double share(std::int64_t count) const {
    return images == 0 ? 0 : static_cast<double>(count) / static_cast<double>(images);
  }
  double top1_before() const { return share(right_before); }
  double top1_after() const { return share(right_after()); }
  // Accuracy before less accuracy after.
  double drop() const { return share(lost - gained); }
  // Of the drop, 95 %: half a photo is added to each of the four cells (Agresti & Min 2005).
  Interval drop_interval() const;

  void add(bool is_right_before, bool is_right_after) {
    ++images;
    right_before += is_right_before ? 1 : 0;
    lost += is_right_before && !is_right_after ? 1 : 0;
    gained += !is_right_before && is_right_after ? 1 : 0;
  }
};

}  // namespace paw
