#include "formats/tflite/load.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/tflite/operator_names.h"
#include "formats/tflite/tflite_file.h"
#include "host/text.h"
#include "schema_generated.h"

namespace paw::tflite {

namespace {

constexpr std::size_t kIdentifierAt = 4;
constexpr std::string_view kIdentifier = "TFL3";
constexpr std::uint32_t kVersion = 3;
constexpr std::size_t kAlignment = 16;
constexpr std::size_t kShownName = 100;  // columns of a name in messages
constexpr const char* kCopyAgain = "copy or download it again";

std::string shown(const flatbuffers::String* text) {
  return text == nullptr ? "" : printable(clip(text->string_view(), kShownName));
}

template <class Vector>
std::size_t length(const Vector* vector) {
  return vector == nullptr ? 0 : vector->size();
}

class Loader {
 public:
  Loader(File& file, std::string_view where) : file_(file) { file_.where = where; }

  Status run() {
    PAW_RETURN_IF_ERROR(open());
    PAW_RETURN_IF_ERROR(check_graphs());
    PAW_RETURN_IF_ERROR(read_tensors());
    PAW_RETURN_IF_ERROR(read_operators());
    PAW_RETURN_IF_ERROR(check_order());
    return {};
  }

 private:
  // Reading scalars in place needs them aligned as they are relative to the file's start.
  void align() {
    if (reinterpret_cast<std::uintptr_t>(file_.bytes.data()) % kAlignment != 0) {
      file_.bytes = Bytes::copy_of(file_.bytes.span());
    }
  }

  Status open() {
    if (!is_tflite(file_.bytes.span())) {
      return file_.error(
          "", file_.bytes.empty() ? "is empty, not a TensorFlow Lite file" : "is not a TensorFlow Lite file");
    }
    align();
    constexpr std::size_t kMost = FLATBUFFERS_MAX_BUFFER_SIZE - 1;  // data may follow the flatbuffer, and end later
    flatbuffers::Verifier verifier(reinterpret_cast<const std::uint8_t*>(file_.bytes.data()),
                                   std::min<std::size_t>(file_.bytes.size(), kMost));
    if (!schema::VerifyModelBuffer(verifier)) {
      return file_.error("", "is damaged: its tables do not fit together", kCopyAgain);
    }
    file_.model = schema::GetModel(file_.bytes.data());
    if (file_.model->version() != kVersion) {
      return file_.error(
          "", fmt::format("is of version {} of the format, and only {} is known", file_.model->version(), kVersion));
    }
    return {};
  }

  Status check_graphs() {
    const std::size_t graphs = length(file_.model->subgraphs());
    if (graphs == 0) return file_.error("", "holds no graph");
    if (graphs > 1) {
      return file_.error(
          "", fmt::format("holds {} graphs: models with control flow or several entry points are not read", graphs),
          "export the function that classifies alone");
    }
    graph_ = (*file_.model->subgraphs())[0];
    if (length(graph_->tensors()) == 0) return file_.error("", "holds no tensors");
    if (length(graph_->tensors()) > kMaxTensors || length(graph_->operators()) > kMaxOperators) {
      return file_.error("", fmt::format("holds more than {} tensors or operators", kMaxTensors));
    }
    return {};
  }

  Status copied(std::size_t bytes) {
    copied_ += bytes;
    if (copied_ <= kMaxCopied) return {};
    return file_.error("", "repeats its names and lists beyond reason");
  }

  Status read_tensors() {
    const auto& tensors = *graph_->tensors();
    file_.tensors.resize(tensors.size());
    for (std::uint32_t i = 0; i < tensors.size(); ++i) {
      const schema::Tensor& table = *tensors[i];
      FileTensor& tensor = file_.tensors[i];
      if (table.name() != nullptr) {
        const std::string_view name = clip(table.name()->string_view(), kMaxNameLengthInFile);
        tensor.name = printable(name);
        PAW_RETURN_IF_ERROR(copied(tensor.name.size()));
      }
      PAW_RETURN_IF_ERROR(read_tensor(table, tensor, static_cast<std::int32_t>(i)));
    }
    return {};
  }

