// Objects that are costly to make and that one thread at a time uses: as many are made as threads used them at once.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace paw {

template <class T>
class Shelf {
 public:
  // One that nobody uses; null: there is none, make one.
  std::unique_ptr<T> take() {
    const std::scoped_lock lock(mutex_);
    if (free_.empty()) return nullptr;
    std::unique_ptr<T> object = std::move(free_.back());
    free_.pop_back();
    return object;
  }

  void put_back(std::unique_ptr<T> object) {
    const std::scoped_lock lock(mutex_);
    free_.push_back(std::move(object));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<T>> free_;
};

}  // namespace paw
