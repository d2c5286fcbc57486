#include "formats/coreml/description.h"

#include <algorithm>
#include <set>

#include "coreml/model.pb.h"
#include "formats/coreml/lists.h"
#include "host/text.h"
#include "record/model_record.h"

namespace paw::coreml {

namespace {

constexpr std::string_view kLabel = "classLabel", kProbabilities = "classLabel_probs";
constexpr std::string_view kPreviewKey = "com.apple.coreml.model.preview.type";
constexpr std::int64_t kMaxSide = 16384;  // of an image, as check_preprocess allows

struct Code {
  int code;
  ColorOrder color;
};
constexpr Code kColors[] = {{10, ColorOrder::kGray}, {20, ColorOrder::kRgb}, {30, ColorOrder::kBgr}};

struct TypeCode {
  int code;
  DType dtype;
};
constexpr TypeCode kArrayTypes[] = {
    {65568, DType::kF32}, {65600, DType::kF64}, {131104, DType::kI32}, {131080, DType::kI8}, {65552, DType::kF16}};

std::string in_quotes(std::string_view name) { return "'" + printable(name) + "'"; }

class DescriptionReader {
 public:
  explicit DescriptionReader(std::string_view where) : where_(where) {}

  Status image(const schema::FeatureType::Image& message, Feature& feature) const {
    feature.kind = Feature::Kind::kImage;
    feature.width = message.width();
    feature.height = message.height();
    if (feature.width < 1 || feature.height < 1 || feature.width > kMaxSide || feature.height > kMaxSide) {
      return refuse(feature, "an image of " + std::to_string(feature.width) + " x " + std::to_string(feature.height) +
                                 " pixels is not supported");
    }
    const auto* found = std::ranges::find(kColors, message.color(), &Code::code);
    if (found == std::end(kColors)) {
      return refuse(feature,
                    "colour space " + std::to_string(message.color()) + " is not supported; grey, RGB and BGR are");
    }
    feature.color = found->color;
    feature.flexible = message.has_sizes() || message.has_size_range();
    return {};
  }

  Status array(const schema::FeatureType::Array& message, Feature& feature) const {
    feature.kind = Feature::Kind::kArray;
    const auto shape = unpack_integers(message.shape(), kMaxRank);
    if (!shape) return refuse(feature, "its shape is damaged or has more than " + std::to_string(kMaxRank) + " axes");
    feature.shape = *shape;
    const auto* found = std::ranges::find(kArrayTypes, message.type(), &TypeCode::code);
    if (found == std::end(kArrayTypes)) {
      return refuse(feature, "array type " + std::to_string(message.type()) + " is not known");
    }
    feature.dtype = found->dtype;
    feature.flexible = message.has_shapes() || message.has_shape_range();
    return {};
  }

  Result<Feature> feature(const schema::Feature& message) const {
    Feature feature{.name = message.name(), .help = message.description()};
    if (feature.name.empty()) return fail(ErrorCode::kUnsupported, where_, "a feature has no name");
    const schema::FeatureType& type = message.type();
    using Kind = Feature::Kind;
    switch (type.kind_case()) {
      case schema::FeatureType::kImage: PAW_RETURN_IF_ERROR(image(type.image(), feature)); break;
      case schema::FeatureType::kArray: PAW_RETURN_IF_ERROR(array(type.array(), feature)); break;
      case schema::FeatureType::kInteger: feature.kind = Kind::kInteger; break;
      case schema::FeatureType::kReal: feature.kind = Kind::kReal; break;
      case schema::FeatureType::kText: feature.kind = Kind::kText; break;
      case schema::FeatureType::kDictionary:
        feature.kind = type.dictionary().has_integer() ? Kind::kIntegerDictionary : Kind::kTextDictionary;
        break;
      case schema::FeatureType::kSequence: return refuse(feature, "sequences are not supported");
      case schema::FeatureType::kState: return refuse(feature, "models with state are not supported");
      case schema::FeatureType::KIND_NOT_SET: return refuse(feature, "it has no type");
    }
    return feature;
  }

  Status features(const google::protobuf::RepeatedPtrField<schema::Feature>& messages,
                  std::vector<Feature>& out) const {
    std::set<std::string_view> names;
    for (const schema::Feature& message : messages) {
      if (!names.insert(message.name()).second) {
        return fail(ErrorCode::kUnsupported, where_, "two features are named " + in_quotes(message.name()));
      }
      PAW_ASSIGN_OR_RETURN(Feature one, feature(message));
      out.push_back(std::move(one));
    }
    return {};
  }

  Status predicted(const Description& d, const std::string& name, std::initializer_list<Feature::Kind> kinds) const {
    if (name.empty()) return {};
    const auto found = std::ranges::find(d.outputs, name, &Feature::name);
    if (found == d.outputs.end()) {
      return fail(ErrorCode::kUnsupported, where_, in_quotes(name) + " is said to be the prediction, but is no output");
    }
    if (std::ranges::find(kinds, found->kind) == kinds.end()) {
      return refuse(*found, "it is said to be the prediction, but has another type");
    }
    return {};
  }

