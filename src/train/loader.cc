#include "train/loader.h"

#include <atomic>
#include <numeric>
#include <optional>

#include "base/random.h"

namespace paw {

namespace {

struct Work {
  const ExampleSource& source;
  std::span<const std::int64_t> indices;
  std::int64_t epoch;
  std::span<float> inputs, targets;
  std::vector<std::optional<Error>> failures;
  std::atomic<std::size_t> next = 0;

  void run() {
    const std::size_t input = inputs.size() / indices.size(), target = targets.size() / indices.size();
    for (std::size_t i = next++; i < indices.size(); i = next++) {
      const Status status =
          source.read(indices[i], epoch, inputs.subspan(i * input, input), targets.subspan(i * target, target));
      if (!status) failures[i] = status.error();
    }
  }
};

}  // namespace

Status load_batch(const ExampleSource& source, std::span<const std::int64_t> indices, std::int64_t epoch,
                  std::span<float> inputs, std::span<float> targets, ThreadPool& pool) {
  Work work{source, indices, epoch, inputs, targets, std::vector<std::optional<Error>>(indices.size())};
  pool.run([](void* context, int) { static_cast<Work*>(context)->run(); }, &work);
  for (const std::optional<Error>& failure : work.failures) {
    if (failure) return std::unexpected(*failure);
  }
  return {};
}

std::vector<std::int64_t> shuffled(std::int64_t count, std::uint64_t seed, std::int64_t epoch) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  Random random(seed, static_cast<std::uint64_t>(epoch));
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  return order;
}

}  // namespace paw
