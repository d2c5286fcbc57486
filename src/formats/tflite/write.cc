// write_tflite: checks, graph, metadata.
#include <fmt/format.h>

#include "formats/tflite/file_writer.h"
#include "formats/tflite/runtime_version.h"
#include "formats/tflite/tflite_file.h"

namespace paw {

using namespace tflite;

namespace {

Status check(const Model& model, const TfliteOptions& options) {
  if (!options.min_runtime.empty() && !is_runtime_version(options.min_runtime)) {
    return fail(ErrorCode::kUsage, "tflite", fmt::format("'{}' is no version of a runtime", options.min_runtime),
                "three numbers, for example 2.4.0");
  }
  PAW_RETURN_IF_ERROR(verify(model));
  if (model.temperature == 1) return {};
  return fail(ErrorCode::kInternal, "tflite", "the temperature is not folded into the graph");
}

}  // namespace

Result<Bytes> write_tflite(const Model& model, const TfliteOptions& options) {
  PAW_RETURN_IF_ERROR(check(model, options));
  FileWriter writer(model.graph, options);
  PAW_RETURN_IF_ERROR(writer.write_graph());
  return writer.finish({});
}

}  // namespace paw
