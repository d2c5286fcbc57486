// NeuralNetworks as a whole: the model message around the layers.
#include "coreml/model.pb.h"
#include "formats/coreml/coreml_file.h"
#include "formats/coreml/description.h"
#include "formats/coreml/lists.h"
#include "formats/coreml/network/layer_reader.h"
#include "formats/coreml/network/layer_writer.h"
#include "formats/coreml/parse.h"
#include "formats/coreml/read_model.h"

namespace paw {

using namespace coreml;

namespace {

constexpr int kSpecVersion = 4;  // iOS 13: exact shapes

}  // namespace

Result<Bytes> write_neural_network(const Model& model, const NeuralNetworkOptions& options,
                                   std::vector<std::string>* notes) {
  PAW_RETURN_IF_ERROR(verify(model));
  PAW_RETURN_IF_ERROR(check_export_form(model));
  schema::Network network;
  network.set_array_shapes(1);
  network.set_image_shapes(1);
  LayerWriter writer(model, network);
  Description description;
  PAW_RETURN_IF_ERROR(writer.run(description));
  add_metadata(description, model, options.text);
  schema::Model message;
  message.set_version(kSpecVersion);
  write_description(description, *message.mutable_description());
  if (model.labels.empty()) {
    *message.mutable_network() = std::move(network);
  } else {
    schema::NetworkClassifier& classifier = *message.mutable_network_classifier();
    classifier.mutable_layers()->Swap(network.mutable_layers());
    classifier.mutable_preprocessing()->Swap(network.mutable_preprocessing());
    classifier.set_array_shapes(1);
    classifier.set_image_shapes(1);
    for (const std::string& label : model.labels) classifier.mutable_text_labels()->add_values(label);
    classifier.set_probabilities(description.predicted_probabilities);
  }
  if (notes != nullptr) notes->insert(notes->end(), writer.notes().begin(), writer.notes().end());
  if (message.ByteSizeLong() > INT32_MAX)
    return fail(ErrorCode::kUnsupported, "model", "is too large for an .mlmodel, which ends at 2 GB");
  return serialize_model(message);
}

namespace coreml {

namespace {

Result<std::vector<std::string>> labels_of(const schema::NetworkClassifier& classifier, std::string_view where) {
  std::vector<std::string> labels(classifier.text_labels().values().begin(), classifier.text_labels().values().end());
  if (classifier.has_integer_labels()) {
    const auto numbers = unpack_integers(classifier.integer_labels().values(), 1'000'000);
    if (!numbers) return fail(ErrorCode::kUnsupported, where, "its labels are damaged");
    for (const std::int64_t number : *numbers) labels.push_back(std::to_string(number));
  }
  return labels;
}

}  // namespace

Result<ReadModel> read_network(const schema::Model& message, std::string_view where) {
  PAW_ASSIGN_OR_RETURN(const Description description, read_description(message.description(), where));
  const bool classifier = message.has_network_classifier();
  ReadModel read;
  LayerReader reader{std::string(where)};
  const auto parts = [](const auto& network) {
    return NetworkParts{network.layers(), network.preprocessing(), network.array_shapes() == 1};
  };
  if (classifier) {
    const schema::NetworkClassifier& c = message.network_classifier();
    PAW_ASSIGN_OR_RETURN(read.model.labels, labels_of(c, where));
    PAW_RETURN_IF_ERROR(reader.run(parts(c), c.probabilities(), true, description));
  } else {
    PAW_RETURN_IF_ERROR(reader.run(parts(message.network()), {}, false, description));
  }
  read.model.graph = reader.take_graph();
  PAW_RETURN_IF_ERROR(finish_model(description, reader.pixels(), where, read));
  tell_metadata(description, message.version(), read);
  read.parts = {{"description", message.description().ByteSizeLong()},
                {"weights", reader.weight_bytes()},
                {"layers", message.ByteSizeLong() - message.description().ByteSizeLong() - reader.weight_bytes()}};
  return read;
}

}  // namespace coreml

}  // namespace paw
