// What a Core ML file says about itself beside its computation: inputs, outputs, labels' names, texts for people, and
// Pawprint's own record. Both forms share it.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "formats/coreml/coreml_file.h"

namespace paw::coreml {

namespace schema {
class Description;
}

struct Feature {
  enum class Kind : std::uint8_t { kImage, kArray, kText, kInteger, kReal, kTextDictionary, kIntegerDictionary };
  std::string name;
  std::string help;
  Kind kind = Kind::kArray;
  // kImage
  std::int64_t width = 0, height = 0;
  ColorOrder color = ColorOrder::kRgb;
  bool flexible = false;  // other sizes are allowed too
  // kArray
  std::vector<std::int64_t> shape;
  DType dtype = DType::kF32;
};

struct Description {
  std::vector<Feature> inputs, outputs;
  std::string predicted_feature, predicted_probabilities;
  ModelText text;
  std::map<std::string, std::string> user;
};

// kUnsupported: a feature without a name, with the name of another, or of a kind that is not supported; predicted names
// that are no outputs or of the wrong kind.
Result<Description> read_description(const schema::Description& message, std::string_view where);
void write_description(const Description& description, schema::Description& message);

// --- the model's side of it ---

// The input feature of value `name`: an image when the model takes photos. kUnsupported: a type that Core ML has no
// feature for.
Result<Feature> input_feature(const Model& model, ValueId input, std::string name);
Result<Feature> output_feature(const Model& model, ValueId output, std::string name);
// Label and probabilities, in that order, named classLabel and classLabel_probs.
void add_classifier_outputs(Description& description);
// The other way round, for people: texts, what the file's own program notes beside them (not our record), its version.
void tell_metadata(const Description& description, int version, ReadModel& read);
// Texts, the preview mark that Xcode looks for, and the record.
void add_metadata(Description& description, const Model& model, const ModelText& text);

// How the pixels p of channel c enter the graph: p * scale[c] + bias[c].
struct PixelScale {
  std::array<double, 3> scale = {1, 1, 1};
  std::array<double, 3> bias = {0, 0, 0};
};
// Takes multiplications and additions of constants that stand right behind the image input out of the graph and into
// `pixels`, as far as a preprocessing record can hold them.
Status fold_pixels(Graph& graph, ValueId image, PixelScale& pixels);

// Preprocessing of a file with the image input `image`. What the record in the file says exactly is taken from there,
// if it fits; what nobody says is assumed and noted.
Preprocess preprocess_of(const Feature& image, const PixelScale& pixels, const std::optional<Preprocess>& record,
                         std::vector<std::string>& notes);
// The record in the file; a broken one is noted and left out.
void read_record(const Description& description, Model& model, std::vector<std::string>& notes);

}  // namespace paw::coreml