  Status read_tensor(const schema::Tensor& table, FileTensor& tensor, std::int32_t index) {
    // Many tensors may share one list in the file, but not in the graph.
    const std::size_t scales = table.quantization() == nullptr ? 0 : length(table.quantization()->scale());
    PAW_RETURN_IF_ERROR(copied(length(table.shape()) * sizeof(std::int32_t) + scales * 2 * sizeof(float)));
    if (table.shape() != nullptr) tensor.shape.assign(table.shape()->begin(), table.shape()->end());
    tensor.dtype = static_cast<std::int32_t>(table.type());
    tensor.variable = table.is_variable();
    tensor.sparse = table.sparsity() != nullptr;
    if (table.shape_signature() != nullptr) {
      tensor.open_shape = std::ranges::any_of(*table.shape_signature(), [](std::int32_t extent) { return extent < 0; });
    }
    if (table.external_buffer() != 0) {
      return file_.error(file_.label(index), "has its data in another file, which is not read");
    }
    if (table.buffer() == 0) return {};  // by definition no data
    PAW_ASSIGN_OR_RETURN(const Bytes data, file_.buffer(table.buffer(), file_.label(index)));
    if (!data.empty()) tensor.data = data;
    return {};
  }

  Status read_indices(const flatbuffers::Vector<std::int32_t>* indices, const std::string& place, bool may_miss,
                      std::vector<std::int32_t>& out) {
    if (length(indices) > kMaxArguments) {
      return file_.error(place,
                         fmt::format("has {} inputs or outputs, and {} is the most", length(indices), kMaxArguments));
    }
    PAW_RETURN_IF_ERROR(copied(length(indices) * sizeof(std::int32_t)));
    for (std::uint32_t i = 0; i < length(indices); ++i) {
      const std::int32_t index = (*indices)[i];
      const bool inside = index >= 0 && static_cast<std::size_t>(index) < file_.tensors.size();
      if (!inside && !(may_miss && index == kAbsent)) {
        return file_.error(place, fmt::format("refers to tensor {} of {}", index, file_.tensors.size()), kCopyAgain);
      }
      out.push_back(index);
    }
    return {};
  }

  Status read_operators() {
    PAW_RETURN_IF_ERROR(read_indices(graph_->inputs(), "", false, file_.inputs));
    PAW_RETURN_IF_ERROR(read_indices(graph_->outputs(), "", false, file_.outputs));
    if (file_.outputs.empty()) return file_.error("", "has a graph without outputs");
    if (length(graph_->operators()) == 0) return file_.error("", "has a graph without operators");
    for (const schema::Operator* table : *graph_->operators()) {
      FileOperator& op = file_.operators.emplace_back();
      op.table = table;
      PAW_RETURN_IF_ERROR(read_operator(*table, op));
    }
    return {};
  }

  Status read_operator(const schema::Operator& table, FileOperator& op) {
    const std::string place = fmt::format("operator {}", file_.operators.size() - 1);
    if (table.opcode_index() >= length(file_.model->operator_codes())) {
      return file_.error(
          place, fmt::format("is of kind {} of {}", table.opcode_index(), length(file_.model->operator_codes())),
          kCopyAgain);
    }
    const schema::OperatorCode& code = *(*file_.model->operator_codes())[table.opcode_index()];
    op.code = std::max<std::int32_t>(code.deprecated_builtin_code(), static_cast<std::int32_t>(code.builtin_code()));
    PAW_RETURN_IF_ERROR(read_indices(table.inputs(), place, true, op.inputs));
    PAW_RETURN_IF_ERROR(read_indices(table.outputs(), place, false, op.outputs));
    const std::string made = op.outputs.empty() ? "" : file_.tensors[static_cast<std::size_t>(op.outputs[0])].name;
    op.name = fmt::format("{} '{}'", operator_name(op.code), printable(clip(made, kShownName)));
    PAW_RETURN_IF_ERROR(copied(op.name.size()));
    PAW_RETURN_IF_ERROR(check_kind(code, op, place));
    return {};
  }

  Status check_kind(const schema::OperatorCode& code, const FileOperator& op, const std::string& place) {
    switch (static_cast<schema::BuiltinOperator>(op.code)) {
      case schema::BuiltinOperator::CUSTOM: return refuse_custom(shown(code.custom_code()), place);
      case schema::BuiltinOperator::IF:
      case schema::BuiltinOperator::WHILE:
      case schema::BuiltinOperator::CALL_ONCE:
        return file_.error(op.name, "is control flow, which is not read: every image must take the same way",
                           "export the model for inference, without loops, conditions and initialisers");
      default: return {};
    }
  }