 private:
  std::unexpected<Error> refuse(const Feature& feature, std::string_view message) const {
    return fail(ErrorCode::kUnsupported, where_ + ": feature " + in_quotes(feature.name), message);
  }

  std::string where_;
};

}  // namespace

Result<Description> read_description(const schema::Description& message, std::string_view where) {
  const DescriptionReader reader(where);
  Description d;
  if (message.states_size() > 0) return fail(ErrorCode::kUnsupported, where, "models with state are not supported");
  if (message.functions_size() > 1) {
    return fail(ErrorCode::kUnsupported, where, "several functions in one model are not supported");
  }
  PAW_RETURN_IF_ERROR(reader.features(message.inputs(), d.inputs));
  PAW_RETURN_IF_ERROR(reader.features(message.outputs(), d.outputs));
  d.predicted_feature = message.predicted_feature();
  d.predicted_probabilities = message.predicted_probabilities();
  using Kind = Feature::Kind;
  PAW_RETURN_IF_ERROR(reader.predicted(d, d.predicted_feature, {Kind::kText, Kind::kInteger, Kind::kReal}));
  PAW_RETURN_IF_ERROR(
      reader.predicted(d, d.predicted_probabilities, {Kind::kTextDictionary, Kind::kIntegerDictionary}));
  const schema::Metadata& metadata = message.metadata();
  d.text = {metadata.description(), metadata.author(), metadata.license(), metadata.version()};
  for (const auto& [key, value] : metadata.user()) d.user.emplace(key, value);
  return d;
}

namespace {

void write_feature(const Feature& feature, schema::Feature& message) {
  message.set_name(feature.name);
  message.set_description(feature.help);
  schema::FeatureType& type = *message.mutable_type();
  switch (feature.kind) {
    case Feature::Kind::kImage: {
      schema::FeatureType::Image& image = *type.mutable_image();
      image.set_width(feature.width);
      image.set_height(feature.height);
      image.set_color(std::ranges::find(kColors, feature.color, &Code::color)->code);
      break;
    }
    case Feature::Kind::kArray: {
      schema::FeatureType::Array& array = *type.mutable_array();
      array.set_shape(pack_integers(feature.shape));
      array.set_type(std::ranges::find(kArrayTypes, feature.dtype, &TypeCode::dtype)->code);
      break;
    }
    case Feature::Kind::kText: type.mutable_text(); break;
    case Feature::Kind::kInteger: type.mutable_integer(); break;
    case Feature::Kind::kReal: type.mutable_real(); break;
    case Feature::Kind::kTextDictionary: type.mutable_dictionary()->mutable_text(); break;
    case Feature::Kind::kIntegerDictionary: type.mutable_dictionary()->mutable_integer(); break;
  }
}

}  // namespace

void write_description(const Description& d, schema::Description& message) {
  for (const Feature& feature : d.inputs) write_feature(feature, *message.add_inputs());
  for (const Feature& feature : d.outputs) write_feature(feature, *message.add_outputs());
  message.set_predicted_feature(d.predicted_feature);
  message.set_predicted_probabilities(d.predicted_probabilities);
  schema::Metadata& metadata = *message.mutable_metadata();
  metadata.set_description(d.text.description);
  metadata.set_author(d.text.author);
  metadata.set_license(d.text.license);
  metadata.set_version(d.text.version);
  for (const auto& [key, value] : d.user) (*metadata.mutable_user())[key] = value;
}

void add_classifier_outputs(Description& d) {
  d.outputs.push_back({.name = std::string(kLabel), .help = "The most likely class", .kind = Feature::Kind::kText});
  d.outputs.push_back({.name = std::string(kProbabilities),
                       .help = "The probability of every class",
                       .kind = Feature::Kind::kTextDictionary});
  d.predicted_feature = kLabel;
  d.predicted_probabilities = kProbabilities;
}

void tell_metadata(const Description& d, int version, ReadModel& read) {
  constexpr std::size_t kMostShown = 1000;  // columns of one text
  const auto tell = [&](std::string_view key, std::string_view text) {
    if (!text.empty()) read.metadata.emplace_back(clip(key, kMostShown), clip(text, kMostShown));
  };
  tell("description", d.text.description);
  tell("author", d.text.author);
  tell("license", d.text.license);
  tell("version", d.text.version);
  tell("specification version", std::to_string(version));
  for (const auto& [key, value] : d.user) {
    if (key != kModelRecordKey) tell(key, value);
  }
}

void add_metadata(Description& d, const Model& model, const ModelText& text) {
  d.text = text;
  if (!model.labels.empty() && model.preprocess) d.user[std::string(kPreviewKey)] = "imageClassifier";
  d.user[std::string(kModelRecordKey)] = record_to_json(model);
}

}  // namespace paw::coreml
