#include "pipeline/measure_ranges.h"

#include <algorithm>
#include <string>

#include "ir/names.h"
#include "optimize/quantize/ranges.h"
#include "vision/preprocess.h"

namespace paw {

namespace {

constexpr std::int64_t kMostPhotos = 64;

// Unnamed results of nodes are called after their node's source, "stem" or "stem_1".
void name_results(Graph& graph) {
  UniqueNames names;
  for (const Value& value : graph.values) names.claim(value.name);
  for (const Node& node : graph.nodes) {
    for (const ValueId output : node.outputs) {
      if (!graph[output].name.empty()) continue;
      graph[output].name = names.make(is_reserved_name(node.source) ? "value" + node.source : node.source);
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
      const ValueRange& range = meter.observations()[output.index].range;
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
