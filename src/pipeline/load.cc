#include "pipeline/load.h"

#include <fmt/format.h>

#include "host/text.h"
#include "nets/nets.h"
#include "pipeline/model_files.h"

namespace paw {

ModelText text_of(const LoadedModel& loaded) {
  ModelText text;
  for (const auto& [key, value] : loaded.metadata) {
    if (key == "description") text.description = value;
    if (key == "author") text.author = value;
    if (key == "license") text.license = value;
    if (key == "version") text.version = value;
  }
  return text;
}

Result<LoadedModel> load_model(const ModelSource& source, bool random_weights) {
  if (source.path.empty() == source.net.empty()) {
    return fail(ErrorCode::kUsage, "model", source.net.empty() ? "no model given" : "both a file and a net given",
                "name a model file, or a built-in net with --net");
  }
  if (!source.net.empty()) {
    NetOptions options;
    options.weights = random_weights ? NetOptions::Weights::kRandom : NetOptions::Weights::kZero;
    PAW_ASSIGN_OR_RETURN(Model model, build_net(source.net, options));
    return LoadedModel{.model = std::move(model), .format = "net"};
  }
  PAW_ASSIGN_OR_RETURN(const ModelFormat* format, recognise_model(source.path));
  if (format->read == nullptr) {
    return fail(ErrorCode::kUnsupported, printable(source.path),
                fmt::format("is an {}, which is made for running and cannot be read back", format->title),
                "name the model that it was made from");
  }
  PAW_ASSIGN_OR_RETURN(ReadModel read, format->read(source.path));
  return LoadedModel{.model = std::move(read.model),
                     .format = std::string(format->name),
                     .notes = std::move(read.notes),
                     .metadata = std::move(read.metadata),
                     .parts = std::move(read.parts),
                     .file_bytes = bytes_on_disk(source.path)};
}

}  // namespace paw
