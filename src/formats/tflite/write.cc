// write_tflite: checks, graph, metadata.
#include <fmt/format.h>

#include "formats/tflite/file_writer.h"
#include "formats/tflite/packed_files.h"
#include "formats/tflite/runtime_version.h"
#include "formats/tflite/task_metadata.h"
#include "formats/tflite/tflite_file.h"
#include "host/text.h"
#include "record/model_record.h"

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

// Lines of the packed file; a label that is not one line could not be read back.
Result<std::string> labels_text(const Model& model) {
  std::string text;
  for (const std::string& label : model.labels) {
    if (label.find_first_of("\r\n") != label.npos) {
      return fail(ErrorCode::kUnsupported, "tflite",
                  fmt::format("the label '{}' has more than one line", printable(label)), "rename it");
    }
    text += label + "\n";
  }
  return text;
}

Bytes as_bytes(const std::string& text) { return Bytes::copy_of(std::as_bytes(std::span(text))); }

}  // namespace

Result<Bytes> write_tflite(const Model& model, const TfliteOptions& options) {
  PAW_RETURN_IF_ERROR(check(model, options));
  PAW_ASSIGN_OR_RETURN(std::string labels, labels_text(model));
  FileWriter writer(model.graph, options);
  PAW_RETURN_IF_ERROR(writer.write_graph());
  std::vector<std::pair<std::string, Bytes>> metadata;
  if (options.metadata && (model.preprocess || !labels.empty() || !options.text.empty())) {
    metadata.emplace_back(kTaskMetadata, write_task_metadata(model, options.text));
    metadata.emplace_back(kModelRecordKey, as_bytes(record_to_json(model)));
  }
  PAW_ASSIGN_OR_RETURN(Bytes flatbuffer, writer.finish(metadata));
  if (labels.empty() || !options.metadata) return flatbuffer;
  return pack_files(flatbuffer, {{std::string(kLabelsFile), std::move(labels)}});
}

}  // namespace paw
