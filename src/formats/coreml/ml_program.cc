// ML Programs as a whole: the model message around the program, and the package around both.
#include "coreml/model.pb.h"
#include "formats/coreml/coreml_file.h"
#include "formats/coreml/description.h"
#include "formats/coreml/package.h"
#include "formats/coreml/parse.h"
#include "formats/coreml/program/float_ops.h"
#include "formats/coreml/program/program_reader.h"
#include "formats/coreml/program/program_writer.h"
#include "formats/coreml/read_model.h"
#include "formats/coreml/weight_file.h"
#include "host/text.h"

namespace paw {

using namespace coreml;

namespace {

struct Format {
  int version;  // of the file
  std::string_view opset;
};

Format format_of(IosVersion version) {
  switch (version) {
    case IosVersion::kIos16: return {7, "CoreML6"};
    case IosVersion::kIos17: return {8, "CoreML7"};
    case IosVersion::kIos18: return {9, "CoreML8"};
    default: return {6, "CoreML5"};
  }
}

struct Written {
  MlPackage package;
  IosVersion version = IosVersion::kIos15;
  std::vector<std::string> notes;
};

void set_function(schema::MilFunction& function, const ProgramWriter& writer, std::string_view opset) {
  function.set_opset(std::string(opset));
  for (const Var& input : writer.inputs()) {
    schema::NamedType& message = *function.add_inputs();
    message.set_name(input.name);
    schema::TensorType& type = *message.mutable_type()->mutable_tensor();
    type.set_data_type(mil_code(input.type));
    type.set_rank(input.shape.rank());
    for (const std::int64_t extent : input.shape.extents()) {
      type.add_dimensions()->mutable_constant()->set_size(static_cast<std::uint64_t>(extent));
    }
  }
}

Result<Written> write_once(const Model& model, const ProgramSettings& settings) {
  schema::Model message;
  schema::Block block;
  WeightFileWriter weights;
  BlockWriter block_writer(block, weights);
  ProgramWriter writer(model, settings, block_writer);
  Description description;
  PAW_RETURN_IF_ERROR(writer.run(description));
  add_metadata(description, model, settings.options.text);
  const auto [version, opset] = format_of(writer.version());
  message.set_version(version);
  write_description(description, *message.mutable_description());
  message.mutable_program()->set_version(1);
  schema::MilFunction& function = (*message.mutable_program()->mutable_functions())["main"];
  set_function(function, writer, opset);
  (*function.mutable_blocks())[std::string(opset)] = std::move(block);
  Written written{.version = writer.version(), .notes = writer.notes()};
  written.package.model = serialize_model(message);
  written.package.weights = weights.finish();
  const std::string manifest = make_manifest(written.package.model, written.package.weights);
  written.package.manifest = Bytes::copy_of(std::as_bytes(std::span(manifest)));
  return written;
}

}  // namespace

Result<MlPackage> write_ml_program(const Model& given, const MlProgramOptions& options,
                                   std::vector<std::string>* notes) {
  PAW_RETURN_IF_ERROR(verify(given));
  PAW_RETURN_IF_ERROR(check_export_form(given));
  Model model = given;
  if (has_integer_ops(model.graph)) {
    PAW_ASSIGN_OR_RETURN(model.graph, ops_in_floats(given.graph));
  }
  if (options.precision != DType::kF16 && options.precision != DType::kF32) {
    return fail(ErrorCode::kUsage, "precision", "an ML Program computes in f16 or f32");
  }
  ProgramSettings settings{.options = options};
  PAW_ASSIGN_OR_RETURN(Written written, write_once(model, settings));
  if (written.version == IosVersion::kIos18) {
    settings.forms_of_18 = true;  // all constexpr ops have another form there
    PAW_ASSIGN_OR_RETURN(written, write_once(model, settings));
  }
  if (notes != nullptr) notes->insert(notes->end(), written.notes.begin(), written.notes.end());
  return std::move(written.package);
}

namespace coreml {

Result<ReadModel> read_program(const schema::Model& message, OpenWeights open, std::string_view where) {
  PAW_ASSIGN_OR_RETURN(const Description description, read_description(message.description(), where));
  ProgramReader reader(std::move(open), std::string(where));
  PAW_RETURN_IF_ERROR(reader.run(message.program(), message.version(), description));
  ReadModel read;
  read.model.graph = reader.take_graph();
  read.model.labels = reader.labels();
  if (reader.computes_in_half()) read.notes.emplace_back("the file computes in float16; here in float32");
  PAW_RETURN_IF_ERROR(finish_model(description, {}, where, read));
  tell_metadata(description, message.version(), read);
  return read;
}

}  // namespace coreml

Result<ReadModel> read_mlpackage(const std::filesystem::path& folder) {
  PAW_ASSIGN_OR_RETURN(const PackageFiles files, open_package(folder));
  const std::string where = printable(folder.string());
  PAW_ASSIGN_OR_RETURN(const auto message, parse_model(files.model.span(), where));
  if (!message->has_program()) return read_parsed(*message, where);
  std::map<std::string, std::unique_ptr<WeightFile>> opened;
  const auto open = [&](std::string_view name) -> Result<WeightFile*> {
    std::unique_ptr<WeightFile>& file = opened[std::string(name)];
    if (file == nullptr) {
      PAW_ASSIGN_OR_RETURN(Bytes bytes, open_weights(files, name, where));
      PAW_ASSIGN_OR_RETURN(WeightFile weights, WeightFile::open(std::move(bytes), where + ": " + printable(name)));
      file = std::make_unique<WeightFile>(std::move(weights));
    }
    return file.get();
  };
  PAW_ASSIGN_OR_RETURN(ReadModel read, read_program(*message, open, where));
  read.parts.emplace_back("program and description", files.model.size());
  for (const auto& [name, file] : opened) read.parts.emplace_back(printable(name), file->size());
  return read;
}

Result<ReadModel> read_mlpackage(const MlPackage& package, std::string_view where) {
  PAW_ASSIGN_OR_RETURN(const auto message, parse_model(package.model.span(), where));
  if (!message->has_program()) return read_parsed(*message, where);
  PAW_ASSIGN_OR_RETURN(WeightFile weights, WeightFile::open(package.weights, where));
  const auto open = [&](std::string_view) -> Result<WeightFile*> { return &weights; };
  return read_program(*message, open, where);
}

}  // namespace paw
