#include "pipeline/measure_ranges.h"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "optimize/quantize/ranges.h"
#include "vision/preprocess.h"

namespace paw {

namespace {

constexpr std::int64_t kMostPhotos = 64;

// Unnamed results of nodes are called after their node's source, "stem" or "stem_1".
void name_results(Graph& graph) {
  std::unordered_set<std::string> taken;
  for (const Value& value : graph.values) taken.insert(value.name);
  for (const Node& node : graph.nodes) {
    for (const ValueId output : node.outputs) {
      if (!graph[output].name.empty()) continue;
      const std::string base = node.source.empty() ? "value" : node.source;
      std::string name = base;
      for (int i = 1; taken.contains(name) || std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
           ++i) {
        name = base + "_" + std::to_string(i);
      }
      taken.insert(name);
      graph[output].name = std::move(name);
    }
  }
}

}  // namespace

Status measure_ranges(Model& model, TrialPhotos& photos, int threads, Progress& progress) {
  PAW_ASSIGN_OR_RETURN(const Preprocess record, photo_preprocess(model, "ranges"));
  PAW_ASSIGN_OR_RETURN(Preprocessor preprocessor, Preprocessor::create(record));
  name_results(model.graph);
  PAW_ASSIGN_OR_RETURN(RangeMeter meter, RangeMeter::create(model.graph, threads));
  const std::int64_t count = std::min(photos.size(), kMostPhotos);
  progress.start("measuring ranges", static_cast<std::uint64_t>(count), "photos");
  for (std::int64_t i = 0; i < count; ++i, progress.advance()) {
    const auto photo = photos.read(i * photos.size() / count);
    if (!photo) {
      progress.warn("left out: " + photo.error().text());
      continue;
    }
    PAW_RETURN_IF_ERROR(preprocessor.run(photo->image, meter.input(0), photo->name));
    PAW_RETURN_IF_ERROR(meter.run());
  }
  progress.finish();
  model.calibration.clear();
  for (const Node& node : model.graph.nodes) {
    for (const ValueId output : node.outputs) {
      const ValueRange& range = meter.ranges()[output.index];
      if (!range.seen()) continue;
      model.calibration.push_back({.value = model.graph[output].name,
                                   .min = range.min,
                                   .max = range.max,
                                   .samples = static_cast<std::uint64_t>(count),
                                   .histogram = {}});
    }
  }
  return {};
}

}  // namespace paw
