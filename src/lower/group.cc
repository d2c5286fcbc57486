// Which steps run block by block together: see group_steps() in draft.h.
#include <algorithm>

#include "lower/draft.h"

namespace paw {

namespace {

// How far behind a group a step may stand that joins it.
constexpr std::size_t kLookAhead = 8;

bool contains(const std::vector<BufferId>& list, BufferId buffer) {
  return std::ranges::find(list, buffer) != list.end();
}

class Grouping {
 public:
  explicit Grouping(Draft& draft) : draft_(draft), steps_(draft.steps), groups_(draft.groups) {}

  void run() {
    for (first_ = 0; first_ < steps_.size(); first_ = end_) {
      end_ = first_ + 1;
      units_ = units_of(steps_[first_]);
      limits_ = {};
      admit(steps_[first_]);
      while (extend()) ++end_;
      for (std::size_t i = first_; i < end_; ++i) groups_[i] = static_cast<std::uint32_t>(first_);
    }
  }

 private:
  // What one call of the group must hold whole and must not reach beyond.
  struct Limits {
    std::int64_t grain = 1, chain = 0;  // the largest grain; the smallest chain, 0: none
  };

  static std::int64_t units_of(const DraftStep& step) { return step.def->units(step.params.data()); }

  // Brings the next step that can follow the group to its end, and what it needs besides (weights packed at run time)
  // before the group.
  bool extend() {
    const std::size_t last = std::min(end_ + kLookAhead, steps_.size());
    for (std::size_t i = end_; i < last; ++i) {
      if (!can_come(i) || (steps_[i].def->large_follower && !all_kept(i)) || !follow(steps_[i])) continue;
      for (std::size_t k = end_; k < i; ++k) {
        if (!conflict(steps_[k], steps_[i])) continue;
        move(k, first_);
        groups_[first_] = static_cast<std::uint32_t>(first_);
        ++first_;
        ++end_;
      }
      move(i, end_);
      return true;
    }
    return false;
  }

  static bool conflict(const DraftStep& a, const DraftStep& b) {
    const auto writes = [](const DraftStep& x, const DraftStep& y) {
      return std::ranges::any_of(x.out, [&](BufferId out) { return contains(y.in, out) || contains(y.out, out); });
    };
    return writes(a, b) || writes(b, a);
  }

  bool apart(std::size_t i, std::size_t begin, std::size_t end) const {
    return std::none_of(steps_.begin() + static_cast<std::ptrdiff_t>(begin),
                        steps_.begin() + static_cast<std::ptrdiff_t>(end),
                        [&](const DraftStep& step) { return conflict(step, steps_[i]); });
  }

  // May step i run before those between the group and it, some of them brought before the group?
  bool can_come(std::size_t i) const {
    for (std::size_t k = end_; k < i; ++k) {
      if (conflict(steps_[k], steps_[i]) && !apart(k, first_, k)) return false;
    }
    return true;
  }

  void move(std::size_t from, std::size_t to) {
    const auto begin = steps_.begin() + static_cast<std::ptrdiff_t>(to);
    const auto at = steps_.begin() + static_cast<std::ptrdiff_t>(from);
    std::rotate(begin, at, at + 1);
  }

  // Is everything that the group reads and writes wanted after step i too?
  bool all_kept(std::size_t i) const {
    const auto kept = [&](BufferId buffer) {
      if (!buffer.valid() || draft_.buffers[buffer.index].constant) return true;
      const auto reads = [&](const DraftStep& step) { return contains(step.in, buffer); };
      return std::any_of(steps_.begin() + static_cast<std::ptrdiff_t>(i) + 1, steps_.end(), reads);
    };
    return std::all_of(steps_.begin() + static_cast<std::ptrdiff_t>(first_),
                       steps_.begin() + static_cast<std::ptrdiff_t>(end_), [&](const DraftStep& step) {
                         return std::ranges::all_of(step.in, kept) && std::ranges::all_of(step.out, kept);
                       });
  }

  // Makes the step's units those of the group if it reads every result of the group in step. Else it is unchanged.
  bool follow(DraftStep& step) {
    std::uint32_t in_step = 0;
    std::int64_t unit = 0;
    for (std::size_t i = 0; i < step.in.size(); ++i) {
      const std::int64_t given = given_per_unit(step.in[i]);
      if (given == kOutside) continue;
      if (given == kNotInStep || (unit != 0 && given != unit)) return false;
      unit = given;
      in_step |= 1u << i;
    }
    if (in_step == 0 || step.def->set_unit == nullptr) return false;
    const std::vector<std::byte> before = step.params;
    if (step.def->set_unit(step.params.data(), unit, in_step) && units_of(step) == units_ && admit(step)) return true;
    step.params = before;
    return false;
  }

  static constexpr std::int64_t kOutside = 0, kNotInStep = -1;

  // Elements of `buffer` that one unit of the group writes.
  std::int64_t given_per_unit(BufferId buffer) const {
    for (std::size_t i = first_; i < end_; ++i) {
      const DraftStep& step = steps_[i];
      if (!contains(step.out, buffer)) continue;
      if (step.def->unit_elements == nullptr || step.out[0] != buffer) return kNotInStep;
      const std::int64_t unit = step.def->unit_elements(step.params.data());
      return unit > 0 ? unit : kNotInStep;
    }
    return kOutside;
  }

  // A call holds whole grains and stays within one chain.
  bool admit(const DraftStep& step) {
    Limits both = limits_;
    if (step.def->grain != nullptr) both.grain = std::max(both.grain, step.def->grain(step.params.data()));
    if (step.def->chain != nullptr) {
      const std::int64_t chain = step.def->chain(step.params.data());
      both.chain = both.chain == 0 ? chain : std::min(both.chain, chain);
    }
    if (both.chain != 0 && both.grain > both.chain) return false;
    limits_ = both;
    return true;
  }

  const Draft& draft_;
  std::vector<DraftStep>& steps_;
  std::vector<std::uint32_t>& groups_;
  std::size_t first_ = 0, end_ = 0;  // the group so far
  std::int64_t units_ = 0;
  Limits limits_;
};

}  // namespace

void no_groups(Draft& draft) {
  draft.groups.resize(draft.steps.size());
  for (std::size_t i = 0; i < draft.groups.size(); ++i) draft.groups[i] = static_cast<std::uint32_t>(i);
}

void group_steps(Draft& draft) {
  draft.groups.resize(draft.steps.size());
  Grouping(draft).run();
}

}  // namespace paw