  Status refuse_custom(const std::string& name, const std::string& place) {
    if (name == "edgetpu-custom-op") {
      return file_.error(place, "is compiled for an Edge TPU, and nothing else can run it",
                         "use the file that the Edge TPU compiler was given");
    }
    if (name.starts_with("Flex")) {
      return file_.error(place,
                         fmt::format("is the TensorFlow op '{}' in disguise, which only TensorFlow can run", name),
                         "convert the model again, with built-in operators only");
    }
    return file_.error(
        place, fmt::format("is the custom operator '{}', which only the program that it was made for can run", name),
        "convert the model again, with built-in operators only");
  }

  // Every tensor has one maker: the graph's inputs, the file itself (constants) or one operator, before its readers.
  Status check_order() {
    std::vector<bool> made(file_.tensors.size());
    for (std::size_t i = 0; i < made.size(); ++i) made[i] = file_.tensors[i].data.has_value();
    for (const std::int32_t input : file_.inputs) {
      if (made[static_cast<std::size_t>(input)]) {
        return file_.error(file_.label(input), "is an input twice, or an input that is constant");
      }
      made[static_cast<std::size_t>(input)] = true;
    }
    for (const FileOperator& op : file_.operators) {
      for (const std::int32_t input : op.inputs) {
        if (input == kAbsent || made[static_cast<std::size_t>(input)]) continue;
        return file_.error(op.name, fmt::format("reads {} before anything makes it", file_.label(input)), kCopyAgain);
      }
      for (const std::int32_t output : op.outputs) {
        if (made[static_cast<std::size_t>(output)]) {
          return file_.error(op.name, fmt::format("makes {}, which is there already", file_.label(output)), kCopyAgain);
        }
        made[static_cast<std::size_t>(output)] = true;
      }
    }
    for (const std::int32_t output : file_.outputs) {
      if (!made[static_cast<std::size_t>(output)])
        return file_.error(file_.label(output), "is an output that nothing makes");
    }
    return {};
  }

  File& file_;
  const schema::SubGraph* graph_ = nullptr;
  std::size_t copied_ = 0;
};

}  // namespace

std::unexpected<Error> File::error(std::string_view place, std::string_view message, std::string_view hint) const {
  return fail(ErrorCode::kUnsupported, place.empty() ? where : fmt::format("{}: {}", where, place), message, hint);
}

std::string File::label(std::int32_t tensor) const {
  const std::string& name = tensors[static_cast<std::size_t>(tensor)].name;
  return name.empty() ? fmt::format("tensor {}", tensor) : fmt::format("tensor '{}'", clip(name, kShownName));
}

Status File::hold(std::size_t more, std::size_t& held, std::string_view place) const {
  held += std::min(more, kMaxHeld + 1);
  if (held <= kMaxHeld) return {};
  return error(place, fmt::format("and what comes before it take more than {} MB when read", kMaxHeld >> 20),
               "the file repeats itself, or is sparse beyond reason");
}

Result<Bytes> File::buffer(std::uint32_t number, const std::string& place) const {
  if (number >= length(model->buffers())) {
    return error(place, fmt::format("refers to buffer {} of {}", number, length(model->buffers())), kCopyAgain);
  }
  const schema::Buffer& table = *(*model->buffers())[number];
  if (table.data() != nullptr && table.data()->size() > 0) {
    const auto* at = reinterpret_cast<const std::byte*>(table.data()->data());
    return bytes.slice(static_cast<std::size_t>(at - bytes.data()), table.data()->size());
  }
  // Behind it: files beyond 2 GB, and those of some quantisers.
  if (table.size() <= 1) return Bytes();
  if (table.offset() > bytes.size() || table.size() > bytes.size() - table.offset()) {
    return error(
        place,
        fmt::format("has {} bytes of data at {} of a file of {} bytes", table.size(), table.offset(), bytes.size()),
        kCopyAgain);
  }
  return bytes.slice(table.offset(), table.size());
}

Result<File> load(const Bytes& bytes, std::string_view where) {
  File file;
  file.bytes = bytes;
  PAW_RETURN_IF_ERROR(Loader(file, where).run());
  return file;
}

}  // namespace paw::tflite

namespace paw {

bool is_tflite(std::span<const std::byte> file) {
  return file.size() >= tflite::kIdentifierAt + tflite::kIdentifier.size() &&
         std::ranges::equal(file.subspan(tflite::kIdentifierAt, tflite::kIdentifier.size()),
                            std::as_bytes(std::span(tflite::kIdentifier)));
}

}  // namespace paw
