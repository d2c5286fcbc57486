#include "pipeline/demo.h"

#include <fmt/format.h>

#include <filesystem>

#include "host/file.h"
#include "pipeline/draw_data.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

// The last picture is drawn last by one thread only: what counts is that they are as many as they should be.
bool all_drawn(const fs::path& drawn, std::int64_t count) {
  std::int64_t found = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator at(drawn, error), end; !error && at != end; at.increment(error)) {
    found += at->path().extension() == ".png" ? 1 : 0;
  }
  return found == count;
}

}  // namespace

DemoSettings::DemoSettings() {
  run.train.out = "paw-demo";
  run.train.net = "pawnet";
  run.name = "Cat or Dog";
  run.transfer_beside = true;
}

Result<RunPhotosResult> run_demo(const DemoSettings& settings, Progress& progress) {
  RunPhotosSettings run = settings.run;
  PAW_RETURN_IF_ERROR(check_output(run.train.out, run.train.force || run.train.resume));
  const fs::path drawn = fs::path(run.train.out) / "drawn";
  if (!run.train.resume || !all_drawn(drawn, settings.count)) {
    progress.note(fmt::format("drawing {} cats and dogs, {} x {} x 3", settings.count, settings.size, settings.size));
    PAW_RETURN_IF_ERROR(draw_data({.out = drawn.string(),
                                   .count = settings.count,
                                   .size = settings.size,
                                   .force = run.train.force || run.train.resume,
                                   .threads = static_cast<int>(run.train.threads)},
                                  progress));
  }
  run.train.photos = drawn.string();
  run.train.size = settings.size;
  // The run folder is there now, with the pictures in it: a new run in it, unless an earlier one is to be replaced.
  run.train.resume = !run.train.force;
  return run_photos(run, progress);
}

}  // namespace paw
