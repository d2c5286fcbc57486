#include "formats/coreml/read_model.h"

#include <algorithm>

#include "coreml/model.pb.h"
#include "formats/coreml/parse.h"
#include "formats/coreml/tidy.h"
#include "host/text.h"

namespace paw {

using namespace coreml;

namespace coreml {

Status check_export_form(const Model& model) {
  if (model.temperature == 1) return {};
  return fail(ErrorCode::kUnsupported, "model", "its temperature is not yet part of the graph",
              "export the model first");
}

Status finish_model(const Description& description, PixelScale pixels, std::string_view where, ReadModel& read) {
  Model& model = read.model;
  PAW_RETURN_IF_ERROR(tidy(model.graph));
  read_record(description, model, read.notes);
  const std::optional<Preprocess> record = std::exchange(model.preprocess, std::nullopt);
  const auto is_image = [](const Feature& f) { return f.kind == Feature::Kind::kImage; };
  const bool takes_photos = description.inputs.size() == 1 && is_image(description.inputs[0]);
  if (takes_photos) {
    PAW_RETURN_IF_ERROR(fold_pixels(model.graph, model.graph.inputs[0], pixels));
    model.preprocess = preprocess_of(description.inputs[0], pixels, record, read.notes);
  } else if (std::ranges::any_of(description.inputs, is_image)) {
    read.notes.emplace_back(
        "the model takes an image and more; it is read as one that takes numbers, pixels from 0 to 255");
  }
  for (const Feature& input : description.inputs) {
    if (input.flexible)
      read.notes.push_back("input '" + printable(input.name) + "' may have other sizes too; read at its default");
  }
  model.provenance.origin = "imported from Core ML";
  if (const Status valid = verify(model); !valid) {
    const Error& error = valid.error();
    return fail(ErrorCode::kUnsupported, std::string(where) + (error.where.empty() ? "" : ": " + error.where),
                error.message, error.hint);
  }
  return {};
}

Result<ReadModel> read_parsed(const schema::Model& message, std::string_view where) {
  switch (message.kind_case()) {
    case schema::Model::kNetwork:
    case schema::Model::kNetworkClassifier: return read_network(message, where);
    case schema::Model::kProgram: {
      const auto none = [&](std::string_view name) -> Result<WeightFile*> {
        return fail(ErrorCode::kUnsupported, where, "its numbers lie in '" + printable(name) + "', outside this file",
                    "give the .mlpackage folder instead");
      };
      return read_program(message, none, where);
    }
    case schema::Model::KIND_NOT_SET: break;
  }
  return fail(ErrorCode::kUnsupported, where,
              "is neither a neural network nor an ML Program, but another kind of Core ML model");
}

}  // namespace coreml

Result<ReadModel> read_mlmodel(const Bytes& file, std::string_view where) {
  PAW_ASSIGN_OR_RETURN(const auto message, parse_model(file.span(), where));
  return read_parsed(*message, where);
}

}  // namespace paw
