#include "formats/tflite/task_metadata.h"

#include <fmt/format.h>

#include <algorithm>

#include "host/text.h"
#include "metadata_generated.h"
#include "schema_generated.h"

namespace paw::tflite {

namespace {

constexpr std::size_t kMaxChannels = 16;
constexpr const char* kParserVersion = "1.0.0";

template <class Vector>
std::vector<double> numbers(const Vector* values) {
  std::vector<double> out;
  for (std::uint32_t i = 0; values != nullptr && i < std::min<std::size_t>(values->size(), kMaxChannels); ++i) {
    out.push_back((*values)[i]);
  }
  return out;
}

// The first entry of the list that is there.
template <class Vector>
auto first(const Vector* list) -> decltype((*list)[0]) {
  return list == nullptr || list->size() == 0 ? nullptr : (*list)[0];
}

std::optional<Normalization> normalization_of(const metadata::TensorMetadata& input) {
  if (input.process_units() == nullptr) return std::nullopt;
  for (const metadata::ProcessUnit* unit : *input.process_units()) {
    const auto* options = unit->options_as_NormalizationOptions();
    if (options != nullptr) return Normalization{numbers(options->mean()), numbers(options->std())};
  }
  return std::nullopt;
}

std::string labels_file_of(const metadata::TensorMetadata& output) {
  if (output.associated_files() == nullptr) return {};
  for (const metadata::AssociatedFile* file : *output.associated_files()) {
    const bool labels = file->type() == metadata::AssociatedFileType::TENSOR_AXIS_LABELS;
    if (labels && file->name() != nullptr) return std::string(clip(file->name()->string_view(), kMaxNameLengthInFile));
  }
  return {};
}

std::string text_of(const flatbuffers::String* text) {
  return text == nullptr ? std::string() : std::string(clip(text->string_view(), kMaxNameLengthInFile));
}

using Builder = flatbuffers::FlatBufferBuilder;

flatbuffers::Offset<metadata::TensorMetadata> input_entry(Builder& b, const std::string& name, const Preprocess& p) {
  const bool gray = p.color == ColorOrder::kGray;
  // Pixels as MediaPipe hands them over are RGB; what a model with blue first needs, the format cannot say.
  const auto color = gray                          ? metadata::ColorSpace::GRAYSCALE
                     : p.color == ColorOrder::kRgb ? metadata::ColorSpace::RGB
                                                   : metadata::ColorSpace::UNKNOWN;
  std::vector<float> mean, std;
  for (std::size_t c = 0; c < (gray ? 1U : 3U); ++c) {
    mean.push_back(static_cast<float>(-p.bias[c] / p.scale[c]));
    std.push_back(static_cast<float>(1 / p.scale[c]));
  }
  const auto size =
      metadata::CreateImageSize(b, static_cast<std::uint32_t>(p.width), static_cast<std::uint32_t>(p.height));
  const auto content = metadata::CreateContent(b, metadata::ContentProperties::ImageProperties,
                                               metadata::CreateImageProperties(b, color, size).Union());
  const auto mean_list = b.CreateVector(mean), std_list = b.CreateVector(std);
  const auto unit = metadata::CreateProcessUnit(b, metadata::ProcessUnitOptions::NormalizationOptions,
                                                metadata::CreateNormalizationOptions(b, mean_list, std_list).Union());
  const auto units = b.CreateVector(&unit, 1);
  const auto text = b.CreateString(name);
  const auto description = b.CreateString("the photo");
  return metadata::CreateTensorMetadata(b, text, description, content, units);
}

flatbuffers::Offset<metadata::TensorMetadata> output_entry(Builder& b, const std::string& name, bool labels) {
  const auto text = b.CreateString(name);
  const auto content = metadata::CreateContent(b, metadata::ContentProperties::FeatureProperties,
                                               metadata::CreateFeatureProperties(b).Union());
  if (!labels) return metadata::CreateTensorMetadata(b, text, 0, content);
  const auto file_name = b.CreateString(std::string(kLabelsFile));
  const auto description = b.CreateString("one class per line, in the order of the scores");
  const auto file =
      metadata::CreateAssociatedFile(b, file_name, description, metadata::AssociatedFileType::TENSOR_AXIS_LABELS);
  const auto files = b.CreateVector(&file, 1);
  return metadata::CreateTensorMetadata(b, text, b.CreateString("score of every class"), content, 0, files);
}

std::string named(const Graph& graph, ValueId value, const char* otherwise) {
  return graph[value].name.empty() ? otherwise : graph[value].name;
}

}  // namespace

Result<std::optional<Bytes>> metadata_entry(const File& file, std::string_view name) {
  if (file.model->metadata() == nullptr) return std::nullopt;
  for (const schema::Metadata* entry : *file.model->metadata()) {
    if (entry->name() == nullptr || entry->name()->string_view() != name) continue;
    PAW_ASSIGN_OR_RETURN(Bytes data, file.buffer(entry->buffer(), fmt::format("metadata '{}'", name)));
    return data;
  }
  return std::nullopt;
}

Result<TaskMetadata> read_task_metadata(const File& file) {
  PAW_ASSIGN_OR_RETURN(std::optional<Bytes> data, metadata_entry(file, kTaskMetadata));
  if (!data) return TaskMetadata{};
  if (reinterpret_cast<std::uintptr_t>(data->data()) % 16 != 0) data = Bytes::copy_of(data->span());
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(data->data());
  flatbuffers::Verifier verifier(bytes, data->size());
  if (data->size() < 8 || !metadata::VerifyModelMetadataBuffer(verifier)) {
    return file.error("metadata", "is damaged", "copy or download the file again");
  }
  const metadata::ModelMetadata* model = metadata::GetModelMetadata(bytes);
  TaskMetadata out;
  out.text = {text_of(model->description()), text_of(model->author()), text_of(model->license()),
              text_of(model->version())};
  const metadata::SubGraphMetadata* graph = first(model->subgraph_metadata());
  if (graph == nullptr) return out;
  if (const auto* input = first(graph->input_tensor_metadata())) out.normalization = normalization_of(*input);
  if (const auto* output = first(graph->output_tensor_metadata())) out.labels_file = labels_file_of(*output);
  return out;
}

Bytes write_task_metadata(const Model& model, const ModelText& text) {
  Builder b;
  std::vector<flatbuffers::Offset<metadata::TensorMetadata>> inputs, outputs;
  for (const ValueId input : model.graph.inputs) {
    const std::string name = named(model.graph, input, "image");
    inputs.push_back(model.preprocess ? input_entry(b, name, *model.preprocess)
                                      : metadata::CreateTensorMetadata(b, b.CreateString(name)));
  }
  for (const ValueId output : model.graph.outputs) {
    outputs.push_back(output_entry(b, named(model.graph, output, "scores"), outputs.empty() && !model.labels.empty()));
  }
  const auto in = b.CreateVector(inputs), out = b.CreateVector(outputs);
  const auto graph = metadata::CreateSubGraphMetadata(b, 0, 0, in, out);
  const auto graphs = b.CreateVector(&graph, 1);
  const auto said = [&](const std::string& t) {
    return t.empty() ? flatbuffers::Offset<flatbuffers::String>() : b.CreateString(t);
  };
  const auto name = b.CreateString(model.graph.name), description = b.CreateString(text.description);
  const auto version = said(text.version), author = said(text.author), license = said(text.license);
  const auto parser = b.CreateString(kParserVersion);
  metadata::FinishModelMetadataBuffer(
      b, metadata::CreateModelMetadata(b, name, description, version, graphs, author, license, 0, parser));
  return Bytes::copy_of(std::as_bytes(std::span(b.GetBufferPointer(), b.GetSize())));
}

}  // namespace paw::tflite
