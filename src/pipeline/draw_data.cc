#include "pipeline/draw_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "host/file.h"
#include "host/text.h"
#include "vision/draw/draw.h"
#include "vision/write_png.h"

namespace paw {

namespace {

namespace fs = std::filesystem;
using draw::Species;

constexpr std::int64_t kMaxCount = 1'000'000;

std::string_view class_name(Species species) { return species == Species::kCat ? "cat" : "dog"; }

// Picture `index` of all: cats and dogs in turn, so that a smaller count gives the first pictures of a larger one.
Species species_of(std::int64_t index) { return index % 2 == 0 ? Species::kCat : Species::kDog; }

fs::path file_of(const fs::path& out, std::int64_t index) {
  const std::string_view name = class_name(species_of(index));
  return out / name / fmt::format("{}_{:04}.png", name, index / 2);
}

Status check_draw(const DrawSettings& s) {
  const auto in_range = [](std::string_view flag, std::int64_t value, std::int64_t low, std::int64_t high) -> Status {
    if (value >= low && value <= high) return {};
    return fail(ErrorCode::kUsage, "paw data draw",
                fmt::format("{} {} is not between {} and {}", flag, value, low, high));
  };
  PAW_RETURN_IF_ERROR(in_range("--count", s.count, 1, kMaxCount));
  PAW_RETURN_IF_ERROR(in_range("--size", s.size, draw::Limits::kMinSize, draw::Limits::kMaxSize));
  return in_range("--seed", s.seed, 0, INT64_MAX);
}

bool is_drawn(const fs::path& name, std::string_view of_class) {
  const std::string text = name.string();
  if (!text.starts_with(fmt::format("{}_", of_class)) || !text.ends_with(".png")) return false;
  const std::string_view digits = std::string_view(text).substr(4, text.size() - 8);
  return !digits.empty() && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
}

std::unexpected<Error> io(const fs::path& path, std::string_view message, std::string_view hint = {}) {
  return fail(ErrorCode::kIo, printable(path.string()), message, hint);
}

// The old pictures below `folder`; an error when there is anything else, which might be somebody's photos.
Result<std::vector<fs::path>> drawn_pictures(const fs::path& out) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(out, error)) {
    const std::string name = entry.path().filename().string();
    const bool is_class = (name == "cat" || name == "dog") && fs::is_directory(entry.symlink_status());
    if (!is_class) return io(entry.path(), "is not a drawn picture and is not overwritten", "choose another folder");
    for (const fs::directory_entry& file : fs::directory_iterator(entry.path(), error)) {
      if (!is_drawn(file.path().filename(), name) && !is_leftover(file.path())) {
        return io(file.path(), "is not a drawn picture and is not overwritten", "choose another folder");
      }
      found.push_back(file.path());
    }
    if (error) break;
  }
  if (error) return io(out, "cannot be listed: " + error.message());
  return found;
}

Status prepare(const DrawSettings& s) {
  const fs::path out = s.out;
  PAW_RETURN_IF_ERROR(check_output(out, s.force));
  std::error_code error;
  if (fs::exists(fs::symlink_status(out, error))) {
    PAW_ASSIGN_OR_RETURN(const std::vector<fs::path> old, drawn_pictures(out));
    for (const fs::path& path : old) {
      if (!fs::remove(path, error)) return io(path, "cannot be removed: " + error.message());
    }
  }
  for (const Species species : {Species::kCat, Species::kDog}) {
    fs::create_directories(out / class_name(species), error);
    if (error) return io(out, "cannot create the folder: " + error.message());
  }
  return {};
}

// Pictures do not depend on each other: threads take the next one until all are taken or one fails.
class Drawing {
 public:
  Drawing(const DrawSettings& settings, Progress& progress) : s_(settings), progress_(progress) {}

  Result<std::uint64_t> run() {
    const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    const auto threads = std::min<std::int64_t>(s_.threads > 0 ? s_.threads : cores, s_.count);
    {
      std::vector<std::jthread> pool;
      for (std::int64_t i = 1; i < threads; ++i) pool.emplace_back([this] { take(); });
      take();
    }
    if (!first_error_) return std::unexpected(first_error_.error());
    return bytes_;
  }

 private:
  void take() {
    for (std::int64_t index = next_++; index < s_.count; index = next_++) {
      const Result<std::size_t> written = one(index);
      const std::scoped_lock lock(mutex_);
      if (!written) {
        if (first_error_) first_error_ = std::unexpected(written.error());
        next_ = s_.count;
        return;
      }
      bytes_ += *written;
      progress_.advance();
    }
  }

  Result<std::size_t> one(std::int64_t index) const {
    const Image image = draw::draw_picture(species_of(index), s_.size, static_cast<std::uint64_t>(s_.seed),
                                           static_cast<std::uint64_t>(index));
    PAW_ASSIGN_OR_RETURN(const Bytes file, write_png(image));
    PAW_RETURN_IF_ERROR(write_file_unsynced(file_of(s_.out, index), file.span()));
    return file.size();
  }

  const DrawSettings& s_;
  Progress& progress_;
  std::atomic<std::int64_t> next_{0};
  std::mutex mutex_;  // for what follows, and progress_
  Status first_error_;
  std::uint64_t bytes_ = 0;
};

}  // namespace

Result<DrawResult> draw_data(const DrawSettings& settings, Progress& progress) {
  PAW_RETURN_IF_ERROR(check_draw(settings));
  PAW_RETURN_IF_ERROR(prepare(settings));
  DrawResult result{.out = settings.out, .size = settings.size, .seed = settings.seed};
  result.cats = (settings.count + 1) / 2;
  result.dogs = settings.count / 2;
  progress.start("drawing", static_cast<std::uint64_t>(settings.count), "pictures");
  PAW_ASSIGN_OR_RETURN(result.bytes, Drawing(settings, progress).run());
  progress.finish();
  return result;
}

Json to_json(const DrawResult& r) {
  return {{"output", r.out}, {"count", r.cats + r.dogs}, {"classes", {{"cat", r.cats}, {"dog", r.dogs}}},
          {"size", r.size},  {"seed", r.seed},           {"bytes", r.bytes}};
}

}  // namespace paw
