#include "formats/tflite/about.h"

#include <algorithm>
#include <set>

#include "host/text.h"
#include "schema_generated.h"

namespace paw::tflite {

namespace {

constexpr std::string_view kRuntime = "min_runtime_version";

// Up to the zeros that fill the entry.
std::string_view text_in(const Bytes& data) {
  const std::string_view text(reinterpret_cast<const char*>(data.data()), data.size());
  return text.substr(0, text.find('\0'));
}

}  // namespace

void tell_about(const File& file, const TaskMetadata& metadata, ReadModel& out) {
  const auto tell = [&](std::string_view key, std::string_view text) {
    if (!text.empty()) out.metadata.emplace_back(key, clip(text, kMaxNameLengthInFile));
  };
  const auto* description = file.model->description();
  const std::string_view own = description == nullptr ? std::string_view() : description->string_view();
  tell("description", own.empty() ? metadata.text.description : own);
  tell("author", metadata.text.author);
  tell("license", metadata.text.license);
  tell("version", metadata.text.version);
  if (const auto runtime = metadata_entry(file, kRuntime); runtime && *runtime)
    tell("minimum runtime", text_in(**runtime));

  // Every buffer once, although several tensors may read it.
  std::set<const std::byte*> seen;
  std::uint64_t weights = 0, beside = 0;
  for (const FileTensor& tensor : file.tensors) {
    if (tensor.data && seen.insert(tensor.data->data()).second) weights += tensor.data->size();
  }
  out.parts.emplace_back("weights", weights);
  if (file.model->metadata() != nullptr) {
    for (const schema::Metadata* entry : *file.model->metadata()) {
      const auto data = file.buffer(entry->buffer(), "metadata");
      if (data && seen.insert(data->data()).second) beside += data->size();
    }
  }
  out.parts.emplace_back("metadata", beside);
  const std::uint64_t size = file.bytes.size();
  out.parts.emplace_back("graph, packed files", size - std::min(size, weights + beside));
}

}  // namespace paw::tflite
