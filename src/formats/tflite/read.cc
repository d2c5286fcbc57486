// read_tflite: graph, preprocessing, labels.
#include <fmt/format.h>

#include "formats/tflite/about.h"
#include "formats/tflite/graph_reader.h"
#include "formats/tflite/load.h"
#include "formats/tflite/packed_files.h"
#include "formats/tflite/photos.h"
#include "formats/tflite/task_metadata.h"
#include "formats/tflite/tflite_file.h"
#include "host/text.h"
#include "record/model_record.h"

namespace paw {

using namespace tflite;

namespace {

constexpr std::size_t kMaxLabelsBytes = std::size_t{16} << 20;

std::vector<std::string> lines(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    out.push_back(printable(line));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

Status read_labels(const File& file, const std::string& name, ReadModel& out) {
  if (name.empty()) return {};
  PAW_ASSIGN_OR_RETURN(const std::optional<std::string> text,
                       packed_file(file.bytes, name, kMaxLabelsBytes, file.where));
  if (!text) {
    out.notes.push_back(fmt::format("The labels '{}' that the file names are not packed with it.", printable(name)));
    return {};
  }
  std::vector<std::string> labels = lines(*text);
  const Shape& scores = out.model.graph.type(out.model.graph.outputs[0]).shape;
  if (scores.rank() > 0 && scores.back() == static_cast<std::int64_t>(labels.size())) {
    out.model.labels = std::move(labels);
    return {};
  }
  out.notes.push_back(
      fmt::format("The file's {} labels do not fit its scores {} and were left out.", labels.size(), scores.text()));
  return {};
}

// Our own record says how photos are fitted; without it that is assumed.
Status read_photos(const File& file, const TaskMetadata& metadata, ReadModel& out) {
  PAW_ASSIGN_OR_RETURN(const std::optional<Bytes> record, metadata_entry(file, kModelRecordKey));
  if (record) {
    const std::string_view json(reinterpret_cast<const char*>(record->data()), record->size());
    return record_from_json(json, file.where, out.model);
  }
  out.model.preprocess = photo_input(out.model.graph, metadata.normalization, out.notes);
  return {};
}

}  // namespace

Result<ReadModel> read_tflite(const Bytes& bytes, std::string_view where) {
  PAW_ASSIGN_OR_RETURN(const File file, load(bytes, where));
  ReadModel out;
  PAW_ASSIGN_OR_RETURN(out.model.graph, GraphReader(file, out.notes).run());
  out.model.provenance.origin = "imported from a TensorFlow Lite file";
  PAW_ASSIGN_OR_RETURN(const TaskMetadata metadata, read_task_metadata(file));
  PAW_RETURN_IF_ERROR(read_photos(file, metadata, out));
  PAW_RETURN_IF_ERROR(read_labels(file, metadata.labels_file, out));
  tell_about(file, metadata, out);
  if (Status good = verify(out.model); !good) return file.error(good.error().where, good.error().message);
  return out;
}

}  // namespace paw
